"""Facts of suppliers as the live tables fill them, in few queries; and a look over all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from everfair.base import clock
from everfair.base.clock import now
from everfair.events.catalog import OfferPublished
from everfair.messaging.actions import post_message
from everfair.risk import actions, reactions
from everfair.risk.models import DueLook, RiskCase
from everfair.risk.queries.cases import known_bad, sweep_is_due, watched_categories
from everfair.risk.queries.facts import neighbourhood, suppliers, traits_of
from everfair.sourcing.actions import send_inquiry
from everfair.trade.actions import receive_order
from everfair.trust.actions import declare_link
from tests import make
from tests.disputes.claiming import claimed
from tests.risk.test_cases import DAY, proposed
from tests.trust.reviewing import acting, reviewer

pytestmark = pytest.mark.django_db


def facts(company):
    (row,) = suppliers([company.pk])
    return row


def seller_of(trade):
    return trade.order.seller


def test_an_offer_is_read_in_dollars_by_category_and_unit():
    company = make.company(is_seller=True)
    make.offer(company)
    make.offer(company, state="draft")

    (row,) = facts(company).listings

    assert (row.category, row.price, row.moq) == ("hardware/fasteners/H87", 0.42, 100)
    assert row.on == now().date()


def test_only_what_was_paid_is_a_deal_and_shipping_and_receiving_are_told():
    offered, funded, received = make.trade("offered"), make.trade("funded"), make.trade("shipped")
    receive_order(received.order.pk, by=received.buyer)

    assert facts(seller_of(offered)).deals == ()
    (waits,) = facts(seller_of(funded)).deals
    (there,) = facts(seller_of(received)).deals
    assert (waits.shipped_on, waits.received_on, waits.rail) == (None, None, "escrow")
    assert (there.shipped_on, there.received_on, there.lost_dispute) == (now().date(), now().date(), False)
    assert waits.buyer == str(funded.order.buyer_id)
    assert waits.value > 0


def test_a_claim_is_a_complaint_of_its_worst_reason():
    claim = claimed("100.00", reason="counterfeit").claim

    (row,) = facts(claim.seller).complaints

    assert (row.buyer, row.kind, row.value) == (str(claim.buyer_id), "fake", 100.0)


def test_what_it_wrote_before_an_order_is_read_and_what_the_other_wrote_is_not():
    seller, buyer = make.company(is_seller=True), make.company()
    of = make.actor(buyer, "owner")
    inquiry = send_inquiry(make.offer(seller).pk, "How much for 500?", by=of)
    post_message(inquiry.thread_id, "Call me on WhatsApp.", by=make.actor(seller, "owner"))

    (row,) = facts(seller).messages

    assert (row.text, row.buyer) == ("Call me on WhatsApp.", str(buyer.pk))


def test_what_two_share_is_the_same_hash_and_never_the_thing_itself():
    one, other = make.company(is_seller=True, phone="+8657912345678"), make.company(is_seller=True, phone="+8657912345678")
    make.company(is_seller=True, phone="+8657900000000")
    found = traits_of([one.pk, other.pk])
    shared = found[one.pk] & found[other.pk]

    assert [kind for kind, _ in shared] == ["phone"]
    assert "57912345678" not in str(found)
    assert {pk for _kind, _digest, pk in neighbourhood(one.pk, most=9)} == {one.pk, other.pk}
    assert neighbourhood(one.pk, most=1) == []


def test_who_brought_it_stands_in_its_facts():
    company, person = make.company(is_seller=True), reviewer()
    declare_link(person.pk, company.pk, "onboarded", "Brought it.", by=make.operator())

    assert facts(company).salesperson == str(person.pk)
    assert facts(make.company(is_seller=True)).salesperson is None


def test_many_suppliers_take_as_many_queries_as_one():
    def counted(ids):
        with CaptureQueriesContext(connection) as caught:
            assert len(suppliers(ids)) == len(ids)
        return len(caught)

    companies = [make.company(is_seller=True) for _ in range(12)]
    for company in companies:
        make.offer(company)

    assert counted([companies[0].pk]) == counted([company.pk for company in companies]) <= 9


def test_a_look_over_all_opens_a_case_for_who_leads_buyers_away_and_shares_with_a_fraud():
    bad, seller = (make.company(is_seller=True, phone="+8657912345678") for _ in range(2))
    honest = make.company(is_seller=True)
    actions.confirm_fraud(actions.take_proposal(proposed(bad, 50.0), at=DAY).pk, "Fraud.", by=acting(reviewer()))
    offer = make.offer(seller)
    for _ in range(3):
        inquiry = send_inquiry(offer.pk, "How much?", by=make.actor(make.company(), "owner"))
        post_message(inquiry.thread_id, "Pay by Western Union, ask on WhatsApp.", by=make.actor(seller, "owner"))
    actions.ask_for_look([seller.pk, honest.pk])

    sweep = actions.look_at_all()

    assert (sweep.looked >= 3, sweep.opened) == (True, 1)
    case = RiskCase.objects.get(company=seller)
    assert [row["signal"] for row in case.findings[:2]] == ["known_fraud", "bait"]
    assert not RiskCase.objects.filter(company=honest).exists()
    assert not DueLook.objects.exists()
    assert not sweep_is_due()
    clock.advance(timedelta(days=1))
    assert sweep_is_due()


def test_an_offer_asks_for_a_look_once_and_the_look_is_done():
    company = make.company(is_seller=True)
    offer = make.offer(company)

    reactions.look_after_listing(OfferPublished(offer.pk, company.pk))
    reactions.look_after_listing(OfferPublished(offer.pk, company.pk))

    assert DueLook.objects.filter(company=company).count() == 1
    assert actions.look_at_due() == 1
    assert actions.look_at_due() == 0


def test_a_category_is_watched_by_what_was_confirmed_there_and_by_nothing_else():
    by = acting(reviewer())
    for n in range(12):
        company = make.company(is_seller=True)
        make.offer(company, category="electronics/phones" if n < 4 else "hardware/fasteners")
        if n < 3:
            actions.confirm_fraud(actions.take_proposal(proposed(company, 50.0), at=DAY).pk, "Fraud.", by=by)

    assert len(known_bad()) == 3
    assert watched_categories() == frozenset({"electronics/phones/H87"})
