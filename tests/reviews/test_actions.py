"""Who may say what of whom, when, and what stays of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.actor import NOBODY
from everfair.base.clock import advance
from everfair.base.ids import new_id
from everfair.base.models import Event, History
from everfair.base.refused import NotVisible
from everfair.companies.models import AuditNote
from everfair.files.actions import keep_attachment, keep_picture
from everfair.files.models import File
from everfair.reviews import actions
from everfair.reviews.models import Invitation, Reply, Review, Wording
from everfair.reviews.queries import published_page, reviews_visible_to, said, tally
from tests import make
from tests.files.uploads import picture, upload
from tests.reviews.reviewing import again, completed, grades, later, refused, state, write
from tests.trade import kinds

pytestmark = pytest.mark.django_db


def photo(by, name="line.jpg"):
    return keep_attachment(upload(picture(), name, "image/jpeg"), by.company_id, by).pk


def test_the_first_word_is_kept_back_until_the_second_comes():
    trade = completed()

    first = write(trade, "buyer", 5)
    assert (state(first), published_page(subject=first.subject_id, side="buyer")) == ("written", [])
    assert list(reviews_visible_to(trade.seller)) == []
    second = write(trade, "seller", 2)

    assert (state(first), state(second)) == ("published", "published")
    [seen] = said(published_page(subject=trade.order.seller_id, side="buyer"))
    assert (seen.wording.text, seen.wording.grades) == ("The word of the buyer.", {"goods": 5, "delivery": 5, "service": 5})
    assert tally(trade.order.seller_id, "buyer").grade == Decimal("5.0")
    assert tally(trade.order.buyer_id, "seller").grade == Decimal("2.0")
    facts = Event.objects.filter(name="ReviewPublished").order_by("seq").values_list("body__side", "body__grade", "body__counts")
    assert list(facts) == [("buyer", "5.00", True), ("seller", "2.00", True)]


def test_what_one_side_wrote_is_shown_when_the_time_is_over():
    trade = completed()
    only = write(trade, "buyer", 3, 4, 4)

    later(59)
    assert state(only) == "written"
    later(1)

    assert state(only) == "published"
    with refused("reviews.too_late"):
        write(trade, "seller")
    with refused("reviews.too_late"):
        actions.revise_review(only.pk, grades("buyer", 1), by=trade.buyer)
    assert Event.objects.get(name="ReviewPublished").body["grade"] == "3.67"


def test_a_trade_nobody_reviewed_ends_quietly():
    trade = completed()

    later(60)

    assert Invitation.objects.get(order=trade.order).published_at is not None
    assert Review.objects.count() == 0


@pytest.mark.parametrize("reached", ["offered", "agreed", "funded", "shipped"])
def test_only_a_completed_trade_is_reviewed(reached):
    trade = make.trade(reached)

    with refused("reviews.not_completed"):
        write(trade, "buyer")
    assert actions.invite_to_review(trade.order.pk) is None


def test_a_framework_contract_is_no_deal():
    seller, buyer = make.company(), make.company()
    frame = kinds.framework(make.actor(buyer), make.actor(seller), make.offer(seller))
    frame.agreement = "completed"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trade_order SET agreement = 'completed', closed_at = ef_now() WHERE id = %s", [frame.pk])

    with refused("reviews.not_completed"):
        actions.write_review(frame.pk, grades("buyer", 5), by=make.actor(buyer))
    with pytest.raises(IntegrityError, match="only the sides"), transaction.atomic():
        Invitation.objects.create(
            order_id=frame.pk, buyer=buyer, seller=seller, completed_at=frame.created_at, month=frame.created_at.date().replace(day=1),
            closes_at=frame.created_at + timedelta(days=60),
        )  # fmt: skip


def test_each_side_writes_once():
    trade = completed()
    write(trade, "buyer", 5)

    with refused("reviews.already_written"):
        write(trade, "buyer", 1)
    assert Wording.objects.get().grades["goods"] == 5


def test_strangers_see_no_order_and_write_nothing():
    trade = completed()
    stranger = make.actor(make.company())

    with pytest.raises(NotVisible):
        actions.write_review(trade.order.pk, grades("buyer", 5), by=stranger)
    mine = write(trade, "buyer")
    for somebody in (stranger, NOBODY, trade.seller):
        with pytest.raises(NotVisible):
            actions.revise_review(mine.pk, grades("buyer", 1), by=somebody)
    with refused("base.not_your_move"):
        actions.write_review(trade.order.pk, grades("buyer", 5), by=make.operator())
    with refused("base.not_your_move"):
        actions.write_review(trade.order.pk, grades("seller", 5), by=make.actor(trade.order.seller, "finance"))


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({}, "reviews.aspects"),
        ({"goods": 5, "delivery": 5}, "reviews.aspects"),
        ({"payment": 5, "fairness": 5, "communication": 5}, "reviews.aspects"),
        ({"goods": 5, "delivery": 5, "service": 5, "price": 5}, "reviews.aspects"),
        ({"goods": 0, "delivery": 5, "service": 5}, "reviews.grade"),
        ({"goods": 6, "delivery": 5, "service": 5}, "reviews.grade"),
        ({"goods": True, "delivery": 5, "service": 5}, "reviews.grade"),
        ({"goods": 4.5, "delivery": 5, "service": 5}, "reviews.grade"),
        ({"goods": "5", "delivery": 5, "service": 5}, "reviews.grade"),
    ],
)
def test_a_grade_is_a_whole_number_for_each_aspect(bad, code):
    trade = completed()

    with refused(code):
        actions.write_review(trade.order.pk, bad, by=trade.buyer)
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 2001, "reviews.words_long"), ("x" * 5001, "messaging.too_long"), ("a\u202eb", "messaging.hidden_characters")],
)
def test_bad_words_are_refused(text, code):
    trade = completed()

    with refused(code):
        write(trade, "buyer", text=text)


def test_a_card_number_is_never_shown():
    trade = completed()

    write(trade, "buyer", text="Refund to 4111 1111 1111 1111 please")

    assert Wording.objects.get().text == "Refund to •••• •••• •••• 1111 please"


def test_one_revision_with_the_former_version_kept():
    trade = completed()
    mine = write(trade, "buyer", 2)
    write(trade, "seller")

    actions.revise_review(mine.pk, grades("buyer", 4), "They sent what was missing.", by=trade.buyer)

    [seen] = said(published_page(subject=trade.order.seller_id, side="buyer"))
    assert (seen.wording.text, seen.former.text, seen.former.grades["goods"]) == (
        "They sent what was missing.", "The word of the buyer.", 2,
    )  # fmt: skip
    assert tally(trade.order.seller_id, "buyer").grade == Decimal("4.0")
    with refused("reviews.revised_already"):
        actions.revise_review(mine.pk, grades("buyer", 1), by=trade.buyer)


def test_the_reviewed_side_answers_once():
    trade = completed()
    mine = write(trade, "buyer", 2)
    with pytest.raises(NotVisible):
        actions.reply_to_review(mine.pk, "We are sorry.", by=trade.seller)
    write(trade, "seller")

    with refused("base.not_your_move"):
        actions.reply_to_review(mine.pk, "I say more.", by=trade.buyer)
    with refused("reviews.words_missing"):
        actions.reply_to_review(mine.pk, "  ", by=trade.seller)
    actions.reply_to_review(mine.pk, "We are sorry.", by=trade.seller)
    with refused("reviews.replied_already"):
        actions.reply_to_review(mine.pk, "And again.", by=trade.seller)

    assert Reply.objects.get().text == "We are sorry."


def test_the_operator_hides_one_with_a_public_reason_and_a_trail():
    trade = completed()
    pictured = write(trade, "buyer", 1, text="They are thieves", file_ids=[photo(trade.buyer)])
    write(trade, "seller")
    staff = make.operator(make.person(is_staff_member=True))
    [shown] = Wording.objects.get(review=pictured).picture_ids
    assert File.objects.get(pk=shown).public

    with refused("reviews.words_missing"):
        actions.hide_review(pictured.pk, " ", by=staff)
    with refused("base.not_your_move"):
        actions.hide_review(pictured.pk, "I do not like it", by=trade.seller)
    actions.hide_review(pictured.pk, "Insults", by=staff)

    assert (tally(trade.order.seller_id, "buyer").count, tally(trade.order.seller_id, "buyer").grade) == (0, None)
    [still] = published_page(subject=trade.order.seller_id, side="buyer")
    assert (still.state, still.hidden_reason) == ("hidden", "Insults")
    assert not File.objects.get(pk=shown).public
    assert AuditNote.objects.get(act="hid a review").reason == "Insults"
    assert History.objects.get(subject=pictured.pk, verb="hide").actor == staff.label
    with refused("reviews.not_shown"):
        actions.reply_to_review(pictured.pk, "No!", by=trade.seller)
    with refused("reviews.hidden"):
        actions.revise_review(pictured.pk, grades("buyer", 1), by=trade.buyer)

    actions.unhide_review(pictured.pk, "It was a quotation", by=staff)
    assert tally(trade.order.seller_id, "buyer").grade == Decimal("1.0")
    assert File.objects.get(pk=shown).public


def test_what_is_not_shown_yet_the_operator_neither_sees_nor_hides():
    trade = completed()
    mine = write(trade, "buyer")

    with pytest.raises(NotVisible):
        actions.hide_review(mine.pk, "Early", by=make.operator())


def test_three_deals_of_a_pair_count_in_a_month_and_all_are_shown():
    trade = completed()
    trades = [trade, *(again(trade) for _n in range(4))]

    for each, grade in zip(trades, (5, 5, 5, 1, 1), strict=True):
        write(each, "buyer", grade)
        write(each, "seller", grade)

    found = tally(trade.order.seller_id, "buyer")
    assert (found.count, found.counted, found.grade) == (5, 3, Decimal("5.0"))
    assert dict(found.aspects) == {"goods": Decimal("5.0"), "delivery": Decimal("5.0"), "service": Decimal("5.0")}
    assert len(published_page(subject=trade.order.seller_id, side="buyer")) == 5
    advance(timedelta(days=31))
    fresh = again(trade)
    write(fresh, "buyer", 1)
    write(fresh, "seller")
    found = tally(trade.order.seller_id, "buyer")
    assert (found.count, found.counted, found.grade) == (6, 4, Decimal("4.0"))


def test_pictures_are_the_writers_own_and_nobody_sees_them_before_the_words():
    trade = completed()
    foreign, paper = (
        photo(trade.seller),
        keep_attachment(upload(b"text", "a.txt", "text/plain"), trade.buyer.company_id, trade.buyer),
    )
    offers = keep_picture(upload(picture(), "bolt.jpg", "image/jpeg"), trade.buyer.company_id, trade.buyer)
    for wrong in (foreign, paper.pk, offers.pk, new_id()):
        with refused("reviews.pictures"):
            write(trade, "buyer", file_ids=[wrong])
    with refused("reviews.pictures"):
        write(trade, "buyer", file_ids=[photo(trade.buyer, f"{n}.jpg") for n in range(6)])

    write(trade, "buyer", file_ids=[photo(trade.buyer)])

    [kept] = Wording.objects.get().picture_ids
    assert not File.objects.get(pk=kept).public
    write(trade, "seller")
    assert File.objects.get(pk=kept).public


def test_a_revision_keeps_the_pictures_or_takes_them_from_view():
    trade = completed()
    mine = write(trade, "buyer", file_ids=[photo(trade.buyer)])
    write(trade, "seller")
    [first] = Wording.objects.get(review=mine).picture_ids

    actions.revise_review(mine.pk, grades("buyer", 5), "", [photo(trade.buyer, "new.jpg")], by=trade.buyer)

    [second] = Wording.objects.get(review=mine, n=2).picture_ids
    assert [File.objects.get(pk=pk).public for pk in (first, second)] == [False, True]


@pytest.mark.parametrize(
    "said_otherwise",
    [
        "UPDATE reviews_wording SET text = 'good'",
        "DELETE FROM reviews_wording",
        "UPDATE reviews_reply SET text = 'good'",
        "UPDATE reviews_review SET counts = NOT counts",
        "UPDATE reviews_review SET state = 'written', published_at = NULL",
        "UPDATE reviews_review SET version = 2 WHERE side = 'seller'",
        "UPDATE reviews_review SET published_at = ef_now() + interval '1 day'",
        "UPDATE reviews_invitation SET closes_at = closes_at + interval '1 day'",
        "UPDATE reviews_invitation SET published_at = NULL",
        "INSERT INTO reviews_wording (id, review_id, n, grades, text, picture_ids, by)"
        " SELECT gen_random_uuid(), id, 2, '{\"goods\": 7, \"delivery\": 1, \"service\": 1}', '', '{}', '' FROM reviews_review WHERE side = 'buyer'",
        "INSERT INTO reviews_review (id, order_id, side, author_id, subject_id, month, counts, state, version, hidden_reason)"
        " SELECT gen_random_uuid(), order_id, side, author_id, subject_id, month, true, 'written', 1, '' FROM reviews_review",
    ],
)
def test_the_database_itself_keeps_what_was_said(said_otherwise):
    trade = completed()
    mine = write(trade, "buyer")
    write(trade, "seller")
    actions.reply_to_review(mine.pk, "Thanks.", by=trade.seller)

    with pytest.raises(Exception) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(said_otherwise)
    assert isinstance(no.value.__cause__, psycopg.Error)


def test_the_database_takes_no_review_of_a_stranger_or_after_the_time():
    trade = completed()
    stranger = make.company()
    values = {
        "order": trade.order, "side": "buyer", "subject_id": trade.order.seller_id, "counts": True, "state": "written",
        "month": Invitation.objects.get().month,
    }  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(author=stranger, **values)
    advance(timedelta(days=61))
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(author_id=trade.order.buyer_id, **values)
