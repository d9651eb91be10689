"""Quotes: who sees them, one with its lines, several side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money, UnitPrice, total
from everfair.base.refused import NotVisible
from everfair.base.rows import find, find_one, seen_as
from everfair.companies.queries import companies_by_id
from everfair.sourcing.models import Quote, QuoteLine, Rfq, RfqLine
from everfair.sourcing.queries.rfqs import lines_of, with_offers
from everfair.sourcing.values import CHARGE_KINDS


def quotes_visible_to(actor: Actor) -> QuerySet[Quote]:
    """The supplier sees its quotes, the buyer those sent for its requests, operators all."""
    rows = Quote.objects.select_related
    if actor.kind == "operator":
        return seen_as(Quote, lambda: rows("rfq"))
    own = actor.company_id
    if own is None:
        return seen_as(Quote, Quote.objects.none, "false")

    def either() -> QuerySet[Quote]:
        return rows("rfq").filter(Q(seller_id=own) | (Q(rfq__buyer_id=own) & ~Q(state="draft")))

    return seen_as(Quote, either, _SEEN, own, own)


_SEEN = """(
    sourcing_quote.seller_id = %s
    OR (sourcing_quote.state <> 'draft'
        AND EXISTS (SELECT FROM sourcing_rfq r WHERE r.id = sourcing_quote.rfq_id AND r.buyer_id = %s))
)"""


def quote_with_rfq(quote_id: UUID, actor: Actor) -> Quote:
    """One quote with its `.rfq`; NotVisible for anybody but the two sides."""
    where, params = quotes_visible_to(actor).seen_as  # type: ignore[attr-defined]
    quote = find_one(Quote, f"id = %s AND {where}", [quote_id, *params])
    rfq = find_one(Rfq, "id = %s", [quote.rfq_id]) if quote else None
    if quote is None or rfq is None:
        raise NotVisible
    quote.rfq = rfq
    return quote


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote with its lines, and what follows from them."""

    quote: Quote
    lines: tuple[QuoteLine, ...]
    expired: bool

    @property
    def total(self) -> Money:
        return Money(self.quote.total_minor, self.quote.currency)

    @property
    def goods(self) -> Money:
        return total([self.amount(line) for line in self.lines], self.quote.currency)

    @property
    def charges(self) -> list[tuple[str, str, Money]]:
        """(kind, label, amount); a discount is below zero."""
        return [(c["kind"], c["label"], Money(c["amount_minor"], self.quote.currency)) for c in self.quote.charges]

    def unit_price(self, line: QuoteLine) -> UnitPrice:
        return UnitPrice(line.unit_price, self.quote.currency)

    def amount(self, line: QuoteLine) -> Money:
        return Money(line.amount_minor, self.quote.currency)


def _views(quotes: Iterable[Quote], moment: datetime) -> list[QuoteView]:
    found = list(quotes)
    by_quote: dict[UUID, list[QuoteLine]] = defaultdict(list)
    for row in quote_lines(found):
        by_quote[row.quote_id].append(row)
    return [QuoteView(quote, tuple(by_quote[quote.pk]), quote.valid_until < moment) for quote in found]


def quote_lines(quotes: Sequence[Quote]) -> list[QuoteLine]:
    """The lines of these quotes in the order of the request's, each with its `.rfq_line` and its `.offer`: two or three queries."""
    asked = {line.pk: line for line in find(RfqLine, "rfq_id = ANY(%s::uuid[])", [list({quote.rfq_id for quote in quotes})])}
    lines = find(QuoteLine, "quote_id = ANY(%s::uuid[])", [[quote.pk for quote in quotes]])
    for line in lines:
        line.rfq_line = asked[line.rfq_line_id]
    return with_offers(sorted(lines, key=lambda line: line.rfq_line.n))


def quote_view(quote_id: UUID, actor: Actor) -> QuoteView:
    """One quote with its lines; NotVisible for anybody but the two sides."""
    return view_of(quote_with_rfq(quote_id, actor))


def view_of(quote: Quote) -> QuoteView:
    """The same of one that is in hand already, such as the one a verb has just returned."""
    return _views([quote], now())[0]


def revisions_of(quote: Quote, actor: Actor) -> list[Quote]:
    """Every revision of this supplier's answer to the request, newest first."""
    return list(quotes_visible_to(actor).filter(rfq_id=quote.rfq_id, seller_id=quote.seller_id).order_by("-revision"))


def quotes_of(rfq: Rfq, actor: Actor, *, all_states: bool = False) -> list[QuoteView]:
    """The request's quotes that the actor may see, the cheapest first: those that stand, or every revision."""
    where, params = quotes_visible_to(actor).seen_as  # type: ignore[attr-defined]
    which = "" if all_states else "AND state IN ('sent', 'accepted')"
    quotes = find(Quote, f"rfq_id = %s AND {where} {which} ORDER BY total_minor, id LIMIT 500", [rfq.pk, *params])
    for quote in quotes:
        quote.rfq = rfq
    return _views(quotes, now())


def own_quotes(actor: Actor, *, state: str = "", before: UUID | None = None, limit: int = 30) -> list[Quote]:
    """What the company has quoted, newest first, without replaced revisions; each with `.rfq`."""
    if actor.company_id is None:
        return []
    rows = Quote.objects.filter(seller_id=actor.company_id).exclude(state="replaced").select_related("rfq")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The standing quotes of one request side by side. `best` names, row by row, the quotes that are best there."""

    rfq: Rfq
    lines: tuple[RfqLine, ...]
    quotes: tuple[QuoteView, ...]
    sellers: dict[UUID, Any]
    charge_kinds: tuple[str, ...]
    best: dict[str, frozenset[UUID]]


def comparison(rfq: Rfq, actor: Actor) -> Comparison:
    """For the request's buyer (and operators): NotVisible otherwise. An expired quote is shown, but is never the best."""
    if actor.kind != "operator" and rfq.buyer_id != actor.company_id:
        raise NotVisible
    views = quotes_of(rfq, actor)
    lines = tuple(lines_of(rfq))
    used = {kind for view in views for kind, _label, _amount in view.charges}
    alive = [view for view in views if not view.expired]
    best = {f"line:{line.n}": _least(alive, lambda view, n=line.n: _price_of(view, n)) for line in lines}
    best["goods"] = _least(alive, lambda view: view.goods.minor)
    best["total"] = _least(alive, lambda view: view.total.minor)
    best["lead_time"] = _least(alive, lambda view: view.quote.lead_time_days)
    return Comparison(
        rfq=rfq,
        lines=lines,
        quotes=tuple(views),
        sellers=companies_by_id(view.quote.seller_id for view in views),
        charge_kinds=tuple(kind for kind in CHARGE_KINDS if kind in used),
        best=best,
    )


def _price_of(view: QuoteView, n: int) -> Any:
    return next(line.unit_price for line in view.lines if line.rfq_line.n == n)


def _least(views: list[QuoteView], key: Any) -> frozenset[UUID]:
    """Those with the smallest value; nobody is best where there is nothing to choose between."""
    if len(views) < 2:
        return frozenset()
    least = min(key(view) for view in views)
    found = frozenset(view.quote.pk for view in views if key(view) == least)
    return found if len(found) < len(views) else frozenset()
