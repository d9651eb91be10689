"""What programs send about trades and companies, and get of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from everfair.base.api import Schema, Words


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class ResolveIn(_In):
    """`buyer_share` is a fraction of one with at most four decimals: how much of what is held goes back to the buyer."""

    buyer_share: str = Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$", examples=["0.4"])
    reason: Words = Field(min_length=1, max_length=2000)


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


class StopOut(Schema):
    id: UUID
    company_id: UUID
    kind: str
    until: datetime | None
