"""Pages of risk, mounted under /<language>/."""

from django.urls import path

from everfair.risk import pages

app_name = "risk"
urlpatterns = [
    path("office/risk/", pages.desk, name="desk"),
    path("office/risk/open/", pages.open_by_hand, name="open"),
    path("office/risk/<uuid:case_id>/", pages.case, name="case"),
    path("office/risk/<uuid:case_id>/<slug:verb>/", pages.say, name="say"),
]
