"""Messages and notices of the signed-in, mounted under /<language>/."""

from django.urls import path

from everfair.messaging import pages

app_name = "messaging"
urlpatterns = [
    path("messages/", pages.inbox, name="inbox"),
    path("messages/<uuid:thread_id>/", pages.thread, name="thread"),
    path("messages/<uuid:thread_id>/post/", pages.post_message, name="post_message"),
    path("messages/<uuid:thread_id>/read/", pages.read_thread, name="read_thread"),
    path("notices/", pages.notices, name="notices"),
    path("notices/read/", pages.read_notices, name="read_notices"),
    path("notices/letters/", pages.letters, name="letters"),
    path("notices/<uuid:notice_id>/open/", pages.open_notice, name="open_notice"),
]
