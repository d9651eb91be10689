"""What programs send to the office and get from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from everfair.base.api import MoneyOut, Words


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class ResolveIn(_In):
    """`buyer_share` is a fraction of one with at most four decimals: how much of what is held goes back to the buyer."""

    buyer_share: str = Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$", examples=["0.4"])
    reason: Words = Field(min_length=1, max_length=2000)


class VerifyIn(_In):
    until: date
    note: Words = Field(min_length=1, max_length=2000)


class StopIn(_In):
    kind: Literal["deposit", "release", "payout", "listing"]
    reason: Words = Field(min_length=1, max_length=2000)
    until: datetime | None = None


class IssueOut(Schema):
    id: UUID
    number: int
    reference: str
    buyer_id: UUID
    buyer: str
    seller_id: UUID
    seller: str
    total: str
    currency: str
    reason: str


class IssuesOut(Schema):
    issues: list[IssueOut]
    next_cursor: str | None


class DecidedOut(Schema):
    """What was paid: the three sums are all that was held."""

    id: UUID
    issue: str
    agreement: str
    currency: str
    held: str
    to_buyer: str
    to_seller: str
    fee: str


class VerifiedOut(Schema):
    id: UUID
    number: int
    verified_until: date


class StopOut(Schema):
    id: UUID
    company_id: UUID
    kind: str
    until: datetime | None


class SumIn(_In):
    """An amount in main units, digits and one point."""

    amount: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]


class RatesTakenOut(Schema):
    """How many of the file's rates are new, and how many stood already."""

    source: str
    first_on: date
    last_on: date
    new: int
    known: int


class CoverIn(_In):
    """An exchange at our bank: `sold` left our account, `bought` came; one of them is in euro."""

    sold: SumIn
    bought: SumIn
    traded_on: date
    bank_ref: Words = Field(min_length=1, max_length=60)


class CoverOut(Schema):
    """`state`: proposed (another person books it), booked, withdrawn. `result`, once it is booked: what was gained, below zero lost."""

    id: UUID
    sold: MoneyOut
    bought: MoneyOut
    traded_on: date
    bank_ref: str
    state: str
    result: MoneyOut | None


class CoversOut(Schema):
    covers: list[CoverOut]
