"""Trades as the operator sees them: the list, the whole file of one, and what a decision would pay to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.money import Money, total
from everfair.billing.values import one_sum
from everfair.companies.queries import companies_visible_to, open_stops
from everfair.disputes.queries import CLAIMED
from everfair.ledger.values import escrow
from everfair.logistics.queries import consignment_of
from everfair.messaging.queries import messages_of, threads_about
from everfair.office.queries.companies import companies_found, whole_number
from everfair.office.queries.sql import rows
from everfair.office.queries.trail import TrailLine, trail
from everfair.trade.queries import (
    Happening,
    OrderParts,
    Standing,
    fee_words,
    fees_on,
    order,
    order_parts,
    orders_visible_to,
    stages_in,
    standing_of,
    timeline,
)

STATES = ("offered", "agreed", "completed", "closed", "issue")
_CLOSED = ("declined", "cancelled", "lapsed", "called_off")


MONEY = ("due", "paying", "funded", "frozen", "released", "refunded")


def orders_list(
    by: Actor,
    *,
    state: str = "",
    money: str = "",
    search: str = "",
    company: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Any]:
    """Newest first; `state` is one of STATES, `money` a state of any stage, `before` the number of the last one seen.

    `search` is an order's number (EF-1001) or what finds a company, `company` a company's own number.
    """
    found = orders_visible_to(by).select_related("buyer", "seller")
    if state == "issue":
        found = found.filter(issue="open")
    elif state == "closed":
        found = found.filter(agreement__in=_CLOSED)
    elif state in STATES:
        found = found.filter(agreement=state)
    if text := search.strip():
        number = whole_number(text.upper().removeprefix("EF-"))
        found = found.filter(number=number) if number is not None else _of(found, companies_found(text, by))
    if company is not None:
        found = _of(found, list(companies_visible_to(by).filter(number=company).values_list("pk", flat=True)))
    if money in MONEY:
        found = found.filter(pk__in=stages_in(money))
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:limit])


@dataclass(frozen=True, slots=True)
class Glance:
    """A trade in a list: the states of its stages in their order, and the next thing that happens by itself."""

    money: list[str]
    deadline: str
    due_at: datetime | None


_GLANCES = """
    SELECT o.id, (SELECT array_agg(s.state ORDER BY s.n) FROM trade_stage s WHERE s.order_id = o.id) AS money, d.kind, d.due_at
    FROM unnest(%(ids)s::uuid[]) AS o(id) LEFT JOIN LATERAL (
        SELECT kind, due_at FROM base_deadline WHERE subject = o.id AND state = 'waiting' AND reminder = 0 ORDER BY due_at LIMIT 1) d ON true"""


def glances(order_ids: list[UUID]) -> dict[UUID, Glance]:
    """One query for a list."""
    found = rows(_GLANCES, {"ids": order_ids}) if order_ids else []
    return {row["id"]: Glance(row["money"] or [], row["kind"] or "", row["due_at"]) for row in found}


def _of(orders: QuerySet[Any], companies: list[UUID]) -> QuerySet[Any]:
    return orders.filter(Q(buyer_id__in=companies) | Q(seller_id__in=companies))


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """`place` orders the queue; `since` is when the issue was opened, `held` what it freezes."""

    order: Any
    place: int
    since: datetime | None
    held: Money


_ISSUES = f"""
    SELECT o.id, coalesce(said.seq, 0) AS place, said.at AS since,
        (SELECT coalesce(sum(s.amount_minor - s.parted_minor - s.charged_minor), 0) FROM trade_stage s WHERE s.order_id = o.id AND s.state = 'frozen') AS held
    FROM trade_order o LEFT JOIN LATERAL (
        SELECT h.seq, h.at FROM base_history h WHERE h.subject = o.id AND h.axis = 'issue' AND h.verb = 'report'
        ORDER BY h.seq DESC LIMIT 1) said ON true
    WHERE o.issue = 'open' AND NOT {CLAIMED} AND coalesce(said.seq, 0) > %(after)s
    ORDER BY 2, o.number LIMIT %(limit)s"""  # noqa: S608  a constant of the package below""


def issues_page(by: Actor, *, after: int = -1, limit: int = 50) -> list[OpenIssue]:
    """Orders with an open issue that is no claim's, who waits longest first; `after` is the last one's place. Two queries."""
    found = rows(_ISSUES, {"after": after, "limit": limit})
    orders = orders_visible_to(by).select_related("buyer", "seller").in_bulk([row["id"] for row in found])
    return [
        OpenIssue(order, row["place"], row["since"], Money(int(row["held"]), order.currency))
        for row in found
        if (order := orders.get(row["id"])) is not None
    ]


@dataclass(frozen=True, slots=True)
class BookLine:
    """One transfer that touched an escrow of the trade."""

    entry: int
    kind: str
    posted_at: datetime
    source: str
    target: str
    amount: Money
    purpose: str


_BOOKS = """
    WITH ours AS (SELECT id FROM ledger_account WHERE address = ANY(%(addresses)s)), touched AS (
        SELECT id FROM ledger_transfer WHERE source_id IN (SELECT id FROM ours)
        UNION SELECT id FROM ledger_transfer WHERE target_id IN (SELECT id FROM ours))
    SELECT e.id AS entry, e.kind, e.posted_at, s.address AS source, g.address AS target, t.amount_minor, t.currency, t.purpose
    FROM touched JOIN ledger_transfer t USING (id) JOIN ledger_entry e ON e.id = t.entry_id
    JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    ORDER BY t.id LIMIT 500"""
_FACTS = """
    SELECT seq, name, actor, at FROM base_event WHERE subject = ANY(%(subjects)s::uuid[]) ORDER BY seq DESC LIMIT 200"""
_DEADLINES = """
    SELECT kind, subject, generation, due_at, state, fired_at, tries FROM base_deadline
    WHERE subject = ANY(%(subjects)s::uuid[]) AND reminder = 0 ORDER BY id DESC LIMIT 100"""
_INTENTS = """
    SELECT id, purpose, amount_minor, currency, provider, coalesce(nullif(provider_ref, ''), reference) AS provider_ref, state, failure, created_at FROM payments_intent
    WHERE purpose = ANY(%(stages)s::uuid[]) ORDER BY id DESC LIMIT 50"""


@dataclass(frozen=True, slots=True)
class Machinery:
    """What stands behind a trade: its books, payments, facts and deadlines, and what the staff did to it."""

    books: list[BookLine]
    intents: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    notes: list[TrailLine]


def machinery(order_id: UUID, stages: list[Any]) -> Machinery:
    """Five queries, however long the trade."""
    stage_ids = [stage.pk for stage in stages]
    intents = rows(_INTENTS, {"stages": stage_ids})
    subjects = [order_id, *stage_ids, *(row["id"] for row in intents)]
    addresses = [escrow(pk) for pk in stage_ids] + [f"intent:{row['id']}:received" for row in intents]
    books = [
        BookLine(
            row["entry"], row["kind"], row["posted_at"], row["source"], row["target"],
            Money(row["amount_minor"], row["currency"]), row["purpose"],
        )
        for row in rows(_BOOKS, {"addresses": addresses})
    ]  # fmt: skip
    return Machinery(
        books=books,
        intents=[row | {"amount": Money(row["amount_minor"], row["currency"])} for row in intents],
        facts=rows(_FACTS, {"subjects": subjects}),
        deadlines=rows(_DEADLINES, {"subjects": subjects}),
        notes=trail(subjects=[order_id], limit=20),
    )


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
        return total([s.rest for s in self.parts.stages if s.state in ("funded", "frozen")], self.order.currency)


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
    fee_words: str
    stages: tuple[SplitStage, ...]
    held: Money
    to_buyer: Money
    to_seller: Money
    fee: Money


def split_of(found: Any, stages: list[Any], buyer_share: Decimal) -> Split:
    """By the same shares and roundings as `trade` posts it: stage by stage, the fee on the supplier's part alone."""
    currency, held = found.currency, [stage for stage in stages if stage.state in ("funded", "frozen")]
    fees = fees_on(found, [(stage, stage.rest - stage.rest.share(buyer_share)) for stage in held])
    rows = []
    for stage, taken in zip(held, fees, strict=True):
        to_buyer = stage.rest.share(buyer_share)
        sellers, fee = stage.rest - to_buyer, one_sum(taken, currency)
        rows.append(SplitStage(stage.n, stage.name, stage.rest, to_buyer, sellers - fee, fee))
    return Split(
        buyer_share=buyer_share,
        fee_words=fee_words(found.rules, currency),
        stages=tuple(rows),
        held=total([row.held for row in rows], currency),
        to_buyer=total([row.to_buyer for row in rows], currency),
        to_seller=total([row.to_seller for row in rows], currency),
        fee=total([row.fee for row in rows], currency),
    )
