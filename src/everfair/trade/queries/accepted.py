"""What of the goods the buyer has accepted before all of them were, and what part of the money that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.rows import ask
from everfair.trade.models import Order, Stage
from everfair.trade.queries.amendments import credit_of_held
from everfair.trade.queries.shipments import LineGoods, goods_of
from everfair.trade.roles import buyer


@dataclass(frozen=True, slots=True)
class AcceptableLine:
    """One line: `sent`, of that `accepted`, and `whole`, what there is to accept when everything has left."""

    n: int
    description: str
    unit: str
    sent: Decimal
    accepted: Decimal
    whole: Decimal
    worth: Money

    @property
    def open(self) -> Decimal:
        """Sent and not accepted yet."""
        return max(self.sent - self.accepted, Decimal(0))


def accepted_so_far(order_id: UUID) -> dict[int, Decimal]:
    """Line → how much of it the buyer has accepted in parts."""
    return dict(ask("SELECT n, sum(quantity) FROM trade_acceptedline WHERE order_id = %s GROUP BY n", [order_id]))


def acceptable(order: Order) -> list[AcceptableLine]:
    """Every line of the contract that holds: two queries at most."""
    if order.goods not in ("part", "shipped"):
        return []
    accepted = accepted_so_far(order.pk)
    return [_line(line, accepted.get(line.n, Decimal(0)), order) for line in goods_of(order)]


def _line(line: LineGoods, accepted: Decimal, order: Order) -> AcceptableLine:
    # Once nothing more follows, what was sent is all there is; before, at least what was ordered.
    whole = line.shipped if order.goods == "shipped" else max(line.ordered, line.shipped)
    return AcceptableLine(line.n, line.description, line.unit, line.shipped, accepted, whole, line.price.times(whole))


def part_payable(order: Order, stages: Sequence[Stage], goods: Sequence[AcceptableLine], lines: Mapping[int, Decimal]) -> Money:
    """What accepting this much more pays out: the accepted goods' part of all that was ever held for them, less what was paid already.

    By value at the contract's prices, charges and what an amendment gave back in proportion, rounded down; never all that is held.
    """
    kept = kept_for_goods(stages)
    rest = sum(stage.rest.minor for stage in kept) - credit_of_held(order).minor
    parted = sum(stage.parted_minor for stage in kept)
    whole = sum(line.worth.minor for line in goods)
    if not whole or rest <= 1:
        return Money.zero(order.currency)
    accepted = sum(
        line.worth.minor * Fraction(line.accepted + lines.get(line.n, Decimal(0))) / Fraction(line.whole)
        for line in goods
        if line.whole
    )
    due = floor((rest + parted) * accepted / whole) - parted
    return Money(min(max(due, 0), rest - 1), order.currency)


def parts_of(stages: Sequence[Stage], amount: Money) -> list[tuple[Stage, Money]]:
    """How much of `amount` each of these stages pays, in proportion to what it holds; those that pay nothing are left out.

    A stage is never emptied before its end: the last cent of a tiny one stays.
    """
    parts = amount.split([stage.rest.minor for stage in stages])
    kept = [(stage, min(paid, stage.rest - Money(1, stage.currency))) for stage, paid in zip(stages, parts, strict=True)]
    return [(stage, paid) for stage, paid in kept if paid]


def kept_for_goods(stages: Sequence[Stage]) -> list[Stage]:
    """What is held until the goods are right."""
    return [stage for stage in stages if stage.state == "funded" and stage.ends_on == "settlement"]


def may_accept_part(order: Order, stages: Sequence[Stage], actor: Actor) -> bool:
    """Whether some of the goods could be accepted now, and not only all that is left."""
    if order.goods not in ("part", "shipped") or not buyer.admits(actor, order):
        return False
    if not kept_for_goods(stages):
        return False
    lines = order.terms["lines"]
    if len(lines) == 1 and Decimal(lines[0]["quantity"]) <= 1:  # accepted whole or not at all
        return False
    # Everything was sent and nothing accepted yet: no need to look.
    return (order.goods == "shipped" and not any(stage.parted_minor for stage in stages)) or any(
        line.open for line in acceptable(order)
    )
