"""Downloads stand under their language; pictures at `/media/`, which the site mounts beside it (`media_urlpatterns`)."""

from django.urls import path, re_path

from everfair.files import pages

app_name = "files"
urlpatterns = [path("files/<uuid:file_id>/", pages.download, name="file")]

media_urlpatterns = [
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})-(?P<width>320|960|1600)\.webp$", pages.picture, name="picture"),
]
