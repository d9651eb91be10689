"""What programs send and read about cases of risk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words


class RiskReasonIn(Schema):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Words, Field(min_length=1, max_length=2000)]


class RiskOpenIn(RiskReasonIn):
    company_number: Annotated[int, Field(ge=1, lt=2**63)]


class RiskFindingOut(Schema):
    """One sign: how much it weighs, the figures it is made of, and what it says in the language of the request."""

    signal: str
    kind: str
    points: float
    figures: dict[str, str]
    sentence: str


class RiskCaseRow(Schema):
    id: UUID
    number: int
    company: UUID
    company_number: int
    state: str
    points: float
    scored_on: date
    created_at: datetime
    decide_by: datetime | None = Field(None, description="When a hold that nobody confirmed is lifted.")


class RiskCaseOut(RiskCaseRow):
    findings: list[RiskFindingOut]
    held_by: UUID | None
    lapsed_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str
    moves: list[str]


class RiskEdgeOut(Schema):
    """A company that has what the case's company has. `trait` is a kind and a keyed hash, never the thing itself."""

    company: UUID
    trait: str
    confirmed: bool
