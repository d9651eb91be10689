"""Pages of claims, mounted under /<language>/."""

from django.urls import path

from everfair.disputes.pages import desk, inspecting, moves, opening, reading

app_name = "disputes"
urlpatterns = [
    path("claims/", reading.claims, name="claims"),
    path("claims/<uuid:claim_id>/", reading.claim, name="claim"),
    path("claims/<uuid:claim_id>/answer/", moves.answer, name="answer"),
    path("claims/<uuid:claim_id>/offer/", moves.offer, name="offer"),
    path("claims/<uuid:claim_id>/offers/<uuid:offer_id>/accept/", moves.accept, name="accept"),
    path("claims/<uuid:claim_id>/evidence/", moves.evidence, name="evidence"),
    path("claims/<uuid:claim_id>/send/", moves.send, name="send"),
    path("claims/<uuid:claim_id>/inspect/", inspecting.inspect, name="inspect"),
    path("claims/<uuid:claim_id>/appeal/", moves.appeal, name="appeal"),
    path("claims/<uuid:claim_id>/moves/<slug:verb>/", moves.step, name="step"),
    path("claims/<uuid:claim_id>/<slug:kind>.pdf", reading.paper, name="paper"),
    # The order's own page leads here; what silence has opened is closed here too.
    path("orders/<uuid:order_id>/report/", opening.open_claim, name="open"),
    path("orders/<uuid:order_id>/withdraw-report/", opening.withdraw, name="withdraw"),
    path("office/claims/", desk.desk, name="desk"),
    path("office/claims/<uuid:claim_id>/take/", desk.take, name="take"),
    path("office/claims/<uuid:claim_id>/inspect/", inspecting.inspect_case, name="inspect_case"),
    path("office/claims/<uuid:claim_id>/rule/", desk.rule, name="rule"),
    path("office/claims/<uuid:claim_id>/check/<uuid:ruling_id>/", desk.check, name="check"),
    path("office/precedents/", desk.precedents, name="precedents"),
    path("office/grounds/", desk.grounds, name="grounds"),
    path("office/grounds/set/", desk.set_ground, name="set_ground"),
]
