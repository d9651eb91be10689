"""What programs send and read about claims. Amounts are strings in main units, their currency beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from everfair.base.api import MoneyOut, Schema, Words
from everfair.disputes.models import REASONS, REMEDIES

# Digits and one point: nothing is guessed.
Quantity = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$", max_length=16, strict=True)]
AmountText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]
Reason = Literal[REASONS]  # type: ignore[valid-type]
Remedy = Literal[REMEDIES]  # type: ignore[valid-type]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class SumIn(_In):
    amount: AmountText
    currency: CurrencyCode


class ComplaintIn(_In):
    """`quantity`: of how many; all of the line when left out."""

    line: int = Field(ge=1, le=1000, strict=True)
    reason: Reason
    quantity: Quantity | None = None


class ClaimIn(_In):
    """`files` are ids of files the company has added on the pages."""

    lines: list[ComplaintIn] = Field(min_length=1, max_length=100)
    remedy: Remedy
    amount: SumIn
    text: Words = Field(min_length=1, max_length=5000)
    files: list[UUID] = Field([], max_length=10)


class ClaimAnswerIn(_In):
    text: Words = Field(min_length=1, max_length=5000)
    files: list[UUID] = Field([], max_length=10)
    remedy: Remedy | None = None
    amount: SumIn | None = None


class RemedyIn(_In):
    remedy: Remedy
    amount: SumIn
    note: Words = Field("", max_length=5000)


class EvidenceIn(_In):
    text: Words = Field("", max_length=5000)
    files: list[UUID] = Field([], max_length=10)


class TrackingIn(_In):
    carrier: Words = Field(min_length=1, max_length=120)
    number: Words = Field(min_length=1, max_length=80)
    note: Words = Field("", max_length=5000)
    files: list[UUID] = Field([], max_length=10)


class InspectionOrderIn(_In):
    """What is claimed is what is inspected. `fee` in the order's currency; the inspector reads `note`, and it stays in the file."""

    inspector: UUID
    fee: AmountText
    wanted_on: date
    place: Words = Field(min_length=1, max_length=200)
    level: Literal["I", "II", "III"] = "II"
    note: Words = Field("", max_length=1000)


class AppealIn(_In):
    reasons: Words = Field(min_length=1, max_length=5000)


class RulingIn(_In):
    """`seen` is the number of the last leaf of the file that was read: 409 when it has grown since."""

    ground: str = Field(min_length=1, max_length=40)
    to_buyer: SumIn
    reasons: Words = Field(min_length=1, max_length=5000)
    seen: int = Field(ge=0, le=10**6, strict=True)


class LeafOut(Schema):
    n: int
    at: datetime
    side: str
    kind: str
    verb: str
    text: str
    files: list[dict[str, str]]
    body: dict[str, Any]


class RemedyOut(Schema):
    id: UUID
    side: str
    remedy: str
    amount: MoneyOut
    note: str
    at: datetime


class ClaimInspectionOut(Schema):
    """More under `GET /inspections/{id}`. `payer`: the side that pays the fee into escrow."""

    id: UUID
    state: str
    wanted_on: date
    fee: MoneyOut
    fee_state: str
    payer: str


class RulingOut(Schema):
    instance: int
    ground: str
    to_buyer: MoneyOut
    buyer_share: str
    reasons: str
    file_hash: str
    at: datetime


class ClaimLineOut(Schema):
    line: int
    reason: str
    quantity: str
    worth: MoneyOut


class ClaimStandingOut(Schema):
    code: str
    stands: str
    turn: str
    asks: str
    at_zero: str
    until: datetime | None
    yours: bool


class ClaimBrief(Schema):
    id: UUID
    number: str
    order: UUID
    state: str
    remedy: str
    amount: MoneyOut
    held: MoneyOut
    opened_at: datetime


class ClaimOut(ClaimBrief):
    instance: int
    to_buyer: MoneyOut | None
    carried_out_at: datetime | None
    standing: ClaimStandingOut
    moves: list[str]
    lines: list[ClaimLineOut]
    offers: list[RemedyOut]
    inspections: list[ClaimInspectionOut]
    rulings: list[RulingOut]
    file: list[LeafOut]


class ClaimPage(Schema):
    items: list[ClaimBrief]
    next_cursor: str | None


class ClaimIssueOut(Schema):
    order: UUID
    issue: str
