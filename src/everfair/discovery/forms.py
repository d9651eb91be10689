"""What visitors type or choose to find offers, as it stands in the address, read into a question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from everfair.base.forms import read_money, read_number
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.discovery.index import OfferQuery
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference

LONGEST_Q = 200
SORTS = ("relevance", "newest", "price", "moq", "lead_time")
MAIN_CURRENCY = "USD"
# As many offers as stand side by side, and as many codes of one kind as anybody ticks.
MOST_COMPARED = 6
MOST_TICKED = 12
# In the order in which they stand in an address. Of the first kind several may be given.
SEVERAL = ("category", "country", "origin", "o")
_NAMES = (
    *("q", "hall", "category", "country", "origin", "currency", "price_min", "price_max"),
    *("moq", "lead_time", "sample", "verified", "sort", "o"),
)
_PLACE = {name: place for place, name in enumerate(_NAMES)}.__getitem__
# All that a list reads of its address; the front cache takes the rest away.
READ = (*_NAMES, "cursor")
# What does not narrow the list.
_SILENT = ("q", "sort", "currency", "o")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the address it came from. `problems`: what could not be read, by name; it narrows nothing then."""

    query: OfferQuery
    params: dict[str, tuple[str, ...]]
    path: str
    problems: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a part that stands once in the address; empty where it is not there."""
        values = self.params.get(name)
        return values[0] if values else ""

    def link(self, **changes: str | tuple[str, ...] | None) -> str:
        """The same question, changed and from its first page; None takes a part away."""
        merged: dict[str, str | tuple[str, ...] | None] = {**self.params, **changes}
        kept = []
        for name in sorted(merged, key=_PLACE):
            value = merged[name]
            if value:
                kept += [_part(name, value)] if isinstance(value, str) else [_part(name, each) for each in value]
        return f"{self.path}?{'&'.join(kept)}" if kept else self.path

    def toggled(self, name: str, code: str) -> str:
        """The same question with the code ticked, or without it where it was."""
        ticked = self.params.get(name, ())
        return self.link(**{name: tuple(each for each in ticked if each != code) if code in ticked else (*ticked, code)})

    def page_link(self, cursor: str) -> str:
        address = self.link()
        return f"{address}{'&' if '?' in address else '?'}{_part('cursor', cursor)}"

    def in_currency(self, currency: str) -> Asked:
        """The same question with prices in another currency, which the address then says."""
        return replace(self, query=replace(self.query, currency=currency), params={**self.params, "currency": (currency,)})

    @property
    def narrowed_by(self) -> list[tuple[str, str]]:
        """Which filters are set, (name, value), words and order aside."""
        return [(name, value) for name, values in self.params.items() if name not in _SILENT for value in values]

    @property
    def is_of_a_currency(self) -> bool:
        """Whether the address itself says in which currency prices are meant."""
        return any(name in self.params for name in ("currency", "price_min", "price_max"))


@lru_cache(maxsize=4096)
def _part(name: str, value: str) -> str:
    # A list page writes some sixty links of the same few parts.
    return urlencode({name: value})


def read_question(given: QueryDict, *, path: str, market: str, language: str, category: str = "", page_size: int = 24) -> Asked:
    """Read the query string. `category` fixes the hall or category of the page.

    NotVisible for a hall, category, country or currency that does not exist. A number that is not one is a problem beside its field.
    """
    params = {name: values for name in _NAMES if (values := _values(given, name))}
    for name in ("sample", "verified"):
        if params.get(name) != ("1",):
            params.pop(name, None)
    if params.get("sort", ("",))[0] not in SORTS[1:]:
        params.pop("sort", None)
    currency = params.get("currency", (MAIN_CURRENCY,))[0]
    if currency not in market_row(market).currencies:
        raise NotVisible
    problems: dict[str, str] = {}
    low, high = (_minor(params, name, currency, problems) for name in ("price_min", "price_max"))
    if category:
        params.pop("hall", None)
    hall = category if "/" not in category else ""
    hall = hall or params.get("hall", ("",))[0]
    if "/" in category:
        params.pop("category", None)
    categories = (category,) if "/" in category else params.get("category", ())
    countries, origins = params.get("country", ()), params.get("origin", ())
    _must_exist(hall, categories, (*countries, *origins))
    if low is not None and high is not None and low > high:
        low, high = high, low
        params["price_min"], params["price_max"] = params["price_max"], params["price_min"]
    params["o"] = offer_numbers(params.get("o", ()))
    query = OfferQuery(
        text=params.get("q", ("",))[0],
        language=language,
        market=market,
        hall=hall or None,
        categories=categories,
        countries=countries,
        origins=origins,
        currency=currency,
        price_at_least_minor=low,
        price_at_most_minor=high,
        moq_at_most=_number(params, "moq", problems),
        lead_time_at_most=_number(params, "lead_time", problems),
        sample_only="sample" in params,
        verified_only="verified" in params,
        sort=params.get("sort", ("relevance",))[0],  # type: ignore[arg-type]
        page_size=page_size,
        cursor=given.get("cursor") or None,
        facets=True,
        fixed=("hall", "category") if "/" in category else ("hall",) if category else (),
    )
    return Asked(query, {name: values for name, values in params.items() if values}, path, problems)


def offer_numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """The numbers of offers that are named for comparing, each once; what is not a number is left out."""
    numbers = (text for text in texts if text.isascii() and text.isdigit() and len(text) < 16 and text[0] != "0")
    return tuple(dict.fromkeys(numbers))[:MOST_COMPARED]


def read_quantity(text: str) -> tuple[Decimal | None, str]:
    """The quantity that offers are compared for, and what is wrong with it."""
    if not text.strip():
        return None, ""
    try:
        return read_number(text.strip(), decimals=3), ""
    except ValidationError as error:
        return None, error.messages[0]


def _values(given: QueryDict, name: str) -> tuple[str, ...]:
    if name in SEVERAL:
        return tuple(dict.fromkeys(value for each in given.getlist(name) if (value := each.strip())))[:MOST_TICKED]
    value = " ".join(given.get(name, "").split())[:LONGEST_Q]
    return (value,) if value else ()


def read_amount(text: str | None, currency: str) -> int | None:
    """An amount as programs write it, in minor units. Refuses more decimals than the currency has."""
    if text is None:
        return None
    try:
        return Money.of(text, currency).minor
    except ValueError:
        message = _("%(amount)s is not an amount of %(currency)s.") % {"amount": text, "currency": currency}
        raise Refused("discovery.amount", message, status=422) from None


def _minor(params: dict[str, tuple[str, ...]], name: str, currency: str, problems: dict[str, str]) -> int | None:
    if name not in params:
        return None
    try:
        return read_money(params[name][0], currency, zero=True).minor
    except ValidationError as error:
        problems[name] = error.messages[0]
        return None


def _number(params: dict[str, tuple[str, ...]], name: str, problems: dict[str, str]) -> int | None:
    if name not in params:
        return None
    try:
        return int(read_number(params[name][0], decimals=0, largest=Decimal(10**12)))
    except ValidationError as error:
        problems[name] = error.messages[0]
        return None


def _must_exist(hall: str, categories: tuple[str, ...], countries: tuple[str, ...]) -> None:
    known = reference.categories()
    halls_known = not hall or (hall in known and "/" not in hall)
    if not halls_known or any(code not in known for code in categories):
        raise NotVisible
    if any(code not in reference.COUNTRIES for code in countries):
        raise NotVisible
