"""What programs send and read about offers. Quantities and prices are text: exact, with a point for decimals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from everfair.base.api import Schema
from everfair.catalog.values import (
    ATTRIBUTE_CHARACTERS,
    ATTRIBUTE_NAME_CHARACTERS,
    ATTRIBUTES,
    BRAND_CHARACTERS,
    BULLET_CHARACTERS,
    BULLETS,
    DESCRIPTION_CHARACTERS,
    LEAD_TIME_DAYS,
    LEAD_TIMES,
    PICTURES,
    SKU_CHARACTERS,
    TIERS,
    TITLE_CHARACTERS,
    VARIANT_GROUP_CHARACTERS,
)

_NUMBER = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$"
Number = Annotated[str, Field(max_length=24, pattern=_NUMBER, examples=["4.80"])]
Language = Literal["en", "zh-hant", "zh-hans"]
Title = Annotated[str, Field(max_length=TITLE_CHARACTERS)]


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class AttributeIn(_Strict):
    name: str = Field(min_length=1, max_length=ATTRIBUTE_NAME_CHARACTERS)
    value: str = Field(min_length=1, max_length=ATTRIBUTE_CHARACTERS)


class TierIn(_Strict):
    """From this quantity on, this price for `price_per` units."""

    from_quantity: Number
    price: Number


class LeadTimeIn(_Strict):
    """Up to this quantity (null: beyond the last), so many days."""

    up_to: Number | None = None
    days: int = Field(ge=0, le=LEAD_TIME_DAYS, strict=True)


class OfferChanges(_Strict):
    """Only what is sent changes. No tiers means price on request."""

    sku: str | None = Field(None, min_length=1, max_length=SKU_CHARACTERS)
    titles: dict[Language, Title] | None = None
    descriptions: dict[Language, Annotated[str, Field(max_length=DESCRIPTION_CHARACTERS)]] | None = None
    bullets: list[Annotated[str, Field(max_length=BULLET_CHARACTERS)]] | None = Field(None, max_length=BULLETS)
    brand: str | None = Field(None, max_length=BRAND_CHARACTERS)
    category: str | None = Field(None, max_length=60, examples=["hardware/fasteners"])
    attributes: list[AttributeIn] | None = Field(None, max_length=ATTRIBUTES)
    attributes_by_language: dict[Language, Annotated[list[AttributeIn], Field(max_length=ATTRIBUTES)]] | None = Field(
        None, description="Read instead of `attributes` in that language; where there is none, `attributes` are."
    )
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", examples=["USD"])
    tiers: list[TierIn] | None = Field(None, max_length=TIERS)
    price_per: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = None
    moq: Number | None = None
    multiple: Number | None = None
    unit: str | None = Field(None, pattern=r"^[0-9A-Z]{2,3}$", examples=["H87"])
    lead_times: list[LeadTimeIn] | None = Field(None, max_length=LEAD_TIMES)
    sample_price: Number | None = None
    hs_code: str | None = Field(None, pattern=r"^([0-9]{6}|[0-9]{8}|[0-9]{10})?$")
    origin: str | None = Field(None, pattern=r"^([A-Z]{2})?$")
    variant_group: str | None = Field(
        None, max_length=VARIANT_GROUP_CHARACTERS, description="Offers with the same one are variants of one thing."
    )
    pictures: list[UUID] | None = Field(None, max_length=PICTURES)


class OfferIn(OfferChanges):
    sku: str = Field(min_length=1, max_length=SKU_CHARACTERS)
    titles: dict[Language, Title]
    category: str = Field(max_length=60, examples=["hardware/fasteners"])
    market: str = Field("export", max_length=20)


class TierOut(Schema):
    from_quantity: str
    price: str


class LeadTimeOut(Schema):
    up_to: str | None
    days: int


class PictureOut(Schema):
    id: UUID
    url: str
    width: int
    height: int
    alt: dict[str, str]


class SupplierOut(Schema):
    number: int
    name: str
    country: str
    verified: bool


class OfferOut(Schema):
    id: UUID
    number: int
    market: str
    state: str
    sku: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    bullets: list[str]
    brand: str
    category: str
    attributes: list[AttributeIn]
    attributes_by_language: dict[str, list[AttributeIn]]
    currency: str
    price_on_request: bool
    tiers: list[TierOut]
    price_per: str
    moq: str
    multiple: str
    unit: str
    lead_times: list[LeadTimeOut]
    sample_price: str | None
    hs_code: str
    origin: str
    variant_group: str | None
    pictures: list[PictureOut]
    supplier: SupplierOut
    updated_at: datetime
    allowed_moves: list[str] = Field([], description="What the caller may do with it now.")


class OffersOut(Schema):
    offers: list[OfferOut]
    cursor: str | None = None


class ImportRows(_Strict):
    """Rows as a JSON Lines file would hold them: `sku`, `title` (or `title_en` …), `price`, `moq`, …; others are attributes."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=1_000)
    mode: Literal["all", "good"] = "all"
    market: str = Field("export", max_length=20)


class RowErrorOut(Schema):
    line: int
    column: str
    code: str
    message: str


class ImportOut(Schema):
    """`state`: waiting and running imports are done by the worker; `refused`: nothing was taken, see `reason` and `errors`."""

    id: UUID
    state: str
    mode: str
    file_name: str
    created: int
    changed: int
    unchanged: int
    refused: int
    reason: str
    mapping: list[list[str]]
    errors: list[RowErrorOut]
