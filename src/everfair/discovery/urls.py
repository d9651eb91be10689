"""Search and browse pages, mounted under /<language>/."""

from django.urls import path

from everfair.discovery import pages

app_name = "discovery"
urlpatterns = [
    path("<slug:market>/search/", pages.search, name="search"),
    path("<slug:market>/suggest/", pages.suggestions, name="suggest"),
    path("<slug:market>/compare/", pages.compare, name="compare"),
    path("<slug:market>/seen/", pages.seen, name="seen"),
    path("<slug:market>/seen/strip/", pages.seen_strip, name="seen_strip"),
    path("<slug:market>/halls/", pages.halls, name="halls"),
    path("<slug:market>/halls/<slug:hall>/", pages.hall, name="hall"),
    path("<slug:market>/halls/<slug:hall>/<slug:category>/", pages.category, name="category"),
]
