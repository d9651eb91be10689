"""Whose turn it is, over all orders: the desk's list, and how much money is held."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from everfair.base.actor import Actor
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.trade.models import Order, Stage
from everfair.trade.queries.orders import orders_visible_to
from everfair.trade.queries.standing import Standing, claimed, standing_with


@dataclass(frozen=True, slots=True)
class Turn:
    """An order that waits for this company, and for what."""

    order: Order
    standing: Standing


def standings(orders: list[Order], actor: Actor) -> dict[UUID, Standing]:
    """Where each of these orders stands: two queries however many there are."""
    ids = [order.pk for order in orders]
    stages: dict[UUID, list[Stage]] = {pk: [] for pk in ids}
    for stage in Stage.objects.filter(order__in=ids).order_by("n"):
        stages[stage.order_id].append(stage)
    due: dict[UUID, dict[str, object]] = {pk: {} for pk in ids}
    for (subject, kind), at in deadlines_of(ids).items():
        due[subject][kind] = at
    claims = claimed(orders)
    return {order.pk: standing_with(order, stages[order.pk], due[order.pk], actor, claims) for order in orders}  # type: ignore[arg-type]


def turns_for(actor: Actor, *, limit: int = 20) -> list[Turn]:
    """The open orders that wait for the actor's company (for an operator: those with an open issue), the soonest deadline first."""
    waiting = _waiting_for(actor).select_related("buyer", "seller").order_by("-number")[:200]
    found = standings(list(waiting), actor)
    turns = [Turn(order, found[order.pk]) for order in waiting if found[order.pk].yours]
    turns.sort(key=lambda turn: (turn.standing.until is None, turn.standing.until, -turn.order.number))
    return turns[:limit]


def _waiting_for(actor: Actor) -> QuerySet[Order]:
    """A little more than those whose turn it is: what the database can tell without the rules of `standing`."""
    rows = orders_visible_to(actor).filter(agreement__in=["offered", "agreed"])
    if actor.kind == "operator":
        return rows.filter(issue="open")
    seller = Q(seller_id=actor.company_id) & (
        Q(agreement="offered") | Q(agreement="agreed", goods__in=["awaiting", "part"]) | Q(agreement="agreed", issue="open")
    )
    buyer = Q(buyer_id=actor.company_id, agreement="agreed")
    return rows.filter(seller | buyer)


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """`turns` waits for this company; `issues` has an open issue; the others are open orders of each side."""

    buying: int
    selling: int
    turns: int
    issues: int


def order_counts(actor: Actor) -> OrderCounts:
    """For the desk: four queries at most."""
    opened = Q(agreement__in=["offered", "agreed"])
    counted = orders_visible_to(actor).aggregate(
        buying=Count("pk", filter=opened & Q(buyer_id=actor.company_id)),
        selling=Count("pk", filter=opened & Q(seller_id=actor.company_id)),
        issues=Count("pk", filter=Q(issue="open")),
    )
    return OrderCounts(**counted, turns=len(turns_for(actor, limit=200)))


@dataclass(frozen=True, slots=True)
class HeldSum:
    """What lies in escrow in one currency: as the buyer (to be released by us), as the seller (to come)."""

    as_buyer: Money
    as_seller: Money


def held_sums(actor: Actor) -> list[HeldSum]:
    """Per currency what the company has in escrow on either side: one query."""
    rows = (
        Stage.objects.filter(order__in=orders_visible_to(actor), state__in=["funded", "frozen"])
        .order_by()
        .values("currency")
        .annotate(
            bought=Sum("amount_minor", filter=Q(order__buyer_id=actor.company_id)),
            sold=Sum("amount_minor", filter=Q(order__seller_id=actor.company_id)),
        )
        .order_by("currency")
    )
    return [HeldSum(Money(row["bought"] or 0, row["currency"]), Money(row["sold"] or 0, row["currency"])) for row in rows]
