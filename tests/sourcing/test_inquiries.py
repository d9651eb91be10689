"""A question on an offer opens one talk between two companies."""

from decimal import Decimal

import pytest

from everfair.base.events import read_fact, subscribers
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.messaging.actions import post_message
from everfair.messaging.models import Message, Notice, Thread
from everfair.messaging.queries import notice_sentence
from everfair.sourcing.actions import decline_quote, revise_quote, send_inquiry, withdraw_quote
from everfair.sourcing.models import Inquiry
from tests import make
from tests.sourcing.asking import buyer, quote, quote_draft, rfq, supplier


@pytest.mark.django_db
def test_a_question_opens_a_thread_and_a_second_one_goes_on_in_it():
    by = buyer()
    offer = make.offer(make.company())

    first = send_inquiry(offer.pk, "In stock?", by=by, quantity=Decimal(500))
    second = send_inquiry(offer.pk, "And in blue?", by=by)

    assert first.pk == second.pk
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == ["In stock?", "And in blue?"]
    assert Thread.objects.get().company_ids == sorted([by.company_id, offer.company_id])


@pytest.mark.django_db
def test_a_refused_question_leaves_nothing():
    by = buyer()
    offer = make.offer(make.company())
    seller = make.actor(offer.company)

    for call, kind in (
        (lambda: send_inquiry(offer.pk, "", by=by), Refused),
        (lambda: send_inquiry(offer.pk, "a\0b", by=by), Refused),
        (lambda: send_inquiry(offer.pk, "hi", by=by, quantity=Decimal("0.5")), Refused),
        (lambda: send_inquiry(offer.pk, "hi", by=seller), Refused),
        (lambda: send_inquiry(make.offer(make.company(), state="draft").pk, "hi", by=by), NotVisible),
    ):
        with pytest.raises(kind):
            call()

    assert (Inquiry.objects.count(), Thread.objects.count(), Message.objects.count()) == (0, 0, 0)


def settle():
    """Let our reactions see every event, in order."""
    for event in Event.objects.order_by("seq"):
        for subscriber in ("messaging", "sourcing"):
            for reaction in subscribers()[subscriber].get(event.name, []):
                reaction(read_fact(event.name, event.body))


def told():
    return sorted(Notice.objects.values_list("kind", "company_id"))


@pytest.mark.django_db
def test_each_side_hears_once_what_the_other_did():
    by_buyer, by = buyer(), supplier()
    offer = make.offer(make.Company.objects.get(pk=by.company_id), category="hardware/fasteners")
    inquiry = send_inquiry(offer.pk, "In stock?", by=by_buyer)
    post_message(inquiry.thread_id, "Yes", by=by)
    asked = rfq(by_buyer)
    first = quote(asked, by)
    second = revise_quote(first.pk, quote_draft(), by=by)
    withdraw_quote(second.pk, by=by)
    decline_quote(quote(asked, by).pk, by=by_buyer)

    settle()
    before = told()
    settle()

    assert before == told()
    assert before == sorted(
        [
            ("inquiry.received", by.company_id),
            ("message.received", by_buyer.company_id),
            ("rfq.matching", by.company_id),
            ("quote.received", by_buyer.company_id),
            ("quote.revised", by_buyer.company_id),
            ("quote.withdrawn", by_buyer.company_id),
            ("quote.received", by_buyer.company_id),
            ("quote.declined", by.company_id),
        ]
    )
    assert all("%(" not in notice_sentence(row.kind, row.params) for row in Notice.objects.all())
