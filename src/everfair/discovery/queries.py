"""Finding offers: the index says which and in what order, one query brings what a list shows of them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from everfair.base.api import open_cursor, seal_cursor
from everfair.base.money import exponent
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.base.store import recall, remember, remembered
from everfair.catalog.queries import published_offers
from everfair.discovery import cards
from everfair.discovery.follow import index_folder
from everfair.discovery.index import IndexLost, IndexReader, OfferIndex, OfferQuery
from everfair.discovery.values import Found, FoundOffer, FoundPage, Listed, Supply
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED, name_in

__all__ = [
    "cards_of",
    "categories_in",
    "category_address",
    "count_offers",
    "find_offers",
    "hall_plan",
    "listed",
    "newest_offers",
    "offers_by_number",
    "search_offers",
    "similar_numbers",
    "similar_offers",
    "suggest",
    "supply",
]

T = TypeVar("T")

SUPPLY_KEPT_S = 3.0
_UNSORTED_HALL = UNSORTED.partition("/")[0]

# By hand, because composing this query costs the ORM more than the database needs to answer it. It asks again whether each
# offer is public, for the index may be a second late. The moment stands in a query of its own, which is asked once and not for each row.
_VERIFIED = "coalesce(c.verified_until >= (SELECT ef_now())::date, false)"
_PUBLIC = """
    FROM catalog_offer o JOIN companies_company c ON c.id = o.company_id
    WHERE o.number = ANY(%s::bigint[]) AND o.state = 'published' AND NOT EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = o.company_id AND s.kind = 'listing' AND s.lifted_at IS NULL
        AND (s.until IS NULL OR s.until > (SELECT ef_now())))
"""
_LISTED = f"SELECT o.number, o.changed::text, {_VERIFIED}, o.id, o.market, o.company_id {_PUBLIC}"
_ROWS = f"""
    SELECT o.number, o.changed::text, o.id, o.market, o.sku, o.titles::text, o.category, o.currency, o.tiers::text, o.price_per,
        o.moq, o.unit, o.lead_times::text, o.sample_price_minor, o.pictures[1],
        c.number, c.name, c.names::text, c.country, {_VERIFIED}, o.origin
    {_PUBLIC}
"""


def find_offers(query: OfferQuery) -> Found:
    """One page of numbers, in the order of the index. Some may not be public any more: `listed` and `offers_by_number` leave those out.

    When the index cannot be reached: the newest offers that pass the filters (words are not looked at), without total and facets.
    Refuses a cursor that was not made here, belongs to another question, or is of an index that was rebuilt since.
    """
    try:
        found = _ask(lambda reader: reader.search(query))
        if not found.total and not _ask(IndexReader.count):
            raise IndexLost("nothing is in it yet")
    except IndexLost:
        return _newest_offers(query)
    except ValueError:
        message = _("This page of the list is over: start again.")
        raise Refused("discovery.cursor_unknown", message, status=422, field="cursor") from None
    return Found(
        numbers=[number for number, _score in found.hits],
        total=found.total,
        facets=found.facets,
        next_cursor=found.next_cursor,
        did_you_mean=found.did_you_mean,
    )


def search_offers(query: OfferQuery) -> FoundPage:
    """`find_offers` with the rows of the published offers: one query."""
    found = find_offers(query)
    return FoundPage(
        found.numbers, found.total, found.facets, found.next_cursor, found.did_you_mean, offers_by_number(found.numbers)
    )


def listed(numbers: Sequence[int]) -> list[Listed]:
    """Those of the offers that are public now, in the given order, with as much as tells whether their cards are drawn: one query, none
    where all of them are remembered."""
    if not numbers:
        return []
    known = recall(*(("listed", number) for number in numbers))
    if known is not None:
        return known
    since = remembered.now()
    by_number = {}
    for *columns, company_id in ask(_LISTED, [_array(numbers)]):
        row = by_number[columns[0]] = Listed._make(columns)
        remember(("listed", row.number), row, f"offer:{row.id}", f"company:{company_id}", since=since)
    return [by_number[number] for number in numbers if number in by_number]


def cards_of(offers: Sequence[Listed]) -> Markup:
    """The offers' cards in the active language; no query where all of them are drawn."""
    return cards.cards_of(offers, offers_by_number)


def offers_by_number(numbers: Sequence[int]) -> list[FoundOffer]:
    """Those of the offers that are public now, in the given order."""
    if not numbers:
        return []
    by_number = {row[0]: FoundOffer._make(row) for row in ask(_ROWS, [_array(numbers)])}
    return [by_number[number] for number in numbers if number in by_number]


def _array(numbers: Sequence[int]) -> str:
    """As PostgreSQL writes it: psycopg goes through a list element by element, and by its largest number decides what type it has."""
    return f"{{{','.join(map(str, numbers))}}}"


def newest_offers(market: str, limit: int) -> list[Listed]:
    """What was published or changed last in the market: one query."""
    query = OfferQuery(market=market, language=get_language() or "en", sort="newest", page_size=limit)
    return listed(find_offers(query).numbers)


def count_offers(query: OfferQuery) -> int:
    """How many offers answer; 0 when the index cannot be reached."""
    try:
        return _ask(lambda reader: reader.search(query)).total
    except IndexLost:
        return 0


def suggest(prefix: str, language: str, limit: int = 8) -> list[str]:
    """What a half-typed question may become; nothing while the index cannot be reached."""
    try:
        return _ask(lambda reader: reader.suggest(prefix, language, limit))
    except IndexLost:
        return []


def similar_numbers(
    number: int, titles: Mapping[str, str], *, company_number: int, market: str, category: str, limit: int = 6
) -> list[int]:
    """Other suppliers' offers most like this one, by words and category; none while the index cannot be reached."""
    known = "" if category == UNSORTED else category
    texts = [text for text in titles.values() if text]
    try:
        return _ask(
            lambda reader: reader.similar(
                number, texts, company_number=company_number, market=market, category=known, limit=limit
            )
        )
    except IndexLost:
        return []


def similar_offers(to: FoundOffer, *, without: Sequence[FoundOffer] = (), limit: int = 4) -> list[FoundOffer]:
    """Offers of other suppliers like this one, among them none of `without`; one query."""
    left_out = {offer.number for offer in without}
    numbers = similar_numbers(
        to.number,
        to.titles,
        company_number=to.company_number,
        market=to.market,
        category=to.category,
        limit=limit + len(left_out),
    )
    return offers_by_number([number for number in numbers if number not in left_out][:limit])


def supply(market: str) -> Supply:
    """How many offers stand in each hall of the market, at most three seconds old."""
    known = _supply.get(market)
    if known is None or time.monotonic() - known[0] > SUPPLY_KEPT_S:
        known = _supply[market] = (time.monotonic(), _count_supply(market))
    return known[1]


def hall_plan(market: str, *, with_categories: bool = False) -> list[dict[str, Any]]:
    """The halls in the order of the fair: `code`, `place` (its number), `name` in the active language, `count`, `href`, `categories`.

    The hall of unsorted goods has no number, and stands there only while something is in it.
    """
    counts, language = supply(market), get_language() or "en"
    plan = []
    for place, each in enumerate(reference.halls(), 1):
        is_unsorted, count = each.code == _UNSORTED_HALL, counts.halls.get(each.code, 0)
        if is_unsorted and not count:
            continue
        plan.append(
            {
                "code": each.code,
                "place": "·" if is_unsorted else f"{place:02}",
                "name": name_in(each.names, language),
                "count": count,
                "href": category_address(market, each.code),
                "categories": categories_in(market, each.code) if with_categories else [],
            }
        )
    return plan


def categories_in(market: str, hall: str) -> list[dict[str, Any]]:
    """The categories of a hall with `name`, `count` and `href`; none for the hall of unsorted goods."""
    if hall == _UNSORTED_HALL:
        return []
    counts, language = supply(market).categories, get_language() or "en"
    return [
        {
            "name": name_in(each.names, language),
            "count": counts.get(each.code, 0),
            "href": _category_address(market, each.code, language),
        }
        for each in reference.children(hall)
    ]


def category_address(market: str, code: str) -> str:
    """Where a hall or category is browsed, in the active language."""
    return _category_address(market, code, get_language() or "en")


@lru_cache(maxsize=4096)
def _category_address(market: str, code: str, _language: str) -> str:
    hall, _slash, inside = code.partition("/")
    if inside and code != UNSORTED:
        return reverse("discovery:category", kwargs={"market": market, "hall": hall, "category": inside})
    return reverse("discovery:hall", kwargs={"market": market, "hall": hall})


def _count_supply(market: str) -> Supply:
    try:
        facets = _ask(lambda reader: reader.search(OfferQuery(market=market, page_size=1, facets=True))).facets
        if facets is not None and facets.halls:
            return Supply(dict(facets.halls), dict(facets.categories))
    except IndexLost:
        pass
    categories = Counter(published_offers().filter(market=market).values_list("category", flat=True))
    halls: Counter[str] = Counter()
    for code, count in categories.items():
        halls[code.partition("/")[0]] += count
    return Supply(halls, categories)


def _newest_offers(query: OfferQuery) -> Found:
    rows = published_offers()
    if query.market:
        rows = rows.filter(market=query.market)
    if query.categories:
        rows = rows.filter(category__in=query.categories)
    if query.hall:
        rows = rows.filter(category__startswith=f"{query.hall}/")
    if query.countries:
        rows = rows.filter(company__country__in=query.countries)
    if query.origins:
        rows = rows.filter(origin__in=query.origins)
    if query.company_number is not None:
        rows = rows.filter(company__number=query.company_number)
    if query.sample_only:
        rows = rows.filter(sample_price_minor__isnull=False)
    if query.moq_at_most is not None:
        rows = rows.filter(moq__lte=query.moq_at_most)
    for bound, lookup in ((query.price_at_least_minor, "gte"), (query.price_at_most_minor, "lte")):
        if bound is not None:
            rows = rows.filter(currency=query.currency, **{f"price_from__{lookup}": bound * 10 ** (6 - exponent(query.currency))})
    if query.cursor:
        rows = rows.filter(number__lt=_number_of(query.cursor))
    numbers = list(rows.order_by("-number").values_list("number", flat=True)[: query.page_size + 1])
    offers = offers_by_number(numbers[: query.page_size])
    if query.verified_only:
        offers = [offer for offer in offers if offer.verified]
    if query.lead_time_at_most is not None:
        offers = [
            offer for offer in offers if offer.lead_time_days is not None and offer.lead_time_days <= query.lead_time_at_most
        ]
    more = len(numbers) > query.page_size
    if not numbers and not query.cursor:
        # Nothing to list either: an empty market, and no fault that a visitor should hear of.
        return Found([], 0)
    return Found([offer.number for offer in offers], None, next_cursor=seal_cursor([numbers[-2]]) if more else None)


def _number_of(cursor: str) -> int:
    match open_cursor(cursor):
        case [int(number)]:
            return number
    raise Refused("base.cursor_unknown", _("This cursor is not one of ours."), status=422, field="cursor")


_supply: dict[str, tuple[float, Supply]] = {}
_opened: tuple[Path, IndexReader] | None = None
_opening = threading.Lock()


def _ask(question: Callable[[IndexReader], T]) -> T:
    """Put it to this process's reader. Damage met twice is declared, so that the worker makes the index anew."""
    try:
        return question(_reader())
    except IndexLost:
        pass
    try:
        return question(_reader())
    except IndexLost:
        with suppress(IndexLost, OSError):
            OfferIndex.open(index_folder(), mend=False).abandon()
        raise


def _reader() -> IndexReader:
    global _opened
    folder = index_folder()
    known = _opened
    if known is None or known[0] != folder:
        with _opening:
            known = _opened = (folder, OfferIndex.open(folder, mend=False).reader())
    return known[1]
