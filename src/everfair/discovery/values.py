"""What finding gives back, and the words of its codes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes
from everfair.discovery.index import Facets

DEADLINE_WORDS = name_codes(
    "deadline",
    {
        "discovery.listing_stop_ends": _("Show a company's offers again"),
        "discovery.mark_ends": _("Drop an expired verification mark from the search"),
        "discovery.stars_moved": _("Sort the offers by the new stars"),
    },
)
SUBSCRIBER_WORDS = name_codes("subscriber", {"discovery": _("Search")})


class Listed(NamedTuple):
    """An offer that is public now, and which state of it: what was drawn of the same is still right."""

    number: int
    changed: str
    verified: bool
    id: UUID
    market: str


class FoundOffer(NamedTuple):
    """One published offer as lists show it. JSON stays text until somebody needs it: most cards are drawn already."""

    number: int
    changed: str
    id: UUID
    market: str
    sku: str
    titles_json: str
    category: str
    currency: str
    tiers_json: str
    price_per: Decimal
    moq: Decimal
    unit: str
    lead_times_json: str
    sample_price_minor: int | None
    picture: UUID | None
    company_number: int
    company_name: str
    company_names_json: str
    country: str
    verified: bool
    origin: str

    @property
    def titles(self) -> dict[str, str]:
        return json.loads(self.titles_json)  # type: ignore[no-any-return]

    @property
    def tiers(self) -> list[tuple[Decimal, Decimal]]:
        """(from this quantity, price), ascending; empty when the price is on request."""
        return read_tiers(self.tiers_json)

    def title(self, language: str) -> str:
        return in_language(self.titles, language)

    def supplier(self, language: str) -> str:
        """Its registered name, or for readers of Chinese the Chinese one."""
        return supplier_name(self.company_name, self.company_names_json, language)

    @property
    def lead_time_days(self) -> int | None:
        """For the smallest order; None where the supplier said nothing."""
        return days_for(json.loads(self.lead_times_json), self.moq) if self.lead_times_json != "[]" else None


def read_tiers(tiers_json: str) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(start), Decimal(price)) for start, price in json.loads(tiers_json)]


def supplier_name(name: str, names_json: str, language: str) -> str:
    return in_language(json.loads(names_json), language, strict=True) or name


def days_for(lead_times: Sequence[Sequence[Any]], quantity: Decimal) -> int | None:
    """What `lead_times`, as an offer keeps them, say for this quantity; None where they say nothing."""
    for up_to, days in lead_times:
        if up_to == "" or quantity <= Decimal(up_to):
            return int(days)
    return int(lead_times[-1][1]) if lead_times else None


@dataclass(frozen=True, slots=True)
class Found:
    """Which offers answer a question, a page of them. `total` and `facets` are None when the index did not answer and the newest are
    listed instead."""

    numbers: Sequence[int]
    total: int | None
    facets: Facets | None = None
    next_cursor: str | None = None
    did_you_mean: str | None = None

    @property
    def is_plain_listing(self) -> bool:
        return self.total is None


@dataclass(frozen=True, slots=True)
class FoundPage(Found):
    """The same with the rows of those that are public now."""

    offers: Sequence[FoundOffer] = ()


@dataclass(frozen=True, slots=True)
class Supply:
    """How many offers stand in each hall and category, by code."""

    halls: Mapping[str, int]
    categories: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.halls.values())


_OTHER_SCRIPT = {"zh-hant": "zh-hans", "zh-hans": "zh-hant"}


def in_language(texts: Mapping[str, str], language: str, *, strict: bool = False) -> str:
    """The text in this language, or in the other script of Chinese; unless `strict`, in English, then in any."""
    own = texts.get(language) or texts.get(_OTHER_SCRIPT.get(language, ""), "")
    if own or strict:
        return own
    return texts.get("en") or next((text for text in texts.values() if text), "")
