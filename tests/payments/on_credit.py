"""A seller's credit, and payments made by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.base.deadlines import fire_due
from everfair.base.money import Money
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, balance_at
from everfair.ledger.values import credit_fees, credit_owed, credit_receivable, wallet
from everfair.payments.actions import agree_to_credit, grant_credit, pay_by, pay_due, settle_due, take_event
from everfair.payments.models import CreditDue, CreditLine, Intent
from everfair.trade.actions import pay_stage
from everfair.trade.reactions import money_arrived
from tests import make


def granted(
    trade: make.Trade, limit: str = "1000.00", *, net_days: int = 30, agreed: bool = True, currency: str = "USD"
) -> CreditLine:
    line = grant_credit(trade.order.buyer_id, Money.of(limit, currency), net_days, by=trade.seller)
    if agreed:
        agree_to_credit(line.pk, by=trade.buyer)
    line.refresh_from_db()
    return line


def on_credit(trade: make.Trade, *stages: int) -> list[Intent]:
    """The buyer pays these stages on credit, and trade hears of it."""
    paid = []
    for n in stages:
        intent = Intent.objects.get(pk=pay_stage(trade.stage(n).pk, method="credit", by=trade.buyer))
        money_arrived(make.captured(intent))
        paid.append(intent)
    return paid


def funded_on_credit(limit: str = "1000.00", **how: Any) -> tuple[make.Trade, CreditLine]:
    """A trade both of whose stages are held on credit."""
    trade = make.trade("agreed")
    line = granted(trade, limit, **how)
    on_credit(trade, 1, 2)
    return trade, line


def fresh(line: CreditLine) -> CreditLine:
    line.refresh_from_db()
    return line


def books(line: CreditLine) -> tuple[int, int, int, int]:
    """Owed, the seller's receivable, the fees that will come with it, and what the line counts."""
    owed = -balance_at(credit_owed(line.pk), clock.now() + timedelta(days=1))
    held = [balance(address(line.pk), line.currency).posted.minor for address in (credit_receivable, credit_fees)]
    return owed, held[0], held[1], fresh(line).drawn_minor


def in_wallet(company_id: Any, currency: str = "USD") -> int:
    return balance(wallet(company_id, currency), currency).posted.minor


def dues(line: CreditLine) -> list[CreditDue]:
    return list(CreditDue.objects.filter(line=line).order_by("id"))


def repay(due: CreditDue, by: Actor, method: str = "card") -> Intent:
    """By a card, whose provider's word is believed, or from the wallet."""
    intent = pay_due(due.pk, by=by)
    if method == "card":
        headers, body = make.told(intent)
        assert take_event("sandbox", headers, body) == "applied"
    else:
        pay_by(intent.pk, method, by=by)
    settle_due(due.pk, intent.pk)
    intent.refresh_from_db()
    return intent


def days_pass(days: int) -> None:
    clock.advance(timedelta(days=days))
    while fire_due():
        pass


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []
