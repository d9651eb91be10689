"""What visitors type or choose to find offers, as it stands in the address, read into a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode

from django.core.exceptions import ValidationError

from everfair.base.forms import read_money, read_number
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.discovery.index import OfferQuery
from everfair.reference import queries as reference

LONGEST_Q = 200
SORTS = ("relevance", "price", "newest")
_COMPARED = "USD"
# In the order in which they stand in an address.
_NAMES = ("q", "hall", "category", "country", "price_min", "price_max", "moq", "sample", "verified", "sort")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the address it came from. `problems`: what could not be read, by name; it narrows nothing then."""

    query: OfferQuery
    params: dict[str, str]
    path: str
    problems: dict[str, str] = field(default_factory=dict)

    def link(self, **changes: str | None) -> str:
        """The same question, changed and from its first page; None takes a part away."""
        merged = {**self.params, **changes}
        kept = [_part(name, value) for name in _NAMES if (value := merged.get(name))]
        return f"{self.path}?{'&'.join(kept)}" if kept else self.path

    def page_link(self, cursor: str) -> str:
        return "&".join([self.link() if self.params else f"{self.path}?", _part("cursor", cursor)]).replace("?&", "?")

    @property
    def narrowed_by(self) -> list[str]:
        """Which filters are set, words and order aside."""
        return [name for name in self.params if name not in ("q", "sort")]


@lru_cache(maxsize=4096)
def _part(name: str, value: str) -> str:
    # A list page writes some sixty links of the same few parts.
    return urlencode({name: value})


def read_question(
    given: Mapping[str, str], *, path: str, market: str, language: str, category: str = "", page_size: int = 24
) -> Asked:
    """Read the query string. `category` fixes the hall or category of the page.

    NotVisible for a hall, category or country that does not exist. A number that is not one is a problem beside its field.
    """
    params = {name: value for name in _NAMES if (value := given.get(name, "").strip())}
    params["q"] = " ".join(params.get("q", "").split())[:LONGEST_Q]
    for name in ("sample", "verified"):
        if params.get(name) != "1":
            params.pop(name, None)
    if params.get("sort") not in SORTS[1:]:
        params.pop("sort", None)
    problems: dict[str, str] = {}
    low, high = (_cents(params, name, problems) for name in ("price_min", "price_max"))
    moq = _number(params, "moq", problems)
    if low is not None and high is not None and low > high:
        low, high = high, low
        params["price_min"], params["price_max"] = params["price_max"], params["price_min"]
    wanted = category or params.get("category") or params.get("hall") or ""
    if category:
        params.pop("hall", None)
        params.pop("category", None)
    _must_exist(wanted, params.get("hall", ""), params.get("country", ""))
    query = OfferQuery(
        text=params["q"],
        language=language,
        market=market,
        hall=wanted if wanted and "/" not in wanted else None,
        category=wanted if "/" in wanted else None,
        country=params.get("country"),
        price_at_least_usd_minor=low,
        price_at_most_usd_minor=high,
        moq_at_most=moq,
        sample_only="sample" in params,
        verified_only="verified" in params,
        sort=params.get("sort", "relevance"),  # type: ignore[arg-type]
        page_size=page_size,
        cursor=given.get("cursor") or None,
        facets=True,
    )
    return Asked(query, {name: value for name, value in params.items() if value}, path, problems)


def read_cents(text: str | None) -> int | None:
    """An amount of US dollars as programs write it, in cents."""
    return None if text is None else Money.of(text, _COMPARED).minor


def _cents(params: dict[str, str], name: str, problems: dict[str, str]) -> int | None:
    if name not in params:
        return None
    try:
        return read_money(params[name], _COMPARED, zero=True).minor
    except ValidationError as error:
        problems[name] = error.messages[0]
        return None


def _number(params: dict[str, str], name: str, problems: dict[str, str]) -> int | None:
    if name not in params:
        return None
    try:
        return int(read_number(params[name], decimals=0, largest=Decimal(10**12)))
    except ValidationError as error:
        problems[name] = error.messages[0]
        return None


def _must_exist(wanted: str, hall: str, country: str) -> None:
    known = reference.categories()
    if any(code and code not in known for code in (wanted, hall)) or (country and country not in reference.COUNTRIES):
        raise NotVisible
