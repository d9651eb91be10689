"""Samples, framework contracts and group buys for tests, brought about by their real verbs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.trade.actions import (
    Frame,
    GroupDraft,
    draft_framework,
    draft_sample,
    join_group_buy,
    order_sample,
    place_framework,
    publish_group_buy,
    receive_order,
    ship_order,
    sign_order,
)
from everfair.trade.models import GroupBuy, Order, Stage
from tests import make


def owner() -> Actor:
    company = make.company()
    return make.actor(company, "owner", who=make.member(company))


def goods(seller: Actor, **columns: Any) -> Any:
    return make.offer(make.Company.objects.get(pk=seller.company_id), sample_price_minor=500, **columns)


def sample(buyer: Actor, offer: Any, quantity: int = 1) -> Order:
    return order_sample(draft_sample(offer.pk, quantity, named_place="Hamburg", by=buyer), by=buyer)


def completed_sample(buyer: Actor, seller: Actor, offer: Any, quantity: int = 1) -> Order:
    order = sample(buyer, offer, quantity)
    sign_order(order.pk, order.terms_hash, by=seller)
    make.pay(Stage.objects.select_related("order").get(order=order), buyer)
    ship_order(order.pk, make.CONSIGNMENT | {"handed_over_on": now().date()}, by=seller)
    receive_order(order.pk, by=buyer)
    order.refresh_from_db()
    return order


def framework(buyer: Actor, seller: Actor, offer: Any, *, signed: bool = True, most: str = "1000", **more: Any) -> Order:
    frame = Frame(**{"valid_until": (now() + timedelta(days=180)).date()} | more)
    terms = draft_framework([(offer.pk, Decimal(most))], frame, incoterm="FOB", named_place="Ningbo", by=buyer)
    order = place_framework(terms, by=buyer)
    if signed:
        sign_order(order.pk, order.terms_hash, by=seller)
    order.refresh_from_db()
    return order


def group(seller: Actor, offer: Any, **changes: Any) -> GroupBuy:
    """1,000 pieces at 0.40 by the week after next; 100 for each at least."""
    draft: dict[str, Any] = {
        "threshold": Decimal(1000),
        "unit_price": Decimal("0.40"),
        "least": Decimal(100),
        "closes_at": now() + timedelta(days=14),
        "lead_time_days": 20,
        "incoterm": "FOB",
        "named_place": "Ningbo",
    } | changes
    return publish_group_buy(offer.pk, GroupDraft(**draft), by=seller)


def joined(group: GroupBuy, quantity: str = "600", *, paid: bool = True, buyer: Actor | None = None) -> tuple[Order, Actor]:
    buyer = buyer or owner()
    order = join_group_buy(group.pk, Decimal(quantity), by=buyer)
    if paid:
        make.pay(Stage.objects.select_related("order").get(order=order), buyer)
    order.refresh_from_db()
    return order, buyer
