"""Threads between two companies, and the notices that tell people."""

import pytest
from django.core.files.base import ContentFile

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_visible_to
from everfair.messaging.actions import notify, open_thread, post_message, read_notice, read_notices, read_thread
from everfair.messaging.models import Message, Notice
from everfair.messaging.queries import inbox, notice_sentence, notices, unread_notices, unread_threads
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    buyer, seller = make.company(), make.company()
    asks, answers = make.actor(buyer), make.actor(seller)
    thread = open_thread("offer", new_id(), "Steel bolts", [buyer.pk, seller.pk], by=asks)
    return thread, asks, answers


def test_the_same_talk_is_opened_once(talk):
    thread, asks, answers = talk

    again = open_thread("offer", thread.subject, "Other words", [answers.company_id, asks.company_id], by=answers)

    assert again.pk == thread.pk


def test_a_message_is_unread_for_the_other_side_until_it_reads(talk):
    thread, asks, answers = talk

    post_message(thread.pk, "How many in stock?", by=asks)

    assert (unread_threads(asks), unread_threads(answers)) == (0, 1)
    read_thread(thread.pk, by=answers)
    assert unread_threads(answers) == 0


def test_reading_up_to_a_message_leaves_a_later_one_unread(talk):
    thread, asks, answers = talk
    first = post_message(thread.pk, "one", by=asks)
    post_message(thread.pk, "two", by=asks)

    read_thread(thread.pk, first.created_at, by=answers)

    assert [row.unread for row in inbox(answers)] == [True]


def test_a_stranger_neither_reads_nor_writes(talk):
    thread, *_ = talk
    stranger = make.actor(make.company())

    with pytest.raises(NotVisible):
        post_message(thread.pk, "hello", by=stranger)
    with pytest.raises(NotVisible):
        read_thread(thread.pk, by=stranger)
    with pytest.raises(NotVisible):
        open_thread("offer", thread.subject, "x", thread.company_ids, by=stranger)

    assert inbox(stranger) == []
    assert Message.objects.filter(thread=thread).count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "messaging.empty"),
        (" \n ", "messaging.empty"),
        ("a\0b", "messaging.hidden_characters"),
        ("safe\u202egpj.exe", "messaging.hidden_characters"),
        ("zero\u200bwidth", "messaging.hidden_characters"),
        ("a" + "\u0301" * 100, "messaging.hidden_characters"),
        ("x" * 5001, "messaging.too_long"),
        ("x" * 1_000_000, "messaging.too_long"),
    ],
)
def test_bad_text_is_refused_and_nothing_is_written(talk, text, code):
    thread, asks, _ = talk

    with pytest.raises(Refused) as refusal:
        post_message(thread.pk, text, by=asks)

    assert (refusal.value.code, refusal.value.field, refusal.value.status) == (code, "text", 422)
    assert Message.objects.filter(thread=thread).count() == 0


def test_five_thousand_characters_and_rare_letters_are_kept(talk):
    thread, asks, _ = talk

    message = post_message(thread.pk, "𠮷" * 5000, by=asks)

    message.refresh_from_db()
    assert message.text == "𠮷" * 5000


def test_a_card_number_never_reaches_the_database(talk):
    thread, asks, _ = talk

    message = post_message(thread.pk, "my card: 4111 1111 1111 1111", by=asks)

    message.refresh_from_db()
    assert message.text == "my card: •••• •••• •••• 1111"


def test_an_attached_file_is_shown_to_the_other_side(talk):
    thread, asks, answers = talk
    file = keep_attachment(ContentFile(b"plain words", name="note.txt"), asks.company_id, by=asks)

    post_message(thread.pk, "", by=asks, file_ids=[file.pk])

    assert file_visible_to(answers, file.pk).pk == file.pk


def test_a_file_of_somebody_else_cannot_be_attached(talk):
    thread, asks, _ = talk
    other = make.actor(make.company())
    file = keep_attachment(ContentFile(b"secret words", name="note.txt"), other.company_id, by=other)

    with pytest.raises(NotVisible):
        post_message(thread.pk, "look", by=asks, file_ids=[file.pk])

    assert Message.objects.filter(thread=thread).count() == 0


def test_a_notice_reaches_those_with_the_role_and_once_for_one_cause():
    company = make.company()
    seller, viewer = make.member(company, "seller"), make.member(company, "viewer")

    for _ in range(2):
        notify(company.pk, ("owner", "seller"), "rfq.matching", "/rfqs/1/", "rfq:1", title="Bolts")

    assert list(Notice.objects.values_list("person_id", "link")) == [(seller.pk, "/rfqs/1/")]
    assert unread_notices(make.actor(company, "viewer", who=viewer)) == 0


def test_a_notice_without_words_or_parameters_or_with_a_foreign_link_is_a_mistake():
    company = make.company()
    make.member(company)

    for kind, link, params in (
        ("no.such", "/a/", {}),
        ("rfq.matching", "/a/", {}),
        ("rfq.matching", "https://evil.example/", {"title": "x"}),
    ):
        with pytest.raises(ValueError):
            notify(company.pk, (), kind, link, "cause", **params)

    assert Notice.objects.count() == 0


def test_templates_in_a_title_stay_words():
    assert notice_sentence("rfq.matching", {"title": "{{7*7}} %(company)s <b>"}).endswith("«{{7*7}} %(company)s <b>».")


def test_a_person_reads_their_own_notices_only():
    company = make.company()
    one, two = make.member(company), make.member(company)
    notify(company.pk, (), "rfq.matching", "/rfqs/1/", "rfq:1", title="Bolts")
    mine, other = make.actor(company, who=one), make.actor(company, who=two)

    with pytest.raises(NotVisible):
        read_notice(notices(other)[0].pk, by=mine)
    read_notice(notices(mine)[0].pk, by=mine)

    assert (unread_notices(mine), unread_notices(other)) == (0, 1)
    assert (read_notices(by=mine), read_notices(by=other)) == (0, 1)


def test_the_platform_may_open_a_thread_for_two_companies():
    one, two = make.company(), make.company()

    thread = open_thread("order", new_id(), "Order EF-1", [one.pk, two.pk], by=SYSTEM)

    assert thread.company_ids == sorted([one.pk, two.pk])
