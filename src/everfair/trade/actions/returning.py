"""A seller gives money back that was paid already: for what came to light later, or for the sake of peace."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import ask, insert
from everfair.base.together import part
from everfair.billing.actions import charge
from everfair.events.trade import MoneyReturned
from everfair.ledger.actions import post_entry
from everfair.payments.actions import lower_dues
from everfair.trade import postings
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import Order, Return
from everfair.trade.queries.fees import fees_back, kept_of
from everfair.trade.roles import sellers_purse


def return_money(order_id: UUID, amount: Money, reason: str, *, by: Actor) -> Return:
    """Of what the seller was paid for an order, `amount` goes back to the buyer, and the platform gives back the fees on it, to the cent:
    afterwards they are those of what is kept. What the buyer still owes on the seller's credit for this order is owed no more, first;
    only what is over goes from the seller's wallet to the buyer's.

    Refuses whoever does not keep the seller's money, an amount above what the seller has been paid and kept, one that the wallet does not hold
    (`ledger.short`), and a missing reason.
    """
    with part():
        order = locked_order(order_id, by=by)
        if not sellers_purse.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if not reason.strip():
            raise Refused("trade.return_reason", _("Please say why."), field="reason", status=422)
        refuse_too_much(order, amount)
        made = Return(order=order, amount_minor=amount.minor, currency=amount.currency, reason=reason.strip(), by=by.label)
        key = f"return:{made.pk}"
        stages = ask("SELECT id FROM trade_stage WHERE order_id = %s ORDER BY id", [order.pk])
        not_owed = lower_dues([row[0] for row in stages], amount, key=key, by=by)
        _pay_back(order, amount - not_owed, not_owed, key, reason.strip(), by)
        insert(made)
        emit(MoneyReturned(order.pk, made.pk, amount), by=by)
    return made


def _pay_back(order: Order, cash: Money, not_owed: Money, key: str, reason: str, by: Actor) -> None:
    """What is over, in money; nothing where the debt took all of it."""
    if not cash:
        return
    fees = fees_back(order, cash, but=not_owed)
    transfers = postings.money_returned(order.seller_id, order.buyer_id, cash, fees)
    post_entry(key, transfers, kind="money_returned", by=by, why={"order": order.reference, "reason": reason})
    charge(order.seller_id, fees, subject=order.pk, reference=order.reference, entry_key=key)


def refuse_too_much(order: Order, amount: Money) -> None:
    if amount.currency != order.currency or amount.minor <= 0:
        raise Refused("trade.return_amount", _("Please give an amount above zero."), field="amount", status=422)
    if amount > kept_of(order):
        raise Refused("trade.return_too_much", _("The seller was not paid that much."), field="amount", status=422)
