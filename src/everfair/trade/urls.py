"""Pages of trade, mounted under /<language>/."""

from django.urls import path

from everfair.trade import pages

app_name = "trade"
_MORE = "orders/<uuid:order_id>/more-time/<uuid:extension_id>"
urlpatterns = [
    path("orders/", pages.orders, name="orders"),
    path("orders/<uuid:order_id>/", pages.order, name="order"),
    path("orders/<uuid:order_id>/sign/", pages.sign, name="sign"),
    path("orders/<uuid:order_id>/decline/", pages.end_order, {"verb": "decline"}, name="decline"),
    path("orders/<uuid:order_id>/cancel/", pages.end_order, {"verb": "cancel"}, name="cancel"),
    path("orders/<uuid:order_id>/call-off/", pages.end_order, {"verb": "call_off"}, name="call_off"),
    path("orders/<uuid:order_id>/stages/<int:n>/pay/", pages.pay, name="pay"),
    path("orders/<uuid:order_id>/ship/", pages.ship, name="ship"),
    path("orders/<uuid:order_id>/show/", pages.show, name="show"),
    path("orders/<uuid:order_id>/stages/<int:n>/confirm/", pages.confirm, name="confirm"),
    path("orders/<uuid:order_id>/stages/<int:n>/send-back/", pages.send_back, name="send_back"),
    path("orders/<uuid:order_id>/amend/", pages.amend, name="amend"),
    path("amendments/<uuid:amendment_id>/sign/", pages.sign_amendment, name="sign_amendment"),
    path("amendments/<uuid:amendment_id>/refuse/", pages.refuse_amendment, name="refuse_amendment"),
    path("amendments/<uuid:amendment_id>/take-back/", pages.take_back_amendment, name="take_back_amendment"),
    path("orders/<uuid:order_id>/inspect/", pages.inspect, name="inspect"),
    path("inspections/", pages.inspections, name="inspections"),
    path("inspections/<uuid:inspection_id>/", pages.inspection_page, name="inspection"),
    path("inspections/<uuid:inspection_id>/accept/", pages.accept_inspection, name="accept_inspection"),
    path("inspections/<uuid:inspection_id>/decline/", pages.decline_inspection, name="decline_inspection"),
    path("inspections/<uuid:inspection_id>/cancel/", pages.cancel_inspection, name="cancel_inspection"),
    path("inspections/<uuid:inspection_id>/waive/", pages.waive_inspection, name="waive_inspection"),
    path("inspections/<uuid:inspection_id>/packed/", pages.declare_packed, name="declare_packed"),
    path("inspections/<uuid:inspection_id>/pay/", pages.pay_inspection, name="pay_inspection"),
    path("inspections/<uuid:inspection_id>/report/", pages.report_inspection, name="report_inspection"),
    path("inspections/<uuid:inspection_id>/report.pdf", pages.inspection_pdf, name="inspection_pdf"),
    path("orders/<uuid:order_id>/receive/", pages.receive, name="receive"),
    path("orders/<uuid:order_id>/report/", pages.report, name="report"),
    path("orders/<uuid:order_id>/withdraw-report/", pages.withdraw_report, name="withdraw_report"),
    path("orders/<uuid:order_id>/more-time/<slug:kind>/", pages.ask_extension, name="ask_extension"),
    path(f"{_MORE}/grant/", pages.answer_extension, {"verb": "grant"}, name="grant_extension"),
    path(f"{_MORE}/refuse/", pages.answer_extension, {"verb": "refuse"}, name="refuse_extension"),
    path(f"{_MORE}/take-back/", pages.answer_extension, {"verb": "take_back"}, name="take_back_extension"),
    path("orders/<uuid:order_id>/messages/", pages.post, name="post"),
    path("orders/<uuid:order_id>/papers/<slug:kind>/", pages.sheet, name="sheet"),
    path("orders/<uuid:order_id>/<slug:kind>.pdf", pages.paper, name="paper"),
    path("buyers/<int:number>/", pages.buyer, name="buyer"),
    path("quotes/<uuid:quote_id>/award/", pages.award, name="award"),
    path("<slug:market>/order/", pages.compose, name="compose"),
    path("<slug:market>/order/place/", pages.place, name="place"),
]
