"""Many at once at a sample, a framework contract, a group buy: what was agreed is never exceeded, and no money is lost."""

from __future__ import annotations

import time
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from everfair.base.refused import AlreadyDone
from everfair.base.rows import ask
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import wallet
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.trade.actions import (
    ask_inspection,
    call_off_goods,
    cancel_order,
    close_group_buy,
    draft_order,
    draft_sample,
    fund_stage,
    join_group_buy,
    lapse_order,
    order_sample,
    pay_stage,
    place_order,
)
from everfair.trade.models import FrameworkLine, GroupBuy, Order, SampleCredit, Stage
from everfair.trade.queries.inspecting import earliest_day
from tests import make
from tests.base.together import together
from tests.trade import kinds
from tests.trade.inspecting import FEE, inspector

pytestmark = pytest.mark.usefixtures("committed")


def breaches() -> list[Any]:
    return [proof for proof in prove() if proof.breach]


def in_wallet(company_id: Any) -> int:
    return balance(wallet(company_id, "USD"), "USD").posted.minor


def test_fifty_call_offs_at_once_never_exceed_the_framework():
    buyer, seller = kinds.owner(), kinds.owner()
    order = kinds.framework(buyer, seller, kinds.goods(seller))

    results = together([lambda: call_off_goods(order.pk, [(1, Decimal(90))], by=buyer)] * 50)

    assert sum(isinstance(result, Order) for result in results) == 11
    assert {result.code for result in results if not isinstance(result, Order)} == {"trade.used_up"}
    assert FrameworkLine.objects.get().called == 990
    assert breaches() == []


def test_call_offs_and_cancellations_at_once_leave_what_is_called():
    buyer, seller = kinds.owner(), kinds.owner()
    order = kinds.framework(buyer, seller, kinds.goods(seller))
    running = [call_off_goods(order.pk, [(1, Decimal(100))], by=buyer) for _n in range(10)]

    together(
        [lambda each=each: cancel_order(each.pk, "no need", by=buyer) for each in running]
        + [lambda: call_off_goods(order.pk, [(1, Decimal(100))], by=buyer)] * 10
    )

    live = Order.objects.filter(kind="call_off", agreement="offered").count()
    assert FrameworkLine.objects.get().called == 100 * live
    assert breaches() == []


def test_two_bulk_orders_at_once_credit_one_sample_once():
    buyer, seller = kinds.owner(), kinds.owner()
    offer = kinds.goods(seller)
    sample = kinds.completed_sample(buyer, seller, offer)
    terms = draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=buyer)

    results = together([lambda: place_order(terms, by=buyer)] * 8)

    won = [result for result in results if isinstance(result, Order)]
    assert len(won) == 1
    assert {result.code for result in results if not isinstance(result, Order)} == {"trade.other_terms"}
    assert SampleCredit.objects.get().sample_id == sample.pk
    assert won[0].total_minor == 42000 - 500
    assert breaches() == []


def test_samples_ordered_at_once_stay_within_the_rule():
    buyer, seller = kinds.owner(), kinds.owner()
    offer = kinds.goods(seller)
    terms = draft_sample(offer.pk, 1, named_place="Hamburg", by=buyer)

    results = together([lambda: order_sample(terms, by=buyer)] * 10)

    assert sum(isinstance(result, Order) for result in results) == 3


def test_buyers_who_join_at_once_never_buy_more_than_there_is():
    seller = kinds.owner()
    group = kinds.group(seller, kinds.goods(seller), most=Decimal(1000))
    buyers = [kinds.owner() for _n in range(12)]

    results = together([lambda by=by: join_group_buy(group.pk, Decimal(300), by=by) for by in buyers])

    assert sum(isinstance(result, Order) for result in results) == 3
    assert {result.code for result in results if not isinstance(result, Order)} == {"trade.group_full"}


@pytest.mark.parametrize("round_", range(8))
def test_a_payment_at_the_closing_instant_is_counted_or_returned(round_):
    seller = kinds.owner()
    group = kinds.group(seller, kinds.goods(seller))
    kinds.joined(group, "600")
    order, buyer = kinds.joined(group, "400", paid=False)
    stage = Stage.objects.get(order=order)
    intent = Intent.objects.get(pk=pay_stage(stage.pk, by=buyer))
    take_event("sandbox", *make.told(intent))

    together([lambda: fund_stage(stage.pk, intent.pk), lambda: close_group_buy(group.pk, by=seller)])

    group.refresh_from_db()
    order.refresh_from_db()
    stage.refresh_from_db()
    assert (group.state, order.agreement, stage.state) in (("reached", "agreed", "funded"), ("missed", "lapsed", "void"))
    held = escrows([stage.pk])[stage.pk].held_minor if stage.state == "funded" else 0
    assert held + in_wallet(buyer.company_id) == 16000
    assert breaches() == []


@pytest.mark.parametrize("quantity", ["1000", "900"])
def test_two_closers_close_once(quantity):
    seller = kinds.owner()
    group = kinds.group(seller, kinds.goods(seller))
    order, buyer = kinds.joined(group, quantity)

    results = together([lambda: close_group_buy(group.pk, by=seller)] * 6)

    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert sum(isinstance(result, AlreadyDone) for result in results) == 5
    order.refresh_from_db()
    reached = quantity == "1000"
    assert order.agreement == ("agreed" if reached else "called_off")
    assert in_wallet(buyer.company_id) == (0 if reached else 36000)
    assert breaches() == []


def test_an_order_that_lapses_while_its_group_closes_waits_for_nobody_who_waits_for_it():
    """Both are due at the same instant. A row written twice, here for its inspection too, has its keys looked at again at the commit:
    the closer keeps the group's row while it waits for the order."""
    seller = kinds.owner()
    group = kinds.group(seller, kinds.goods(seller))
    order, buyer = kinds.joined(group, paid=False)
    ask_inspection(order.pk, inspector().company_id, fee=FEE, wanted_on=earliest_day(order), place="Hall 3", by=buyer)
    has_lapsed = Event()

    def lapse() -> None:
        with transaction.atomic():
            lapse_order(order.pk, "not paid in time")
            has_lapsed.set()
            until = time.monotonic() + 10
            while not ask(_SOMEBODY_WAITS) and time.monotonic() < until:
                time.sleep(0.02)

    def close() -> GroupBuy:
        has_lapsed.wait(10)
        return close_group_buy(group.pk, by=seller)

    lapsed, closed = together([lapse, close])

    assert lapsed is None
    assert isinstance(closed, GroupBuy)
    assert Order.objects.get(pk=order.pk).agreement == "lapsed"
    assert breaches() == []


_SOMEBODY_WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1"
