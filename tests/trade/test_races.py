"""Several people, programs and workers at once: one effect, one winner, clean books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from everfair.base.models import History
from everfair.base.refused import Refused
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import wallet
from everfair.logistics.queries import consignments_of
from everfair.payments.actions import take_event
from everfair.payments.models import Intent, ProviderEvent
from everfair.trade import reactions
from everfair.trade.actions import (
    Change,
    accept_goods,
    accept_inspection,
    cancel_inspection,
    cancel_order,
    fund_stage,
    open_issue,
    pay_inspection,
    pay_stage,
    propose_amendment,
    receive_order,
    refuse_amendment,
    report_inspection,
    ship_order,
    sign_amendment,
    sign_order,
    take_back_amendment,
)
from everfair.trade.models import Inspection, InspectionDebt, Order
from everfair.trade.queries.shipments import goods_of
from tests import make
from tests.base.together import together
from tests.trade.inspecting import BAD, book, inspector, paid_by, photo
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


def test_signing_and_refusing_new_terms_at_once_ends_in_one_of_them():
    """B83."""
    for _round in range(8):
        trade = make.trade("funded")
        made = propose_amendment(trade.order.pk, Change(lines=[(1, Decimal(900), Decimal("0.42"))]), by=trade.buyer)

        answers = together(
            [
                lambda made=made, trade=trade: sign_amendment(made.pk, made.terms_hash, by=trade.seller),
                lambda made=made, trade=trade: refuse_amendment(made.pk, "no", by=trade.seller),
                lambda made=made, trade=trade: take_back_amendment(made.pk, by=trade.buyer),
            ]
        )

        made.refresh_from_db()
        assert sum(isinstance(answer, Order) for answer in answers) == 1
        assert trade.fresh().terms_version == (2 if made.state == "signed" else 1)
    assert nothing_is_wrong()


def test_new_terms_and_receiving_at_once_never_lose_a_cent():
    for _round in range(8):
        trade = make.trade("shipped")
        made = propose_amendment(trade.order.pk, Change(lines=[(1, Decimal(900), Decimal("0.42"))]), by=trade.buyer)

        together(
            [
                lambda made=made, trade=trade: sign_amendment(made.pk, made.terms_hash, by=trade.seller),
                lambda trade=trade: receive_order(trade.order.pk, by=trade.buyer),
            ]
        )

        order = trade.fresh()
        assert order.agreement == "completed"
        assert in_wallet(order.buyer_id) == (4200 if order.terms_version == 2 else 0)


def outcomes(calls: list[Any]) -> list[str]:
    """What each of these at once came to: «done», or the refusal's code."""

    def one(call: Any) -> str:
        try:
            call()
        except Refused as no:
            return no.code
        return "done"

    return sorted(together([lambda call=call: one(call) for call in calls]))


def test_an_inspection_accepted_twice_at_once_is_accepted_once():
    visit = book(paid_by())

    assert outcomes([lambda: accept_inspection(visit.inspection.pk, by=visit.by)] * 8) == ["base.already_done"] * 7 + ["done"]
    assert History.objects.filter(subject=visit.inspection.pk, verb="accept").count() == 1


@pytest.mark.parametrize("_round", range(4))
def test_a_report_and_a_cancellation_at_once_have_one_winner(_round):
    visit = book(paid_by(), reached="packed", today=True)
    files = photo(visit.by)

    found = outcomes(
        [
            lambda: report_inspection(visit.inspection.pk, BAD, files, by=visit.by),
            lambda: cancel_inspection(visit.inspection.pk, "no need", by=visit.trade.buyer),
        ]
    )

    state, fee = visit.fresh().state, visit.inspection.fee
    assert found == ["base.wrong_state", "done"]
    assert (state, fee) in {("failed", "paid"), ("cancelled", "returned")}
    assert in_wallet(visit.by.company_id) == (30000 if state == "failed" else 0)
    assert in_wallet(visit.trade.buyer.company_id) == (0 if state == "failed" else 30000)
    assert InspectionDebt.objects.filter(inspection=visit.inspection).count() == (state == "failed")
    assert nothing_is_wrong()


def test_a_fee_paid_many_times_at_once_is_paid_once():
    visit = book(paid_by(), reached="accepted")
    ids = together([lambda: pay_inspection(visit.inspection.pk, by=visit.trade.buyer)] * 8)
    assert len(set(ids)) == 1
    intent = Intent.objects.get(pk=ids[0])
    headers, body = make.told(intent)
    together([lambda: take_event("sandbox", headers, body)] * 4)
    together([lambda: reactions.money_arrived(make.captured(intent))] * 8)

    assert visit.fresh().fee == "held"
    assert escrows([visit.inspection.pk])[visit.inspection.pk].held_minor == 30000
    assert in_wallet(visit.trade.buyer.company_id) == 0
    assert nothing_is_wrong()


def test_an_inspection_asked_by_both_sides_at_once_is_one():
    trade = paid_by()
    first, second = inspector(), inspector()

    found = outcomes([lambda: book(trade, "buyer", by=first), lambda: book(trade, "seller", by=second)])

    assert found == ["done", "trade.inspection_not_now"]
    assert Inspection.objects.filter(order=trade.order).count() == 1


@pytest.mark.parametrize("_round", range(4))
def test_shipping_and_booking_at_once_never_both(_round):
    trade = paid_by("deposit_balance", 2)
    goods = make.CONSIGNMENT | {"handed_over_on": make.now().date()}

    found = outcomes([lambda: ship_order(trade.order.pk, goods, by=trade.seller), lambda: book(trade)])

    order = trade.fresh()
    assert "done" in found
    assert (order.goods, order.inspection) in {("shipped", "none"), ("awaiting", "open")}
    assert nothing_is_wrong()


def test_consignments_sent_at_once_never_carry_more_than_was_ordered():
    trade = make.trade("funded")
    goods = make.CONSIGNMENT | {"handed_over_on": make.now().date()}

    together([lambda: ship_order(trade.order.pk, goods, lines={1: Decimal(600)}, last=False, by=trade.seller)] * 8)

    assert [line.shipped for line in goods_of(trade.fresh())] == [600]
    assert (trade.order.goods, len(consignments_of(trade.order.pk))) == ("part", 1)
    together([lambda: ship_order(trade.order.pk, goods, lines={1: Decimal(390)}, by=trade.seller)] * 8)
    assert (trade.fresh().goods, trade.order.difference_minor, len(consignments_of(trade.order.pk))) == ("shipped", -420, 2)
    assert nothing_is_wrong()


def test_goods_accepted_at_once_are_paid_once_and_never_beside_a_claim():
    trade = make.trade("shipped")
    seller = trade.order.seller_id

    found = outcomes([lambda: accept_goods(trade.order.pk, {1: Decimal(600)}, by=trade.buyer)] * 6)

    assert found.count("done") == 1
    assert in_wallet(seller) == (42000 * 6 // 10) * 98 // 100
    moves = [
        lambda: accept_goods(trade.order.pk, {1: Decimal(300)}, by=trade.buyer),
        lambda: open_issue(trade.order.pk, "the rest is broken", by=trade.buyer),
        lambda: receive_order(trade.order.pk, by=trade.buyer),
    ]
    outcomes(moves)
    order = trade.fresh()
    # Whatever came first: a frozen rest stays whole, a settled order is paid whole.
    assert (order.issue, order.goods) in {("open", "shipped"), ("none", "received")}
    assert in_wallet(seller) in {24696, 24696 + 12348, 42000 * 98 // 100}
    assert nothing_is_wrong()
