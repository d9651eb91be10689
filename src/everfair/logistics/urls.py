"""Pages of consignments, mounted under /<language>/."""

from django.urls import path

from everfair.logistics import pages

app_name = "logistics"
urlpatterns = [
    path("consignments/<uuid:consignment_id>/", pages.consignment, name="consignment"),
    path("consignments/<uuid:consignment_id>/book/", pages.book, name="book"),
    path("consignments/<uuid:consignment_id>/cancel-booking/", pages.cancel_booking, name="cancel_booking"),
    path("consignments/<uuid:consignment_id>/legs/", pages.plan_leg, name="plan_leg"),
    path("consignments/<uuid:consignment_id>/tracking/", pages.say_where, name="say_where"),
    path("consignments/<uuid:consignment_id>/packages/<int:n>/receive/", pages.receive_package, name="receive_package"),
    path("consignments/<uuid:consignment_id>/papers/", pages.add_papers, name="add_papers"),
    path("consignments/<uuid:consignment_id>/proof/", pages.prove, name="prove"),
]
