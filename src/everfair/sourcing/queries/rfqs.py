"""Requests: who sees them, the board, a supplier's leads, and whom a request suits."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from everfair.base.actor import NOBODY, Actor
from everfair.base.clock import EfNow
from everfair.base.refused import NotVisible
from everfair.base.rows import find, find_one, seen_as
from everfair.catalog.queries import offers_by_id, published_offers
from everfair.companies.queries import companies_visible_to
from everfair.reference.values import UNSORTED
from everfair.sourcing.models import Quote, Rfq, RfqLine

_Line = TypeVar("_Line", bound=Any)
MOST_TOLD = 50
COUNTS_KEPT_S = 3.0
# How well a request suits a supplier: it sells in the same category, in the same hall, or neither.
SAME_CATEGORY, SAME_HALL, OTHER = 2, 1, 0


def rfqs_visible_to(actor: Actor) -> QuerySet[Rfq]:
    """A buyer's own requests; the open ones for companies that sell, and those they have quoted for; all of them for operators."""
    if actor.kind in ("operator", "system", "clock"):
        return seen_as(Rfq, Rfq.objects.all)
    own = actor.company_id
    if own is None:
        return seen_as(Rfq, Rfq.objects.none, "false")

    def seen() -> QuerySet[Rfq]:
        sells = Exists(companies_visible_to(NOBODY).filter(pk=own))
        quoted = Exists(Quote.objects.filter(rfq=OuterRef("pk"), seller_id=own))
        return Rfq.objects.filter(Q(buyer_id=own) | (Q(state="open") & sells) | quoted)

    return seen_as(Rfq, seen, _SEEN, own, own, own)


_SEEN = """(
    sourcing_rfq.buyer_id = %s
    OR (sourcing_rfq.state = 'open' AND EXISTS (SELECT FROM companies_company c WHERE c.id = %s AND c.is_seller))
    OR EXISTS (SELECT FROM sourcing_quote q WHERE q.rfq_id = sourcing_rfq.id AND q.seller_id = %s)
)"""


def rfq_by_id(rfq_id: UUID, actor: Actor) -> Rfq:
    where, params = rfqs_visible_to(actor).seen_as  # type: ignore[attr-defined]
    rfq = find_one(Rfq, f"id = %s AND {where}", [rfq_id, *params])
    if rfq is None:
        raise NotVisible
    return rfq


def lines_of(rfq: Rfq) -> list[RfqLine]:
    """Each with its offer, where the buyer named one."""
    return with_offers(find(RfqLine, "rfq_id = %s ORDER BY n", [rfq.pk]))


def with_offers(lines: list[_Line]) -> list[_Line]:
    """Lines of requests or quotes, their offers read at once."""
    offers = offers_by_id({line.offer_id for line in lines if line.offer_id})
    for line in lines:
        line.offer = offers.get(line.offer_id)
    return lines


def _in_short(rows: QuerySet[Rfq]) -> QuerySet[Rfq]:
    """With what a list shows of the lines: `first_quantity`, `first_unit`, `line_count`."""
    lines = RfqLine.objects.filter(rfq=OuterRef("pk"))
    first = lines.order_by("n")
    counted = lines.order_by().values("rfq").annotate(n_lines=Count("pk")).values("n_lines")
    return rows.annotate(
        first_quantity=Subquery(first.values("quantity")[:1]),
        first_unit=Subquery(first.values("unit")[:1]),
        line_count=Subquery(counted, output_field=IntegerField()),
    )


def open_rfqs() -> QuerySet[Rfq]:
    """What takes quotes at this moment."""
    return Rfq.objects.filter(state="open", closes_at__gt=EfNow())


def open_counts(market: str) -> dict[str, int]:
    """How many requests take quotes in each hall of the market, at most three seconds old; public pages ask at every visit."""
    known = _counts.get(market)
    if known is None or time.monotonic() - known[0] > COUNTS_KEPT_S:
        rows = open_rfqs().filter(market=market).order_by().values_list("category").annotate(n_open=Count("pk"))
        halls: Counter[str] = Counter()
        for category, count in rows:
            halls[category.partition("/")[0]] += count
        known = _counts[market] = (time.monotonic(), dict(halls))
    return known[1]


_counts: dict[str, tuple[float, dict[str, int]]] = {}


def board(market: str, *, hall: str = "", before: UUID | None = None, limit: int = 30) -> list[Rfq]:
    """The public board, newest first; nothing here says who asks."""
    rows = open_rfqs().filter(market=market)
    if hall:
        rows = rows.filter(Q(category=hall) | Q(category__startswith=f"{hall}/"))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(_in_short(rows).defer("details", "file_ids").order_by("-id")[:limit])


def own_rfqs(actor: Actor, *, state: str = "", before: UUID | None = None, limit: int = 30) -> list[Rfq]:
    """The company's own requests, newest first."""
    if actor.company_id is None:
        return []
    rows = Rfq.objects.filter(buyer_id=actor.company_id)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(_in_short(rows).order_by("-id")[:limit])


def categories_sold(company_id: UUID) -> set[str]:
    """The categories in which the company has published offers."""
    return set(published_offers().filter(company_id=company_id).order_by().values_list("category", flat=True).distinct())


def leads(actor: Actor, *, matching: bool = False, before: tuple[int, UUID] | None = None, limit: int = 30) -> list[Rfq]:
    """Open requests of other companies for a supplier, best match first, then newest; each with `.match` and `.own_quote_state`."""
    if actor.company_id is None:
        return []
    sold = categories_sold(actor.company_id) - {UNSORTED}
    in_hall = Q()
    for hall in {code.partition("/")[0] for code in sold}:
        in_hall |= Q(category=hall) | Q(category__startswith=f"{hall}/")
    cases = [When(category__in=sold, then=Value(SAME_CATEGORY))] + ([When(in_hall, then=Value(SAME_HALL))] if in_hall else [])
    match = Case(*cases, default=Value(OTHER), output_field=IntegerField()) if sold else Value(OTHER)
    mine = Quote.objects.filter(rfq=OuterRef("pk"), seller_id=actor.company_id).order_by("-revision").values("state")[:1]
    visible = rfqs_visible_to(actor).filter(state="open", closes_at__gt=EfNow()).exclude(buyer_id=actor.company_id)
    rows = visible.annotate(match=match, own_quote_state=Subquery(mine))
    if matching:
        rows = rows.filter(match__gt=OTHER)
    if before is not None:
        rank, last_id = before
        rows = rows.filter(Q(match__lt=rank) | Q(match=rank, id__lt=last_id))
    return list(_in_short(rows).order_by("-match", "-id")[:limit])


def match_of(rfq: Rfq, company_id: UUID) -> int:
    """How well one request suits one supplier."""
    sold = categories_sold(company_id) - {UNSORTED}
    if rfq.category in sold:
        return SAME_CATEGORY
    hall = rfq.category.partition("/")[0]
    return SAME_HALL if any(code.partition("/")[0] == hall for code in sold) else OTHER


def matching_suppliers(rfq: Rfq, *, limit: int = MOST_TOLD) -> list[UUID]:
    """Companies that sell in the request's category or, after them, in its hall; the broadest assortment first."""
    if rfq.category == UNSORTED:
        return []
    hall = rfq.category.partition("/")[0]
    offers = published_offers().filter(Q(category=hall) | Q(category__startswith=f"{hall}/"), market=rfq.market)
    ranked = (
        offers.exclude(company_id=rfq.buyer_id)
        .order_by()
        .values("company_id")
        .annotate(same=Count("pk", filter=Q(category=rfq.category)), all=Count("pk"))
        .order_by("-same", "-all", "company_id")
    )
    return [row["company_id"] for row in ranked[:limit]]
