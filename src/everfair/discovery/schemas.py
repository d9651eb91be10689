"""What programs ask of finding and what they are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from everfair.base.api import Schema
from everfair.base.money import Money
from everfair.discovery.forms import MAIN_CURRENCY
from everfair.discovery.index import Facets
from everfair.discovery.values import FoundOffer
from everfair.markets.table import DEFAULT_MARKET

Language = Literal["en", "zh-hant", "zh-hans"]
_CODE = r"^[a-z0-9-]{1,40}$"
_AMOUNT = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$"
_MOST = 12
_Category = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}/[a-z0-9-]{1,60}$")]
_Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class OfferSearch(Schema):
    """Every filter is optional and all of them must hold. A price filter leaves out offers on request or in another currency."""

    q: str = Field("", max_length=200, description="Words, a part number, or the supplier's own SKU.")
    market: str = Field(DEFAULT_MARKET, pattern=_CODE)
    language: Language | None = Field(None, description="Of titles and names; else Accept-Language.")
    hall: str | None = Field(None, pattern=_CODE)
    category: list[_Category] = Field([], max_length=_MOST, description="May be repeated: any of them.")
    country: list[_Country] = Field([], max_length=_MOST, description="The supplier's, ISO 3166-1; may be repeated.")
    origin: list[_Country] = Field([], max_length=_MOST, description="Where the goods come from; may be repeated.")
    currency: str = Field(MAIN_CURRENCY, pattern=r"^[A-Z]{3}$", description="Of `price_min`, `price_max` and the price bands.")
    price_min: str | None = Field(None, pattern=_AMOUNT)
    price_max: str | None = Field(None, pattern=_AMOUNT)
    moq: int | None = Field(None, ge=1, le=10**12, description="Minimum order at most this.")
    lead_time: int | None = Field(None, ge=0, le=3650, description="Days for the smallest order, at most this.")
    sample: bool = False
    verified: bool = False
    supplier: int | None = Field(None, ge=1, le=10**15, description="The supplier's number.")
    sort: Literal["relevance", "newest", "price", "moq", "lead_time"] = "relevance"
    limit: int = Field(24, ge=1, le=50)
    cursor: str | None = Field(None, max_length=200)
    facets: bool = False


class Suggest(Schema):
    q: str = Field(max_length=200)
    language: Language | None = None
    limit: int = Field(8, ge=1, le=20)


class FoundTierOut(Schema):
    from_quantity: str
    price: str = Field(description="For `price_per` units, in `currency`.")


class FoundSupplierOut(Schema):
    id: int = Field(description="The company's public number.")
    name: str
    country: str
    verified: bool


class FoundOfferOut(Schema):
    """An offer as lists show it. Without tiers the price is on request."""

    id: UUID
    number: int
    sku: str
    title: str
    titles: dict[str, str]
    market: str
    category: str
    currency: str
    tiers: list[FoundTierOut]
    price_per: str
    unit: str = Field(description="UN/ECE Recommendation 20.")
    moq: str
    lead_time_days: int | None
    sample_price_minor: int | None
    origin: str = Field(description="Where the goods come from, ISO 3166-1; empty where the supplier does not say.")
    supplier: FoundSupplierOut

    @classmethod
    def of(cls, offer: FoundOffer, language: str) -> Self:
        return cls(
            id=offer.id,
            number=offer.number,
            sku=offer.sku,
            title=offer.title(language),
            titles=offer.titles,
            market=offer.market,
            category=offer.category,
            currency=offer.currency,
            tiers=[FoundTierOut(from_quantity=_plain(start), price=_plain(price)) for start, price in offer.tiers],
            price_per=_plain(offer.price_per),
            unit=offer.unit,
            moq=_plain(offer.moq),
            lead_time_days=offer.lead_time_days,
            sample_price_minor=offer.sample_price_minor,
            origin=offer.origin,
            supplier=FoundSupplierOut(
                id=offer.company_number, name=offer.supplier(language), country=offer.country, verified=offer.verified
            ),
        )


class CountOut(Schema):
    value: str
    count: int


class FacetsOut(Schema):
    """How many offers each choice leaves or adds. A price band runs from its value in `currency` up to the next one; `moqs` and
    `lead_times` count offers that ask for at most so many units or days."""

    halls: list[CountOut]
    categories: list[CountOut]
    countries: list[CountOut]
    origins: list[CountOut]
    currency: str
    currencies: list[CountOut]
    prices: list[CountOut]
    moqs: list[CountOut]
    lead_times: list[CountOut]
    sample: int
    verified: int

    @classmethod
    def of(cls, facets: Facets, currency: str) -> Self:
        def counts(pairs: object) -> list[CountOut]:
            return [CountOut(value=value, count=count) for value, count in pairs]  # type: ignore[attr-defined]

        return cls(
            halls=counts(facets.halls),
            categories=counts(facets.categories),
            countries=counts(facets.countries),
            origins=counts(facets.origins),
            currency=currency,
            currencies=counts(facets.currencies),
            prices=counts((f"{Money(low, currency).amount.normalize():f}", count) for low, count in facets.price_bands),
            moqs=counts((str(top), count) for top, count in facets.moqs),
            lead_times=counts((str(days), count) for days, count in facets.lead_times),
            sample=facets.sample,
            verified=facets.verified,
        )


class OfferPageOut(Schema):
    items: list[FoundOfferOut]
    total: int | None = Field(description="null while the search index is being prepared: then the newest offers are listed.")
    next_cursor: str | None
    did_you_mean: str | None
    facets: FacetsOut | None


class CategoryOut(Schema):
    code: str
    name: str
    offers_count: int


class HallOut(CategoryOut):
    categories: list[CategoryOut]


class SuggestionsOut(Schema):
    items: list[str]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
