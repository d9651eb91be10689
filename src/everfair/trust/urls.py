"""Pages of verification and screening, mounted under /<language>/."""

from django.urls import path

from everfair.trust.pages import desk, own, public, screening, standing

app_name = "trust"
urlpatterns = [
    path("verification/", own.verification, name="verification"),
    path("verification/begin/", own.begin, name="begin"),
    path("verification/<uuid:verification_id>/", own.application, name="application"),
    path("verification/<uuid:verification_id>/checks/<slug:kind>/", own.fill, name="fill"),
    path("verification/<uuid:verification_id>/submit/", own.submit, name="submit"),
    path("verification/<uuid:verification_id>/answer/", own.answer, name="answer"),
    path("verification/<uuid:verification_id>/withdraw/", own.withdraw, name="withdraw"),
    path("standing/", standing.standing, name="standing"),
    path("standing/count/", standing.count, name="count_standing"),
    path("office/verifications/", desk.desk, name="desk"),
    path("office/verifications/<uuid:verification_id>/", desk.review, name="review"),
    path("office/verifications/<uuid:verification_id>/checks/<slug:kind>/", desk.record, name="record"),
    path("office/verifications/<uuid:verification_id>/<slug:verb>/", desk.say, name="say"),
    path("office/hits/", screening.hits, name="hits"),
    path("office/hits/<uuid:hit_id>/", screening.hit, name="hit"),
    path("office/hits/<uuid:hit_id>/<slug:verb>/", screening.say_of_hit, name="say_of_hit"),
    path("office/sanction-lists/", screening.lists, name="lists"),
    path("office/companies/<int:number>/links/", desk.links, name="links"),
    path("<slug:market>/how-we-verify/", public.how_we_verify, name="how_we_verify"),
]
