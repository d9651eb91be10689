"""Offers: the supplier's own, and the public page of each."""

from django.urls import path, re_path

from everfair.catalog import pages

app_name = "catalog"
urlpatterns = [
    path("offers/", pages.own_offers, name="offers"),
    path("offers/new/", pages.new_offer, name="new_offer"),
    path("offers/new/keep/", pages.keep_offer, name="keep_new_offer"),
    path("offers/new/discard/", pages.discard_offer, name="discard_new_offer"),
    path("offers/pictures/", pages.add_picture, name="add_picture"),
    path("offers/<uuid:offer_id>/", pages.edit_offer, name="edit_offer"),
    path("offers/<uuid:offer_id>/keep/", pages.keep_offer, name="keep_offer"),
    path("offers/<uuid:offer_id>/discard/", pages.discard_offer, name="discard_offer"),
    path("offers/<uuid:offer_id>/publish/", pages.publish_offer, name="publish_offer"),
    path("offers/<uuid:offer_id>/withdraw/", pages.withdraw_offer, name="withdraw_offer"),
    path("offers/imports/", pages.imports, name="imports"),
    path("offers/imports/<uuid:run_id>/", pages.import_run, name="import_run"),
    path("offers/imports/<uuid:run_id>/errors.csv", pages.import_errors, name="import_errors"),
    path("offers/imports/<uuid:run_id>/start/", pages.start_import, name="start_import"),
    re_path(r"^offers/export\.(?P<kind>csv|xlsx|jsonl)$", pages.export_offers, name="export_offers"),
    path("<slug:market>/offers/<int:number>/", pages.offer, name="offer"),
]
