"""Pages of trade, mounted under /<language>/."""

from django.urls import path

from everfair.trade import pages

app_name = "trade"
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
    path("orders/<uuid:order_id>/receive/", pages.receive, name="receive"),
    path("orders/<uuid:order_id>/messages/", pages.post, name="post"),
    path("orders/<uuid:order_id>/papers/<slug:kind>/", pages.sheet, name="sheet"),
    path("orders/<uuid:order_id>/<slug:kind>.pdf", pages.paper, name="paper"),
    path("buyers/<int:number>/", pages.buyer, name="buyer"),
    path("quotes/<uuid:quote_id>/award/", pages.award, name="award"),
    path("<slug:market>/order/", pages.compose, name="compose"),
    path("<slug:market>/order/place/", pages.place, name="place"),
]
