"""Pages of verification, mounted under /<language>/."""

from django.urls import path

from everfair.trust.pages import desk, mine, own, public

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
    path("office/what-is-yours/", mine.own_traits, name="own_traits"),
    path("office/brought/", mine.brought, name="brought"),
    path("office/companies/<int:number>/links/", desk.links, name="links"),
    path("<slug:market>/how-we-verify/", public.how_we_verify, name="how_we_verify"),
]
