"""What an order's money did: every movement into its escrows and out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from everfair.base.money import Money
from everfair.ledger.queries import JournalLine, journal
from everfair.ledger.values import escrow
from everfair.trade.models import Order, Stage


@dataclass(frozen=True, slots=True)
class Movement:
    """`amount` is above zero when it came into the escrow of stage `n`."""

    n: int
    line: JournalLine
    amount: Money


def order_statement(order: Order, stages: Sequence[Stage], *, after: str = "", limit: int = 50) -> list[Movement]:
    """Of all stages, by accounting day, oldest first; `after` is the `place` of the last line seen. Two queries."""
    by_address = {escrow(stage.pk): stage.n for stage in stages}
    found = journal(list(by_address), from_on=order.created_at.astimezone(UTC).date(), after=after, limit=limit)
    return [
        Movement(by_address[line.target], line, line.amount)
        if line.target in by_address
        else Movement(by_address[line.source], line, -line.amount)
        for line in found
    ]
