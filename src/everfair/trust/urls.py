"""Pages of verification and discipline, mounted under /<language>/."""

from django.urls import path

from everfair.trust.pages import blacklist, complaints, desk, discipline, hearing, listing, own, points, public

app_name = "trust"
urlpatterns = [
    path("verification/", own.verification, name="verification"),
    path("verification/begin/", own.begin, name="begin"),
    path("verification/<uuid:verification_id>/", own.application, name="application"),
    path("verification/<uuid:verification_id>/checks/<slug:kind>/", own.fill, name="fill"),
    path("verification/<uuid:verification_id>/submit/", own.submit, name="submit"),
    path("verification/<uuid:verification_id>/answer/", own.answer, name="answer"),
    path("verification/<uuid:verification_id>/withdraw/", own.withdraw, name="withdraw"),
    path("office/verifications/", desk.desk, name="desk"),
    path("office/verifications/<uuid:verification_id>/", desk.review, name="review"),
    path("office/verifications/<uuid:verification_id>/checks/<slug:kind>/", desk.record, name="record"),
    path("office/verifications/<uuid:verification_id>/<slug:verb>/", desk.say, name="say"),
    path("office/companies/<int:number>/links/", desk.links, name="links"),
    path("points/", points.points, name="points"),
    path("points/<uuid:penalty_id>/", points.penalty, name="penalty"),
    path("points/<uuid:penalty_id>/appeal/", points.appeal, name="appeal"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/new/", complaints.complain, name="complain"),
    path("complaints/<uuid:complaint_id>/", complaints.complaint, name="complaint"),
    path("complaints/<uuid:complaint_id>/reply/", complaints.reply, name="reply"),
    path("complaints/<uuid:complaint_id>/settle/", complaints.settle, name="settle"),
    path("office/complaints/<uuid:complaint_id>/", hearing.heard, name="heard"),
    path("office/complaints/<uuid:complaint_id>/<slug:verb>/", hearing.say, name="say_complaint"),
    path("listing/", listing.listing, name="listing"),
    path("listing/<uuid:listing_id>/appeal/", listing.appeal, name="appeal_listing"),
    path("office/blacklist/", blacklist.desk, name="blacklist_desk"),
    path("office/companies/<int:number>/blacklist/", blacklist.propose, name="list_company"),
    path("office/blacklist/<uuid:listing_id>/", blacklist.entry, name="entry"),
    path("office/blacklist/<uuid:listing_id>/<slug:verb>/", blacklist.say, name="say_entry"),
    path("office/reentries/<uuid:reentry_id>/", blacklist.reentry, name="reentry"),
    path("office/reentries/<uuid:reentry_id>/<slug:verb>/", blacklist.say_reentry, name="say_reentry"),
    path("office/discipline/", discipline.desk, name="discipline"),
    path("office/companies/<int:number>/points/", discipline.ledger, name="ledger"),
    path("office/points/<uuid:penalty_id>/", discipline.penalty, name="judged"),
    path("office/points/<uuid:penalty_id>/<slug:verb>/", discipline.say, name="say_points"),
    path("office/points-appeals/<uuid:appeal_id>/", discipline.appeal, name="judge"),
    path("<slug:market>/blacklist/", listing.blacklist, name="blacklist"),
    path("<slug:market>/how-we-verify/", public.how_we_verify, name="how_we_verify"),
]
