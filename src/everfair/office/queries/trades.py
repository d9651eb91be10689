"""Trades as the operator sees them: the list, the whole file of one, and what a decision would pay to whom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money, total
from everfair.companies.queries import open_stops
from everfair.logistics.queries import consignment_of
from everfair.messaging.queries import messages_of, threads_about
from everfair.trade import postings
from everfair.trade.queries import Happening, OrderParts, Standing, order, order_parts, orders_visible_to, standing_of, timeline

STATES = ("offered", "agreed", "completed", "closed", "issue")
_CLOSED = ("declined", "cancelled", "lapsed", "called_off")


def orders_list(
    by: Actor, *, state: str = "", number: int | None = None, before: int | None = None, limit: int = 50
) -> list[Any]:
    """Newest first; `state` is one of STATES, `before` the number of the last one seen."""
    found = orders_visible_to(by).select_related("buyer", "seller")
    if state == "issue":
        found = found.filter(issue="open")
    elif state == "closed":
        found = found.filter(agreement__in=_CLOSED)
    elif state in STATES:
        found = found.filter(agreement=state)
    if number is not None:
        found = found.filter(number=number)
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:limit])


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One trade with all that both sides did and said."""

    order: Any
    parts: OrderParts
    standing: Standing
    consignment: Any
    talks: list[tuple[Any, list[Any]]]
    timeline: list[Happening]
    stops: list[Any]

    @property
    def held(self) -> Money:
        return total([s.amount for s in self.parts.stages if s.state in ("funded", "frozen")], self.order.currency)


def order_file(order_id: UUID, by: Actor) -> OrderFile:
    found = order(order_id, by)
    parts = order_parts(found)
    return OrderFile(
        order=found,
        parts=parts,
        standing=standing_of(found, parts.stages, by),
        consignment=consignment_of(found.pk),
        talks=[(talk, messages_of(talk)) for talk in threads_about(found.pk, by)],
        timeline=timeline(found),
        stops=open_stops([found.buyer_id, found.seller_id]),
    )


@dataclass(frozen=True, slots=True)
class SplitStage:
    n: int
    name: str
    held: Money
    to_buyer: Money
    to_seller: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class Split:
    """What a decision pays: `to_seller` is what reaches the supplier's wallet, after the fee. All three sum up to `held`."""

    buyer_share: Decimal
    fee_rate: Decimal
    stages: tuple[SplitStage, ...]
    held: Money
    to_buyer: Money
    to_seller: Money
    fee: Money


def split_of(found: Any, stages: list[Any], buyer_share: Decimal) -> Split:
    """By the same shares and roundings as `trade` posts it: stage by stage, the fee on the supplier's part alone."""
    rate, currency = Decimal(found.rules["trade.fee_rate"]), found.currency
    rows = []
    for stage in stages:
        if stage.state not in ("funded", "frozen"):
            continue
        to_buyer = stage.amount.share(buyer_share)
        sellers = stage.amount - to_buyer
        fee = postings.fee_on(sellers, rate)
        rows.append(SplitStage(stage.n, stage.name, stage.amount, to_buyer, sellers - fee, fee))
    return Split(
        buyer_share=buyer_share,
        fee_rate=rate,
        stages=tuple(rows),
        held=total([row.held for row in rows], currency),
        to_buyer=total([row.to_buyer for row in rows], currency),
        to_seller=total([row.to_seller for row in rows], currency),
        fee=total([row.fee for row in rows], currency),
    )
