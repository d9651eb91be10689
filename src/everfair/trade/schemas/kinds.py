"""Samples, framework contracts and group buys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StringConstraints

from everfair.base.api import MoneyOut, Schema
from everfair.markets.plans import DEFAULT_PLAN, PLANS
from everfair.trade.schemas.orders import AmountText, Hash, IncotermCode, LineIn, Quantity, Strict


class SampleIn(Strict):
    """The price is the offer's own sample price."""

    offer: UUID
    quantity: int = Field(1, ge=1, le=100, strict=True)
    incoterm: IncotermCode = "DAP"
    named_place: str = Field(min_length=1, max_length=120)
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class FrameIn(Strict):
    """`least` is the smallest call-off as an amount in the contract's currency; `seller_confirms`: the seller signs each call-off."""

    valid_until: date
    least: AmountText = "0"
    seller_confirms: bool = True


class FrameworkIn(FrameIn):
    """Each line's quantity is the most that can be called off."""

    lines: list[LineIn] = Field(min_length=1, max_length=100)
    incoterm: IncotermCode
    named_place: str = Field(min_length=1, max_length=120)
    payment_plan: Literal[tuple(PLANS)] = DEFAULT_PLAN  # type: ignore[valid-type]
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class FrameworkAwardIn(FrameIn):
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class CalledIn(Strict):
    line: int = Field(ge=1, le=100, strict=True)
    quantity: Quantity


class CallOffIn(Strict):
    lines: list[CalledIn] = Field(min_length=1, max_length=100)
    ship_by: date | None = None
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class RunningLineOut(Schema):
    n: int
    description: str
    unit: str
    quantity: str
    called: str
    left: str


class FrameworkOut(Schema):
    """`end_asked_by` is buyer, seller or «»; `orders` are its call-offs, newest first."""

    valid_from: date
    valid_until: date
    least: MoneyOut
    payment_plan: str
    lead_time_days: int
    seller_confirms: bool
    end_asked_by: str
    lines: list[RunningLineOut]
    orders: list[UUID]


class GroupIn(Strict):
    """`unit_price` is for the offer's `price_per` units; `most` bounds what can be ordered at all."""

    offer: UUID
    threshold: Quantity
    unit_price: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$", max_length=20, strict=True)]
    least: Quantity
    most: Quantity | None = None
    closes_at: datetime
    lead_time_days: int = Field(ge=0, le=365, strict=True)
    incoterm: IncotermCode
    named_place: str = Field(min_length=1, max_length=120)


class JoinIn(Strict):
    quantity: Quantity
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class GroupOut(Schema):
    """Only counts: `held` is what is paid into escrow, of how many `buyers`."""

    id: UUID
    offer: UUID
    seller: UUID
    market: str
    unit: str
    unit_price: MoneyOut
    price_per: str
    threshold: str
    least: str
    most: str | None
    closes_at: datetime
    lead_time_days: int
    incoterm: str
    named_place: str
    state: str
    held: str
    buyers: int


class GroupPage(Schema):
    items: list[GroupOut]
