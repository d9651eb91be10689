"""Versions of a contract: what is proposed, what was signed, and what the buyer gets back because of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find
from everfair.trade.models import Amendment, Order
from everfair.trade.queries.orders import order


def amendments_of(found_order: Order) -> list[Amendment]:
    """Newest first: one query. Each knows its order."""
    found = find(Amendment, "order_id = %s ORDER BY id DESC", [found_order.pk])
    for amendment in found:
        amendment.order = found_order
    return found


def order_of_amendment(amendment_id: UUID, actor: Actor) -> Order:
    """The order it is about; NotVisible for anybody but the two sides."""
    found = ask("SELECT order_id FROM trade_amendment WHERE id = %s", [amendment_id])
    if not found:
        raise NotVisible
    return order(found[0][0], actor)


def credit_left(of: Order) -> Money:
    """What the buyer still gets back when stages end; no query where terms and goods are as they were signed."""
    if of.terms_version == 1 and of.difference_minor >= 0:
        return Money.zero(of.currency)
    [(left,)] = ask(_CREDIT_LEFT, [of.pk, of.pk])
    return Money(int(left), of.currency)


def credit_of_held(of: Order) -> Money:
    """What of the credit would come out of what is held, if nothing more were paid: a lower total lets first go what is not paid yet."""
    left = credit_left(of)
    if not left:
        return left
    [(unpaid,)] = ask(_UNPAID, [of.pk])
    return Money(max(left.minor - int(unpaid), 0), of.currency)


def credits_over(amounts: Sequence[int], credit: int) -> list[int]:
    """How much of a credit each of these stages gives back when all of them end, in smallest units: the last ones first."""
    found = []
    for n, amount in enumerate(amounts):
        back = min(max(credit - sum(amounts[n + 1 :]), 0), amount)
        credit -= back
        found.append(back)
    return found


# What was void at the end need not be paid any more: so much of the credit is settled without money.
_CREDIT_LEFT = """
    SELECT greatest(0, (SELECT coalesce(sum(amount_minor), 0) FROM trade_credit WHERE order_id = %s) - coalesce(sum(s.taken), 0))
    FROM (
        SELECT CASE WHEN s.state = 'void' THEN s.amount_minor ELSE u.amount_minor END AS taken
        FROM trade_stage s LEFT JOIN trade_credituse u ON u.stage_id = s.id WHERE s.order_id = %s
    ) s
"""
_UNPAID = "SELECT coalesce(sum(amount_minor), 0) FROM trade_stage WHERE order_id = %s AND state IN ('planned', 'due', 'paying')"


def changes_in(amendment: Amendment, former: dict[str, Any]) -> list[tuple[str, Any, Any, dict[str, Any]]]:
    """What differs from the terms it takes the place of: (what, before, after, the line it is about or {})."""
    new, found = amendment.document, []
    for before, after in zip(former["lines"], new["lines"], strict=True):
        for what in ("quantity", "unit_price"):
            if before[what] != after[what]:
                found.append((what, before[what], after[what], after))
    for what in ("total_minor", "ship_by", "incoterm", "named_place", "remarks"):
        if former[what] != new[what]:
            found.append((what, former[what], new[what], {}))
    return found
