"""What the kinds of orders say beside the order: how a framework runs, what a group buy waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one
from everfair.base.store import recall, remember, remembered
from everfair.catalog.queries import published_offers
from everfair.trade.models import Framework, FrameworkLine, GroupBuy, Order, reference_of
from everfair.trade.roles import buyer, seller


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


def runs_until(order: Order) -> datetime:
    """The last second of a framework contract, as signed."""
    return end_of(date.fromisoformat(order.terms["framework"]["valid_until"]))


def group_closes_at(order: Order) -> datetime:
    """When the group buy of this order closes by itself, as signed."""
    return datetime.fromisoformat(order.terms["group_buy"]["closes_at"])


def waits_for_group(order: Order) -> bool:
    """Whether nothing may move yet, because its group buy is still open."""
    return order.kind == "group_buy" and order.opened_at is None


# ── framework contracts ──


@dataclass(frozen=True, slots=True)
class RunningLine:
    """A line of a framework: agreed, called off, left."""

    n: int
    line: Any
    quantity: Decimal
    called: Decimal

    @property
    def left(self) -> Decimal:
        return self.quantity - self.called


def framework_of(order: Order) -> Framework:
    """How it is called off; `order` must be a framework contract that its reader may see. One query."""
    found = find_one(Framework, "order_id = %s", [order.pk])
    if found is None:
        raise NotVisible
    found.order = order
    return found


def running_lines(order: Order, lines: Iterable[Any]) -> list[RunningLine]:
    """`lines` are the order's own: one query."""
    called = {row.n: row for row in find(FrameworkLine, "order_id = %s", [order.pk])}
    return [RunningLine(line.n, line, called[line.n].quantity, called[line.n].called) for line in lines]


def framework_moves(order: Order, actor: Actor) -> list[str]:
    """What each side may do with a running framework contract: call goods off, ask for its end, agree to it or keep it."""
    if order.kind != "framework" or order.agreement != "agreed":
        return []
    asked = framework_of(order).end_asked_by
    side = "buyer" if buyer.admits(actor, order) else "seller" if seller.admits(actor, order) else ""
    if not side:
        return []
    found = ["call"] if side == "buyer" else []
    return [*found, *(["end", "keep"] if asked and asked != side else ["keep"] if asked else ["end"])]


def resting_on(order: Order) -> list[Order]:
    """Call-offs of a framework, or the bulk orders on which a sample was credited: newest first, one query."""
    return find(Order, "basis_id = %s ORDER BY number DESC LIMIT 200", [order.pk])


def basis_of(order: Order) -> Order | None:
    """What it rests on; both sides of an order are the sides of its basis."""
    return find_one(Order, "id = %s", [order.basis_id]) if order.basis_id else None


# ── samples ──

# Accepted as it came: one that ended by a ruling is not credited. Each once, for as long as its own contract says.
_CREDITABLE = """
    SELECT o.id, o.number, o.total_minor FROM trade_order o
    WHERE o.kind = 'sample' AND o.buyer_id = %(buyer)s AND o.seller_id = %(seller)s AND o.currency = %(currency)s
        AND o.agreement = 'completed' AND o.issue = 'none'
        AND o.closed_at + make_interval(days => (o.rules->>'trade.sample_credit_days')::numeric::integer) >= ef_now()
        AND EXISTS (SELECT FROM trade_orderline l WHERE l.order_id = o.id AND l.offer_id = ANY(%(offers)s::uuid[]))
        AND NOT EXISTS (SELECT FROM trade_samplecredit c WHERE c.sample_id = o.id AND c.returned_at IS NULL)
    ORDER BY o.number LIMIT 20
"""


def creditable_samples(buyer_id: UUID, seller_id: UUID, currency: str, offer_ids: list[UUID]) -> list[tuple[UUID, str, int]]:
    """(sample's id, its number, its price in minor units) of what a bulk order with these offers may credit: one query."""
    wanted = {"buyer": buyer_id, "seller": seller_id, "currency": currency, "offers": offer_ids}
    return [(pk, reference_of(number), minor) for pk, number, minor in ask(_CREDITABLE, wanted)]


_SAMPLED = """
    SELECT coalesce(sum(l.quantity), 0) FROM trade_order o JOIN trade_orderline l ON l.order_id = o.id
    WHERE o.kind = 'sample' AND o.buyer_id = %s AND l.offer_id = %s AND o.created_at > ef_now() - make_interval(days => %s)
        AND o.agreement NOT IN ('declined', 'cancelled', 'lapsed', 'called_off')
"""


def sampled(buyer_id: UUID, offer_id: UUID, days: int) -> Decimal:
    """How many samples of an offer a buyer has ordered in so many days; those that came to nothing do not count."""
    found: Decimal = ask(_SAMPLED, [buyer_id, offer_id, days])[0][0]
    return found


# ── group buys ──


@dataclass(frozen=True, slots=True)
class Progress:
    """Only counts: how much is held in escrow, of how many buyers, and how much is ordered at all."""

    held: Decimal
    buyers: int
    ordered: Decimal


_HELD = "EXISTS (SELECT FROM trade_stage s WHERE s.order_id = o.id AND s.state IN ('funded', 'frozen', 'released'))"
_PROGRESS = f"""
    SELECT o.group_buy_id, coalesce(sum(l.quantity) FILTER (WHERE {_HELD}), 0), count(DISTINCT o.buyer_id) FILTER (WHERE {_HELD}),
        coalesce(sum(l.quantity), 0)
    FROM trade_order o JOIN trade_orderline l ON l.order_id = o.id
    WHERE o.group_buy_id = ANY(%s::uuid[]) AND o.agreement IN ('agreed', 'completed') GROUP BY o.group_buy_id
"""  # noqa: S608  our own text


def progress_of(group_ids: list[UUID]) -> dict[UUID, Progress]:
    """How far these group buys are: one query."""
    none = Progress(Decimal(0), 0, Decimal(0))
    found = {pk: Progress(held, buyers, ordered) for pk, held, buyers, ordered in ask(_PROGRESS, [group_ids])}
    return {pk: found.get(pk, none) for pk in group_ids}


def group_buys() -> QuerySet[GroupBuy]:
    """All of them: a published group buy is for everybody to see."""
    return GroupBuy.objects.all()


def group_buy(group_id: UUID) -> GroupBuy:
    """With its offer and seller."""
    found = group_buys().select_related("offer", "seller").filter(pk=group_id).first()
    if found is None:
        raise NotVisible
    return found


def running_group_buys(market: str, *, hall: str = "", limit: int = 60) -> list[GroupBuy]:
    """The open ones of a market (of one hall), the next to close first; offers that may not be sold now are left out."""
    rows = group_buys().select_related("offer", "seller").filter(market=market, state="open", offer__in=published_offers())
    if hall:
        rows = rows.filter(Q(offer__category=hall) | Q(offer__category__startswith=f"{hall}/"))
    return list(rows.order_by("closes_at", "id")[:limit])


def group_buy_of_offer(offer_id: UUID) -> GroupBuy | None:
    """The one that runs for this offer: one query, none where it is remembered that none does."""
    known = recall("running group buys")
    if known is None and remembered.is_followed:
        known = [_offers_of_running_group_buys()]
    if known is not None and offer_id not in known[0]:
        return None
    return find_one(GroupBuy, "offer_id = %s AND state = 'open'", [offer_id])


def _offers_of_running_group_buys() -> frozenset[UUID]:
    since = remembered.now()
    running = frozenset(row[0] for row in ask("SELECT offer_id FROM trade_groupbuy WHERE state = 'open'"))
    remember("running group buys", running, "group_buys", since=since, size=500 + 100 * len(running))
    return running


def own_group_buys(actor: Actor, limit: int = 100) -> list[GroupBuy]:
    """The company's own, newest first."""
    if actor.company_id is None:
        return []
    return list(group_buys().select_related("offer").filter(seller_id=actor.company_id).order_by("-id")[:limit])
