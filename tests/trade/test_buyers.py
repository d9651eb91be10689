"""What a supplier sees of a buyer: numbers of the platform, only with business between them, never a partner or an amount."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from everfair.base.refused import NotVisible
from everfair.companies.models import Company
from everfair.sourcing.actions import cancel_rfq, post_rfq, send_inquiry
from everfair.trade.actions import cancel_order, close_issue, open_issue, open_silent_case, resolve_issue
from everfair.trade.models import Stage
from everfair.trade.queries import buyer_by_number, buyer_record, has_business_with
from tests import make
from tests.sourcing.asking import rfq_draft

pytestmark = pytest.mark.django_db


def buyer_of(trade: make.Trade) -> Company:
    return Company.objects.get(pk=trade.order.buyer_id)


def signed_in(company: Company) -> Client:
    client = Client()
    client.force_login(make.member(company), backend="everfair.companies.accounts.Backend")
    return client


def test_a_new_buyer_has_a_record_of_noughts():
    buyer = make.company(is_seller=False)

    record = buyer_record(buyer)

    assert (record.placed, record.paid, record.settled, record.in_time, record.fallen_due) == (0, 0, 0, 0, 0)
    assert (record.issues.raised, record.issues.open, record.rfqs.posted) == (0, 0, 0)
    assert record.member_since == buyer.created_at


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("offered", (1, 0, 0, 0, 0)),
        ("agreed", (1, 0, 0, 0, 0)),
        ("deposit", (1, 0, 0, 1, 1)),
        ("funded", (1, 1, 0, 2, 2)),
        ("completed", (1, 1, 1, 2, 2)),
    ],
)
def test_orders_and_payments_are_counted_as_they_go(state, counts):
    trade = make.trade(state)

    record = buyer_record(buyer_of(trade))

    assert (record.placed, record.paid, record.settled, record.in_time, record.fallen_due) == counts


def test_a_late_payment_counts_against_and_a_day_that_passed_unpaid_too():
    paid = make.trade("deposit")
    Stage.objects.filter(order=paid.order, n=1).update(due_at=paid.stage(1).funded_at - timedelta(hours=1))
    unpaid = make.trade("agreed")
    Stage.objects.filter(order=unpaid.order, n=1).update(due_at=paid.stage(1).funded_at - timedelta(hours=1))

    late, missed = buyer_record(buyer_of(paid)), buyer_record(buyer_of(unpaid))

    assert (late.in_time, late.fallen_due) == (0, 1)
    assert (missed.in_time, missed.fallen_due) == (0, 1)


def test_what_was_cancelled_before_its_day_was_never_late():
    trade = make.trade("agreed")
    cancel_order(trade.order.pk, "The season's budget was cut.", by=trade.seller)
    Stage.objects.filter(order=trade.order, n=1).update(due_at=trade.fresh().closed_at + timedelta(hours=1))

    assert buyer_record(buyer_of(trade)).fallen_due == 0


@pytest.mark.parametrize(("share", "ended"), [("1", (1, 0, 0)), ("0.25", (0, 1, 0)), ("0", (0, 0, 1))])
def test_a_decided_issue_says_whom_it_went_to(share, ended):
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nine of twelve cartons came.", by=trade.buyer)
    resolve_issue(trade.order.pk, Decimal(share), "The carrier's note shows it.", by=make.operator())

    issues = buyer_record(buyer_of(trade)).issues

    assert (issues.raised, issues.open) == (1, 0)
    assert (issues.for_buyer, issues.shared, issues.for_seller) == ended


def test_an_issue_taken_back_an_open_one_and_one_of_silence_are_told_apart():
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)
    close_issue(trade.order.pk, by=trade.buyer)
    open_silent_case(trade.order.pk, "nobody confirmed")

    issues = buyer_record(buyer_of(trade)).issues

    assert (issues.raised, issues.silent, issues.withdrawn, issues.open) == (1, 1, 1, 1)


def test_requests_are_counted_by_how_they_ended():
    buyer = make.company(is_seller=False)
    by = make.actor(buyer, who=make.member(buyer))
    post_rfq(rfq_draft(), by=by)
    cancel_rfq(post_rfq(rfq_draft(), by=by).pk, by=by)

    rfqs = buyer_record(buyer).rfqs

    assert (rfqs.posted, rfqs.awarded, rfqs.cancelled) == (2, 0, 1)


def test_only_who_has_business_with_a_buyer_sees_its_record():
    trade = make.trade("offered")
    buyer = buyer_of(trade)
    stranger, neighbour = make.company(), make.company(is_seller=False)

    assert has_business_with(trade.seller, buyer.pk)
    assert has_business_with(trade.buyer, buyer.pk), "its own"
    assert has_business_with(make.operator(), buyer.pk)
    for company in (stranger, neighbour):
        with pytest.raises(NotVisible):
            buyer_by_number(buyer.number, make.actor(company))
        assert signed_in(company).get(f"/en/buyers/{buyer.number}/").status_code == 404


def test_an_open_request_is_business_for_suppliers_and_none_for_other_buyers():
    buyer = make.company(is_seller=False)
    by = make.actor(buyer, who=make.member(buyer))
    rfq = post_rfq(rfq_draft(), by=by)
    supplier, neighbour = make.company(), make.company(is_seller=False)

    assert has_business_with(make.actor(supplier), buyer.pk)
    assert not has_business_with(make.actor(neighbour), buyer.pk)
    cancel_rfq(rfq.pk, by=by)
    assert not has_business_with(make.actor(supplier), buyer.pk), "it never quoted, and there is nothing left to see"


def test_a_question_about_an_offer_is_business():
    seller, buyer = make.company(), make.company(is_seller=False)
    offer = make.offer(seller)
    assert not has_business_with(make.actor(seller), buyer.pk)

    inquiry = send_inquiry(offer.pk, "Which sizes are there?", by=make.actor(buyer, who=make.member(buyer)))

    assert has_business_with(make.actor(seller), buyer.pk)
    shown = signed_in(seller).get(f"/en/messages/{inquiry.thread_id}/").content.decode()
    assert "buyer's record" in shown
    shown = signed_in(buyer).get(f"/en/messages/{inquiry.thread_id}/").content.decode()
    assert "buyer's record" not in shown


def test_a_seller_is_no_buyer_for_the_other_side():
    """Who bought from a company has no look into what that company buys."""
    trade = make.trade("completed")

    assert not has_business_with(trade.buyer, trade.order.seller_id)


def test_the_page_names_no_partner_and_no_amount():
    trade = make.trade("completed")
    buyer, seller = buyer_of(trade), Company.objects.get(pk=trade.order.seller_id)
    onlooker = make.company()
    post_rfq(rfq_draft(), by=trade.buyer)

    shown = signed_in(onlooker).get(f"/en/buyers/{buyer.number}/").content.decode()

    main = shown[shown.index("<main") : shown.index("</main>")]
    assert buyer.name in main
    assert "2 of 2 stages paid in time" in main
    assert "1 placed · 1 paid in full · 1 settled" in main
    assert "1 posted · 0 awarded" in main
    assert seller.name not in main
    assert "USD" not in main


def test_the_card_stands_beside_a_request_and_an_order():
    trade = make.trade("funded")
    rfq = post_rfq(rfq_draft(), by=trade.buyer)
    seller = signed_in(Company.objects.get(pk=trade.order.seller_id))

    beside_request = seller.get(f"/en/rfqs/{rfq.pk}/").content.decode()
    beside_order = seller.get(f"/en/orders/{trade.order.pk}/").content.decode()
    for_the_buyer = signed_in(buyer_of(trade)).get(f"/en/orders/{trade.order.pk}/").content.decode()

    address = f"/en/buyers/{buyer_of(trade).number}/"
    assert address in beside_request
    assert address in beside_order
    assert address not in for_the_buyer


def test_the_record_costs_the_same_however_much_was_traded(django_assert_num_queries):
    trade = make.trade("completed")
    buyer = buyer_of(trade)
    for _n in range(3):
        post_rfq(rfq_draft(), by=trade.buyer)

    with django_assert_num_queries(5):  # orders, requests, the clock, rules, facts
        buyer_record(buyer)


def test_programs_read_the_same_record():
    trade = make.trade("completed")
    number = buyer_of(trade).number
    seller, stranger = signed_in(Company.objects.get(pk=trade.order.seller_id)), signed_in(make.company())

    said = seller.get(f"/api/v1/buyers/{number}").json()

    assert (said["placed"], said["settled"], said["in_time"], said["fallen_due"]) == (1, 1, 2, 2)
    assert said["rfqs"] == {"posted": 0, "awarded": 0, "cancelled": 0}
    assert stranger.get(f"/api/v1/buyers/{number}").status_code == 404
    assert stranger.get("/api/v1/buyers/999999999").status_code == 404
