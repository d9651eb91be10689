"""Inbox, thread and notices in the browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.ids import new_id
from everfair.companies.queries import actor_of_person
from everfair.messaging.actions import notify, open_thread, post_message
from everfair.messaging.models import Message, Notice
from everfair.messaging.queries import letters_wanted, unread_threads
from tests import make

pytestmark = pytest.mark.django_db


def side():
    company = make.company()
    person = make.member(company)
    client = Client()
    client.force_login(person)
    return make.actor(company, who=person), client


@pytest.fixture
def talk():
    one, two = side(), side()
    thread = open_thread("other", new_id(), "Steel <bolts>", [one[0].company_id, two[0].company_id], by=one[0])
    return thread, one, two


def test_a_reply_is_posted_once_and_shows_its_file(talk):
    thread, (_, ours), (_, theirs) = talk
    address = f"/en/messages/{thread.pk}/"

    def typed():
        return {
            "_key": "once",
            "text": "See the drawing",
            "attachments": SimpleUploadedFile("drawing.txt", b"lines", "text/plain"),
        }

    answers = [ours.post(f"{address}post/", typed()) for _ in range(2)]
    page = theirs.get(address).text

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Message.objects.count() == 1
    assert "drawing.txt" in page
    assert "Steel &lt;bolts&gt;" in page


def test_the_reader_is_warned_of_bait_and_the_writer_is_not(talk):
    thread, (us, ours), (_, theirs) = talk
    post_message(thread.pk, "Better on WeChat: abc, or +86 138 0013 8000", by=us)

    address = f"/en/messages/{thread.pk}/"

    assert "a phone number, a messenger account" in theirs.get(address).text
    assert "a messenger account" not in ours.get(address).text
    assert "WeChat: abc" in theirs.get(address).text


def test_a_masked_card_number_is_told_to_its_writer(talk):
    thread, (_, ours), _ = talk

    ours.post(f"/en/messages/{thread.pk}/post/", {"_key": "k", "text": "4111111111111111"})

    page = ours.get(f"/en/messages/{thread.pk}/").text
    assert "payment card number was hidden" in page
    assert "4111111111111111" not in page


def test_reading_is_a_post_and_a_look_changes_nothing(talk):
    thread, (us, _), (them, theirs) = talk
    post_message(thread.pk, "hello", by=us)

    theirs.get(f"/en/messages/{thread.pk}/")
    assert unread_threads(them) == 1
    theirs.post(f"/en/messages/{thread.pk}/read/", {"_key": "k"})
    assert unread_threads(them) == 0


def test_a_bad_message_is_shown_again_and_strangers_find_nothing(talk):
    thread, (_, ours), _ = talk
    stranger = side()[1]

    for text in ("", "a\0b", "x" * 5001, "a\u202eb"):
        answer = ours.post(f"/en/messages/{thread.pk}/post/", {"_key": f"k{len(text)}", "text": text})
        assert answer.status_code == 422
    assert stranger.get(f"/en/messages/{thread.pk}/").status_code == 404
    assert stranger.post(f"/en/messages/{thread.pk}/post/", {"_key": "k", "text": "hi"}).status_code == 404
    assert stranger.post(f"/en/messages/{thread.pk}/read/", {"_key": "k"}).status_code == 404
    assert Message.objects.count() == 0


def test_a_notice_is_opened_into_its_link_and_others_find_it_not():
    us, ours = side()
    theirs = side()[1]
    notify(us.company_id, (), "rfq.matching", "/rfqs/1/", "rfq:1", title="Nuts")
    notice = Notice.objects.get()

    page = ours.get("/zh-hant/notices/").text
    assert "Nuts" in page
    assert theirs.post(f"/en/notices/{notice.pk}/open/", {"_key": "k"}).status_code == 404
    opened = ours.post(f"/zh-hant/notices/{notice.pk}/open/", {"_key": "k"})

    assert opened["Location"] == "/zh-hant/rfqs/1/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert ours.post("/en/notices/read/", {"_key": "k"}).status_code == 302


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # signs of life are written at the first look
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_inbox_asks_the_database_as_often_for_ten_threads_as_for_one(talk):
    thread, (us, _), (_, theirs) = talk
    other = talk[2][0].company_id
    post_message(thread.pk, "hello", by=us)
    one = [queries_of(theirs, path) for path in ("/en/messages/", f"/en/messages/{thread.pk}/")]
    for n in range(9):
        further = open_thread("other", new_id(), f"Talk no. {n}", [us.company_id, other], by=us)
        post_message(further.pk, "hello", by=us)
        post_message(thread.pk, "hello", by=us)

    assert [queries_of(theirs, path) for path in ("/en/messages/", f"/en/messages/{thread.pk}/")] == one
    assert theirs.get("/en/messages/").text.count("Talk no.") == 9


def test_a_forged_cursor_is_refused():
    _, ours = side()

    for path in ("messages/", "notices/"):
        assert ours.get(f"/en/{path}?after=Zm9v").status_code == 422


def test_a_person_chooses_which_letters_come(client):
    person = make.member(make.company())
    client.force_login(person)

    shown = client.get("/en/notices/letters/")
    assert shown.content.decode().count("checked") == 4

    answer = client.post("/en/notices/letters/", {"_key": "k1", "orders": "on"})

    assert answer.status_code == 302
    assert letters_wanted(actor_of_person(person)) == ["orders"]
    assert client.get("/en/notices/letters/").content.decode().count("checked") == 1
