"""Orders an actor may see, with everything their page needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one, seen_as
from everfair.companies.queries import companies_by_id
from everfair.trade.models import Order, OrderCharge, OrderLine, Shown, Stage


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Buyer and seller see their orders, operators all; the worker's actors too."""
    if actor.kind in ("operator", "clock", "rail", "system"):
        return seen_as(Order, Order.objects.all)
    own = actor.company_id
    if own is None:
        return seen_as(Order, Order.objects.none, "false")
    either = "(buyer_id = %s OR seller_id = %s)"
    return seen_as(Order, lambda: Order.objects.filter(Q(buyer_id=own) | Q(seller_id=own)), either, own, own)


def order(order_id: UUID, actor: Actor, *, sides: bool = True) -> Order:
    """The order: one query, and one more for its `buyer` and `seller` when their `sides` are wanted as they are today."""
    where, params = orders_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(Order, f"id = %s AND {where}", [order_id, *params])
    if found is None:
        raise NotVisible
    if sides:
        companies = companies_by_id([found.buyer_id, found.seller_id])
        found.buyer, found.seller = companies[found.buyer_id], companies[found.seller_id]
    return found


@dataclass(frozen=True, slots=True)
class OrderParts:
    lines: list[OrderLine]
    charges: list[OrderCharge]
    stages: list[Stage]


def order_parts(found: Order) -> OrderParts:
    """Lines, charges and stages of one order: three queries. Each stage knows its order."""
    return OrderParts(
        lines=find(OrderLine, "order_id = %s ORDER BY n", [found.pk]),
        charges=find(OrderCharge, "order_id = %s ORDER BY n", [found.pk]),
        stages=stages_of(found),
    )


def stages_of(found: Order) -> list[Stage]:
    """Each knows its order: one query."""
    stages = find(Stage, "order_id = %s ORDER BY n", [found.pk])
    for stage in stages:
        stage.order = found
    return stages


_STAGE_OF = "SELECT s.id FROM trade_stage s JOIN trade_order o ON o.id = s.order_id WHERE o.id = %s AND s.n = %s AND "


def stage_id(order_id: UUID, n: int, actor: Actor) -> UUID:
    """The n-th stage of an order that the actor sees."""
    where, params = orders_visible_to(actor).seen_as  # type: ignore[attr-defined]
    rows = ask(_STAGE_OF + where, [order_id, n, *params])
    if not rows:
        raise NotVisible
    found: UUID = rows[0][0]
    return found


def shown_of(found: Order) -> list[Shown]:
    """What the supplier showed, oldest first: one query."""
    return find(Shown, "order_id = %s ORDER BY id", [found.pk])


def orders_page(
    actor: Actor, *, side: str = "", open_only: bool = False, before: int | None = None, limit: int = 25
) -> list[Order]:
    """The actor's orders, newest first; `side` is buyer or seller, `before` an order's number (keyset)."""
    rows = orders_visible_to(actor).select_related("buyer", "seller")
    if side == "buyer":
        rows = rows.filter(buyer_id=actor.company_id)
    elif side == "seller":
        rows = rows.filter(seller_id=actor.company_id)
    if open_only:
        rows = rows.filter(agreement__in=["offered", "agreed"])
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[:limit])


def open_issues(*, apart_from: QuerySet[Any, Any], before: int | None = None, limit: int = 25) -> list[Order]:
    """The operator's queue: orders with an open issue, newest first, without those whose ids `apart_from` gives."""
    rows = Order.objects.filter(issue="open").exclude(pk__in=apart_from).select_related("buyer", "seller")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[:limit])


def orders_of_stages(stage_ids: Iterable[str]) -> dict[str, Order]:
    """Stage's id as text → its order: for statements, whose reader was a party to each."""
    rows = Stage.objects.filter(pk__in=list(stage_ids)).select_related("order")
    return {str(stage.pk): stage.order for stage in rows}


def stages_in(state: str) -> QuerySet[Stage, Any]:
    """The ids of orders that have a stage in this state, to stand inside another query (`pk__in`)."""
    return Stage.objects.filter(state=state).values("order_id")
