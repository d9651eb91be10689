"""What a seller owes a buyer for a failed inspection, taken from what the seller receives."""

from __future__ import annotations

from dataclasses import dataclass

from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.trade.models import InspectionDebt, Order


@dataclass(frozen=True, slots=True)
class TakenDebt:
    debt: InspectionDebt
    amount: Money


def take_debts(order: Order, payout: Money) -> list[TakenDebt]:
    """How much of this payout to the seller goes on to the buyer; the order is locked. No query for an order that was neither
    inspected nor shipped: only shipped goods are inspected inside a claim, which leaves no word on the order."""
    if payout.minor <= 0 or (order.inspection == "none" and order.goods == "awaiting"):
        return []
    taken, left = [], payout
    for debt in find(InspectionDebt, "order_id = %s AND taken_minor < amount_minor ORDER BY id FOR UPDATE", [order.pk]):
        owed = Money(min(debt.amount_minor - debt.taken_minor, left.minor), debt.currency)
        if owed:
            ask("UPDATE trade_inspectiondebt SET taken_minor = taken_minor + %s WHERE id = %s RETURNING 1", [owed.minor, debt.pk])
            taken.append(TakenDebt(debt, owed))
            left = left - owed
    return taken
