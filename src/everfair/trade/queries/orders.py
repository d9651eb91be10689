"""Orders an actor may see, with everything their page needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.trade.models import Order, OrderCharge, OrderLine, Stage


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Buyer and seller see their orders, operators all; the worker's actors too."""
    if actor.kind in ("operator", "clock", "rail", "system"):
        return Order.objects.all()
    if actor.company_id is None:
        return Order.objects.none()
    return Order.objects.filter(Q(buyer_id=actor.company_id) | Q(seller_id=actor.company_id))


def order(order_id: UUID, actor: Actor) -> Order:
    found = orders_visible_to(actor).select_related("buyer", "seller").filter(pk=order_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class OrderParts:
    lines: list[OrderLine]
    charges: list[OrderCharge]
    stages: list[Stage]


def order_parts(found: Order) -> OrderParts:
    """Lines, charges and stages of one order: three queries. Each stage knows its order."""
    stages = list(Stage.objects.filter(order=found).order_by("n"))
    for stage in stages:
        stage.order = found
    return OrderParts(
        lines=list(OrderLine.objects.filter(order=found).order_by("n")),
        charges=list(OrderCharge.objects.filter(order=found).order_by("n")),
        stages=stages,
    )


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


def open_issues(*, before: int | None = None, limit: int = 25) -> list[Order]:
    """The operator's queue: orders with an open issue, newest first."""
    rows = Order.objects.filter(issue="open").select_related("buyer", "seller")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[:limit])


def orders_of_stages(stage_ids: Iterable[str]) -> dict[str, Order]:
    """Stage's id as text → its order: for statements, whose reader was a party to each."""
    rows = Stage.objects.filter(pk__in=list(stage_ids)).select_related("order")
    return {str(stage.pk): stage.order for stage in rows}
