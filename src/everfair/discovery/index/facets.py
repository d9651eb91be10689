"""Counting what a list may be narrowed by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, TypeVar

from everfair.discovery.index.matching import Width
from everfair.discovery.index.queries import LEAD_TIME_TOPS_DAYS, MOQ_TOPS, Facets, price_bands

# How many questions' facets are kept until the next commit.
_KEPT = 500
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one snapshot: `facets` by the question, how widely it was asked and what is fixed in it; `by_themselves` by
    the question without a facet's own choice, so that another choice of the same facet counts only the rest anew."""

    facets: dict[tuple[bytes, Width, tuple[str, ...]], Facets] = field(default_factory=dict)
    by_themselves: dict[tuple[bytes, Width, str], dict[str, Any]] = field(default_factory=dict)


def keep(counted: dict[_Key, _Found], asked: _Key, found: _Found) -> _Found:
    if len(counted) >= _KEPT:
        counted.clear()
    counted[asked] = found
    return found


_MOST_FACETS = 300
_COUNT = itemgetter(1)
# What is not looked at where a facet is counted: its own choice.
OWN_CHOICE: dict[str, dict[str, Any]] = {
    "hall": {"hall": None, "categories": ()},
    "category": {"categories": ()},
    "country": {"countries": ()},
    "origin": {"origins": ()},
    "currency": {"price_at_least_minor": None, "price_at_most_minor": None},
    "moq": {"moq_at_most": None},
    "lead_time": {"lead_time_at_most": None},
}


@cache
def aggregations(currency: str) -> dict[str, Any]:
    prices = {"range": {"field": "price", "ranges": _from_lows(price_bands(currency))}}
    return {
        **{name: _terms(name) for name in ("hall", "category", "country", "origin")},
        "currency": {**_terms("currency"), "aggs": {"price": prices}},
        "moq": {"range": {"field": "moq", "ranges": _up_to(MOQ_TOPS)}},
        "lead_time": {"range": {"field": "lead_time", "ranges": _up_to(LEAD_TIME_TOPS_DAYS)}},
        "sample": {"sum": {"field": "sample"}},
        "verified": {"sum": {"field": "verified"}},
    }


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": _MOST_FACETS, "segment_size": _MOST_FACETS * 2}}


def _from_lows(lows: Sequence[int]) -> list[dict[str, int]]:
    return [{"from": low, "to": high} for low, high in pairwise(lows)] + [{"from": lows[-1]}]


def _up_to(tops: Sequence[int]) -> list[dict[str, int]]:
    return [{"from": low, "to": high} for low, high in pairwise((0, *(top + 1 for top in tops)))]


def facets_of(found: dict[str, Any], currency: str) -> Facets:
    def buckets(name: str) -> list[dict[str, Any]]:
        return found.get(name, {}).get("buckets", [])  # type: ignore[no-any-return]

    def counts(name: str) -> list[tuple[str, int]]:
        pairs = sorted((bucket["key"], bucket["doc_count"]) for bucket in buckets(name))
        pairs.sort(key=_COUNT, reverse=True)  # equal counts stay as they stood
        return pairs

    def at_most(name: str, tops: Sequence[int]) -> list[tuple[int, int]]:
        steps = _by_low(buckets(name))
        lows = (0, *(top + 1 for top in tops[:-1]))
        return list(zip(tops, accumulate(steps.get(low, 0) for low in lows), strict=True))

    priced: list[dict[str, Any]] = next(
        (bucket["price"]["buckets"] for bucket in buckets("currency") if bucket["key"] == currency), []
    )
    bands = _by_low(priced)
    return Facets(
        halls=counts("hall"),
        categories=counts("category"),
        countries=counts("country"),
        origins=counts("origin"),
        currencies=counts("currency"),
        price_bands=[(low, bands.get(low, 0)) for low in price_bands(currency)],
        moqs=at_most("moq", MOQ_TOPS),
        lead_times=at_most("lead_time", LEAD_TIME_TOPS_DAYS),
        sample=int(found.get("sample", {}).get("value") or 0),
        verified=int(found.get("verified", {}).get("value") or 0),
    )


def _by_low(buckets: Sequence[dict[str, Any]]) -> dict[int, int]:
    # Tantivy adds a band below the first one, and leaves out the lower end of a band that starts at nought.
    return {int(bucket.get("from", 0)): bucket["doc_count"] for bucket in buckets if bucket.get("to") != 0}
