"""Requests for more time: what there are, and what may still be asked under the contract's limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import find, find_one
from everfair.base.states import allowed_moves
from everfair.trade.models import EXTENSION_KINDS, Extension, Order
from everfair.trade.queries.calendars import number, ship_day
from everfair.trade.queries.orders import order as order_of
from everfair.trade.roles import buyer, seller


def extensions_of(order: Order) -> list[Extension]:
    """All requests, oldest first; each knows its order: one query."""
    rows = find(Extension, "order_id = %s ORDER BY id", [order.pk])
    for row in rows:
        row.order = order
    return rows


def extension_in(order_id: UUID, extension_id: UUID, actor: Actor) -> Extension:
    """A request of this order, for who may see the order; it knows its order. NotVisible otherwise."""
    order = order_of(order_id, actor, sides=False)
    found = find_one(Extension, "id = %s AND order_id = %s", [extension_id, order.pk])
    if found is None:
        raise NotVisible
    found.order = order
    return found


def granted_days(extensions: Sequence[Extension], kind: str, side: str = "") -> int:
    return sum(row.days for row in extensions if row.kind == kind and row.state == "granted" and side in ("", row.asked_by))


def side_of(order: Order, actor: Actor) -> str:
    """buyer or seller, for whoever may act for a side; «» for all others."""
    return "buyer" if buyer.admits(actor, order) else "seller" if seller.admits(actor, order) else ""


def most_days(order: Order, extensions: Sequence[Extension], kind: str, side: str) -> int:
    """How many days this side could still be granted; 0 when nothing can be asked (any more).

    Shipping: the seller's, while original time (from the signature of both to the signed day) and extensions stay within the
    contract's limit. Receipt: once for each side, and within the limit of both together. A request that is open, or as many as the
    contract allows, close the way.
    """
    own = [row for row in extensions if row.kind == kind and row.asked_by == side]
    if any(row.kind == kind and row.state == "asked" for row in extensions):
        return 0
    if len(own) >= number(order, "trade.extension_requests"):
        return 0
    if order.agreement != "agreed" or order.issue == "open" or order.kind == "framework":
        return 0
    granted = granted_days(extensions, kind)
    if kind == "shipping":
        if side != "seller" or order.goods not in ("awaiting", "part") or order.seller_signed_at is None:
            return 0
        original = (order.ship_by - order.seller_signed_at.astimezone(UTC).date()).days
        left = int(number(order, "trade.shipping_most_days")) - max(original, 0) - granted
        # What ends before today moves nothing.
        return left if left > (now().astimezone(UTC).date() - ship_day(order)).days else 0
    if order.goods != "shipped" or side not in ("buyer", "seller") or any(row.state == "granted" for row in own):
        return 0
    return min(
        int(number(order, "trade.receipt_extension_days")), int(number(order, "trade.receipt_extension_most_days")) - granted
    )


def extension_moves(order: Order, extensions: Sequence[Extension], actor: Actor) -> list[str]:
    """What the actor may do about more time: `extend_shipping`, `extend_receipt`, and with the open request of the other side or one's
    own `grant_extension`, `refuse_extension`, `take_back_extension`."""
    side = side_of(order, actor)
    found = [f"extend_{kind}" for kind in EXTENSION_KINDS if side and most_days(order, extensions, kind, side) > 0]
    asked = [row for row in extensions if row.state == "asked"]
    verbs = dict.fromkeys(verb for row in asked for verb in allowed_moves(row, actor))
    return found + [f"{verb}_extension" for verb in verbs if verb != "expire"]
