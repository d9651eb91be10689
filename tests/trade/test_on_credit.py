"""Trades paid on credit: however they end, both sides stand to the cent where money would have brought them, once it is repaid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.sql import ask
from everfair.disputes.actions import Complaint, accept_offer, open_claim
from everfair.disputes.models import Offer
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance_at, escrows
from everfair.ledger.values import fees
from everfair.payments.actions import pay_due, settle_due, take_event
from everfair.payments.models import CreditDraw, CreditDue, CreditLine, Intent
from everfair.trade.actions import (
    accept_goods,
    call_off_order,
    open_issue,
    pay_stage,
    receive_order,
    resolve_issue,
    return_money,
    ship_order,
    waive_inspection,
)
from everfair.trade.models import Inspection, Stage
from everfair.trade.reactions import money_arrived
from tests import make
from tests.base.together import together
from tests.payments.on_credit import books, dues, fresh, funded_on_credit, granted, in_wallet, nothing_is_wrong, repay
from tests.trade.inspecting import BAD, book, paid_by, report
from tests.trade.test_amendments import amended, lines
from tests.trade.test_shipments import ordered, send

pytestmark = pytest.mark.django_db


def ship(trade: make.Trade) -> None:
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": now().date()}, by=trade.seller)


def settled() -> make.Trade:
    return make.trade("completed")


def called_off() -> make.Trade:
    trade = make.trade("funded")
    call_off_order(trade.order.pk, "we cannot make it", by=trade.seller)
    return trade


def called_off_half_paid() -> make.Trade:
    trade = make.trade("deposit")
    call_off_order(trade.order.pk, "we cannot make it", by=trade.seller)
    return trade


def ruled(share: str) -> Callable[[], make.Trade]:
    def end() -> make.Trade:
        trade = make.trade("shipped", quantity="1001")
        open_issue(trade.order.pk, "some are broken", by=trade.buyer)
        resolve_issue(trade.order.pk, Decimal(share), "seen", by=make.operator())
        return trade

    return end


def made_cheaper() -> make.Trade:
    trade = make.trade("funded")
    amended(trade, lines("900"))
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade


def made_much_cheaper() -> make.Trade:
    trade = make.trade("funded")
    amended(trade, lines("100"))
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade


def topped_up() -> make.Trade:
    trade = make.trade("funded")
    amended(trade, lines("1200"))
    make.pay(trade.stage(3), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade


def accepted_in_parts() -> make.Trade:
    """Thirds, whose fees do not round alike."""
    trade = ordered("333", "334", price="0.07")
    send(trade)
    for n, quantity in ((1, "111"), (2, "7"), (1, "221"), (2, "300")):
        accept_goods(trade.order.pk, {n: Decimal(quantity)}, by=trade.buyer)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade


def a_part_and_a_claim() -> make.Trade:
    trade = ordered("1000", "600", "400")
    send(trade)
    accept_goods(trade.order.pk, {1: Decimal(1000), 2: Decimal(100)}, by=trade.buyer)
    made = open_claim(
        trade.order.pk, [Complaint(2, "wrong", Decimal(500))], remedy="refund", text="wrong colour", amount=Money(25000, "USD"), by=trade.buyer
    )  # fmt: skip
    accept_offer(made.pk, Offer.objects.get(claim=made, side="buyer").pk, by=trade.seller)
    return trade


def a_failed_inspection() -> make.Trade:
    """Its fee, which the buyer paid, is larger than the first stage."""
    trade = paid_by("inspected")
    report(book(trade, "buyer", "ready"), BAD)
    waive_inspection(Inspection.objects.get(order=trade.order).pk, "fine", by=trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade


ENDS = {
    "settled": settled, "called off": called_off, "called off with the deposit held": called_off_half_paid, "ruled 0": ruled("0"), "ruled 1": ruled("1"),
    "ruled 0.333": ruled("0.333"), "made cheaper": made_cheaper, "made much cheaper": made_much_cheaper, "topped up": topped_up,
    "accepted in parts": accepted_in_parts, "a part and a claim": a_part_and_a_claim, "a failed inspection": a_failed_inspection,
}  # fmt: skip


def pay_on_credit(stage: Stage, by: Any) -> Intent:
    """In the place of `make.pay`: the seller has granted enough."""
    order = stage.order
    trade = make.Trade(order, by, make.actor(order.seller, "owner", who=make.member(order.seller)))
    if not CreditLine.objects.filter(seller=order.seller, buyer=order.buyer).exists():
        granted(trade, "100000.00")
    intent = Intent.objects.get(pk=pay_stage(stage.pk, method="credit", by=by))
    money_arrived(make.captured(intent))
    return intent


def paid_in(trade: make.Trade) -> int:
    """What reached us from the buyer for this order, less what lies in its wallet."""
    [(paid,)] = ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM payments_intent WHERE company_id = %s AND state = 'captured' AND provider = 'sandbox'",
        [trade.order.buyer_id],
    )
    return int(paid) - in_wallet(trade.order.buyer_id)


def fees_now() -> int:
    return balance_at(fees("USD"), now() + timedelta(days=1))


@pytest.mark.parametrize("name", ENDS)
def test_every_ending_comes_to_the_same_to_the_cent(name, monkeypatch):
    before = fees_now()
    by_money = ENDS[name]()
    fee_by_money = fees_now() - before

    monkeypatch.setattr(make, "pay", pay_on_credit)
    on_credit = ENDS[name]()
    line = CreditLine.objects.get(seller_id=on_credit.order.seller_id, buyer_id=on_credit.order.buyer_id)

    # Nobody was paid anything yet, and nobody has paid but for the inspector.
    assert in_wallet(on_credit.order.seller_id) == 0
    assert fees_now() - before == fee_by_money
    owed = sum(due.amount_minor for due in dues(line))
    assert books(line) == (owed, owed - sum(due.fee_minor for due in dues(line)), sum(due.fee_minor for due in dues(line)), owed)
    assert nothing_is_wrong()

    for due in dues(line):
        repay(due, on_credit.buyer)

    assert books(line) == (0, 0, 0, 0)
    assert in_wallet(on_credit.order.seller_id) == in_wallet(by_money.order.seller_id)
    assert paid_in(on_credit) == paid_in(by_money)
    assert in_wallet(on_credit.order.buyer_id) == 0  # what came back was not owed any more
    assert fees_now() - before == 2 * fee_by_money
    assert nothing_is_wrong()


def test_a_trade_half_by_card_half_on_credit_returns_each_half_its_own_way():
    trade = make.trade("deposit")
    line = granted(trade)
    pay_on_credit(trade.stage(2), trade.buyer)

    call_off_order(trade.order.pk, "we cannot make it", by=trade.seller)

    assert books(line) == (0, 0, 0, 0)
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (12600, 0)
    assert (trade.stage(1).draw_id, CreditDraw.objects.get().came_back_minor) == (None, 29400)
    assert nothing_is_wrong()


def test_the_escrow_of_a_stage_on_credit_keeps_its_equation():
    trade, line = funded_on_credit()
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    row = escrows([trade.stage(2).pk])[trade.stage(2).pk]
    assert (row.funded_minor, row.held_minor, row.released_minor, row.fees_minor, row.refunded_minor) == (29400, 0, 28812, 588, 0)
    assert fresh(line).drawn_minor == 42000


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE payments_creditline SET drawn_minor = drawn_minor - 1", "what is owed on credit is what was drawn, less what came back and was repaid"),
        ("UPDATE payments_creditdraw SET came_back_minor = came_back_minor + 1", "every stage paid on credit holds what its buyer owes for it and is not due yet"),
        ("UPDATE payments_creditline SET limit_minor = limit_minor + 1", "nobody drew more credit than the limit was"),
    ],
)  # fmt: skip
def test_the_proofs_find_what_was_changed_behind_the_books(change, name):
    funded_on_credit()
    assert nothing_is_wrong()
    ask(change)
    assert name in [proof.name for proof in prove() if proof.breach]


def test_the_proofs_find_a_receivable_that_nobody_owes(superuser):
    trade, _line = funded_on_credit()
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    ask("UPDATE payments_creditdue SET state = 'paid' WHERE id = (SELECT id FROM payments_creditdue LIMIT 1)")
    found = [proof.name for proof in prove() if proof.breach]
    assert "what sellers will receive on credit is what their buyers still owe for it" in found
    assert CreditDue.objects.filter(state="paid").count() == 1


# ── given back while it is owed ──


def on_credit_completed() -> tuple[make.Trade, CreditLine]:
    trade, line = funded_on_credit()
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade, line


def test_what_a_seller_gives_back_while_it_is_owed_lowers_the_debt_and_moves_no_money():
    trade, line = on_credit_completed()
    first, second = dues(line)
    owed_before, fees_before = books(line)[0], first.fee_minor + second.fee_minor
    assert (owed_before, in_wallet(trade.buyer.company_id), in_wallet(trade.seller.company_id)) == (42000, 0, 0)

    return_money(trade.order.pk, Money(20000, "USD"), "one pallet was empty", by=trade.seller)

    first, second = dues(line)
    owed, receivable, fees_left, drawn = books(line)
    assert (owed, drawn, second.amount_minor) == (22000, 22000, 22000)
    assert (first.state, first.came_back_minor, second.state, second.came_back_minor) == ("returned", 12600, "open", 7400)
    assert (fees_left, receivable) == (second.fee_minor, 22000 - second.fee_minor)
    assert fees_left * 42000 == fees_before * 22000
    assert (in_wallet(trade.buyer.company_id), in_wallet(trade.seller.company_id)) == (0, 0)
    repay(second, trade.buyer)
    assert (in_wallet(trade.seller.company_id), books(line)) == (22000 - second.fee_minor, (0, 0, 0, 0))
    assert nothing_is_wrong()


def test_what_is_over_after_the_debt_is_paid_in_money():
    trade, line = on_credit_completed()
    repay(dues(line)[1], trade.buyer)
    earned = in_wallet(trade.seller.company_id)

    return_money(trade.order.pk, Money(20000, "USD"), "for the sake of peace", by=trade.seller)

    assert (books(line), [due.state for due in dues(line)]) == ((0, 0, 0, 0), ["returned", "paid"])
    assert in_wallet(trade.buyer.company_id) == 7400
    assert in_wallet(trade.seller.company_id) < earned
    return_money(trade.order.pk, Money(22000, "USD"), "all of it", by=trade.seller)
    assert (in_wallet(trade.buyer.company_id), in_wallet(trade.seller.company_id)) == (29400, 0)
    assert nothing_is_wrong()


def test_a_repayment_that_began_before_part_was_given_back_leaves_the_rest_with_its_payer():
    trade, line = on_credit_completed()
    first, second = dues(line)
    intents = [pay_due(due.pk, by=trade.buyer) for due in (first, second)]
    return_money(trade.order.pk, Money(20000, "USD"), "one pallet was empty", by=trade.seller)

    for due, intent in zip((first, second), intents, strict=True):
        assert take_event("sandbox", *make.told(intent)) == "applied"
        settle_due(due.pk, intent.pk)

    assert (in_wallet(trade.buyer.company_id), books(line)) == (20000, (0, 0, 0, 0))
    assert nothing_is_wrong()


def test_giving_back_and_repaying_at_once_counts_each_cent_once(committed):
    trade, line = on_credit_completed()
    first = dues(line)[0]
    intent = pay_due(first.pk, by=trade.buyer)
    assert take_event("sandbox", *make.told(intent)) == "applied"

    together(
        [
            lambda: settle_due(first.pk, intent.pk),
            lambda: return_money(trade.order.pk, Money(20000, "USD"), "x", by=trade.seller),
        ]
    )

    owed = books(line)[0]
    assert owed == sum(due.amount_minor for due in dues(line) if due.state == "open")
    # Whichever came first: what the buyer has paid and does not owe any more is what the order cost less what came back.
    assert 12600 - in_wallet(trade.buyer.company_id) + owed == 42000 - 20000
    assert nothing_is_wrong()
