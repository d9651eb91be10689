"""Until when which order may be reviewed, and what waits for a company's word."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.markets.rules import RULES
from everfair.reviews.models import Invitation, Review
from everfair.reviews.roles import party, side_of


def is_reviewable(order: Any) -> bool:
    """A deal that was completed; a framework contract is none itself, its call-offs are."""
    return order.agreement == "completed" and order.kind != "framework" and order.closed_at is not None


def number(order: Any, name: str) -> Decimal:
    """Of the contract's own rules; the declared default where it is older than the rule."""
    return Decimal(order.rules.get(name, RULES[name].default))


def window_of(order: Any) -> datetime | None:
    """Until when both sides of this order may write; None where there is nothing to review."""
    if not is_reviewable(order):
        return None
    closes_at: datetime = order.closed_at + timedelta(days=float(number(order, "reviews.days")))
    return closes_at


def counted_deals(order: Any) -> int:
    return int(number(order, "reviews.counted_deals"))


def may_write(order: Any, actor: Actor, reviews: list[Review]) -> bool:
    """`reviews`: those of the order that this actor knows of; one's own are always among them."""
    closes_at = window_of(order)
    side = side_of(order, actor)
    if closes_at is None or not party.admits(actor, order) or any(review.side == side for review in reviews):
        return False
    return now() <= closes_at


def may_revise(review: Review, closes_at: datetime | None, actor: Actor) -> bool:
    """`review.order` is known."""
    own = review.author_id == actor.company_id and party.admits(actor, review.order)
    in_time = closes_at is not None and now() <= closes_at
    return own and in_time and review.version == 1 and review.state in ("written", "published")


def waiting(actor: Actor, *, limit: int = 25) -> list[Invitation]:
    """Trades that the actor's company may still review, the soonest to end first; each with its order and both sides."""
    own = actor.company_id
    if own is None:
        return []
    rows = Invitation.objects.filter(closes_at__gte=now(), published_at=None).exclude(
        order_id__in=Review.objects.filter(author_id=own).values("order_id")
    )
    rows = rows.filter(buyer_id=own) | rows.filter(seller_id=own)
    return list(rows.select_related("order", "buyer", "seller").order_by("closes_at", "id")[:limit])
