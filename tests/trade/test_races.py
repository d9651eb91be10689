"""Several people, programs and workers at once: one effect, one winner, clean books."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.refused import Refused
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import wallet
from everfair.payments.actions import take_event
from everfair.payments.models import Intent, ProviderEvent
from everfair.trade import reactions
from everfair.trade.actions import cancel_order, fund_stage, open_issue, pay_stage, receive_order, sign_order
from everfair.trade.models import Order
from tests import make
from tests.base.together import together
from tests.trade.programs import program, send

pytestmark = pytest.mark.usefixtures("committed")


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def in_wallet(company_id: Any) -> int:
    return balance(wallet(company_id, "USD"), "USD").posted.minor


def copies(who: Any, count: int) -> list[Any]:
    """The same program, each thread with a client of its own."""
    return [type(who)(headers={"Authorization": who.defaults["HTTP_AUTHORIZATION"]}) for _n in range(count)]


def test_fifty_identical_orders_at_once_are_one():
    """B77."""
    goods = make.offer(make.company())
    buying = program(make.company())
    body = {"lines": [{"offer": str(goods.pk), "quantity": "1000"}], "incoterm": "FOB", "named_place": "Ningbo"}

    answers = together([lambda who=who: send(who, "post", "/orders", body, key="one") for who in copies(buying, 50)])

    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert 201 in statuses
    assert Order.objects.count() == 1
    assert {a.json()["id"] for a in answers if a.status_code == 201} == {str(Order.objects.get().pk)}


@pytest.mark.parametrize("same_key", [True, False])
def test_fifty_payments_at_once_are_one(same_key):
    """B77, I14."""
    trade = make.trade("agreed")
    buying = program(trade.order.buyer)
    path = f"/orders/{trade.order.pk}/stages/1/pay"

    answers = together(
        [
            lambda who=who, n=n: send(who, "post", path, key="one" if same_key else f"k{n}")
            for n, who in enumerate(copies(buying, 50))
        ]
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert Intent.objects.count() == 1
    assert {a.json()["payment"] for a in answers if a.status_code == 201} == {str(Intent.objects.get().pk)}


def test_accepting_and_reporting_at_once_has_one_winner():
    """B79."""
    trade = make.trade("shipped")

    results = together(
        [lambda: receive_order(trade.order.pk, by=trade.buyer), lambda: open_issue(trade.order.pk, "wet", by=trade.buyer)]
    )

    order = trade.fresh()
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    assert (order.agreement, order.issue) in (("completed", "none"), ("agreed", "open"))
    assert in_wallet(order.seller_id) == (41160 if order.agreement == "completed" else 0)
    assert nothing_is_wrong()


def test_the_seller_signs_while_the_buyer_cancels():
    """B83: whoever is first, the order ends cancelled and nobody owes anything."""
    trade = make.trade()

    together(
        [
            lambda: sign_order(trade.order.pk, trade.order.terms_hash, by=trade.seller),
            lambda: cancel_order(trade.order.pk, "no", by=trade.buyer),
        ]
    )

    assert trade.fresh().agreement == "cancelled"
    assert {trade.stage(n).state for n in (1, 2)} == {"void"}
    assert nothing_is_wrong()


def test_money_that_arrives_while_the_order_is_cancelled_is_never_lost():
    """B84."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    take_event("sandbox", *make.told(intent))

    together([lambda: fund_stage(trade.stage(1).pk, intent.pk), lambda: cancel_order(trade.order.pk, "no", by=trade.buyer)])

    order, stage = trade.fresh(), trade.stage(1)
    assert (order.agreement, stage.state) in (("agreed", "funded"), ("cancelled", "void"))
    held = escrows([stage.pk])[stage.pk].held_minor if stage.state == "funded" else 0
    assert held + in_wallet(order.buyer_id) == 12600
    assert nothing_is_wrong()


def test_the_same_webhook_twice_at_once_and_two_workers_fund_once():
    """B87, I12."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    headers, body = make.told(intent)

    outcomes = together([lambda: take_event("sandbox", headers, body)] * 4)
    together([lambda: reactions.money_arrived(make.captured(intent))] * 4)

    assert outcomes == ["applied"] * 4
    assert ProviderEvent.objects.count() == 1
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].funded_minor == 12600
    assert (trade.stage(1).state, trade.stage(2).state) == ("funded", "due")
    assert in_wallet(trade.order.buyer_id) == 0
    assert nothing_is_wrong()
