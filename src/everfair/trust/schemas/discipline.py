"""What programs send and read about penalty points and appeals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from everfair.base.api import Schema, Words
from everfair.trust.actions.punishing import LONGEST_REFERENCE, MOST_EVIDENCE
from everfair.trust.schemas.verification import Reason, _In
from everfair.trust.values import DECISION_WORDS, OFFENCES

OffenceName = Literal[(*OFFENCES,)]  # type: ignore[valid-type]
DecisionName = Literal[(*DECISION_WORDS,)]  # type: ignore[valid-type]


class GivePointsIn(_In):
    """`files`: ids of documents uploaded before, when no number says what it is about."""

    offence: OffenceName
    acted_on: date
    reason: Reason
    unresolved: bool = False
    reference: Annotated[Words, Field(max_length=LONGEST_REFERENCE)] = ""
    files: Annotated[list[UUID], Field(max_length=MOST_EVIDENCE)] = []


class AppealPointsIn(_In):
    text: Reason
    files: Annotated[list[UUID], Field(max_length=MOST_EVIDENCE)] = []


class DecidePointsIn(_In):
    """`left` goes with `reduce`: what the points count from now on."""

    verb: DecisionName
    reason: Reason
    left: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None


class PenaltyOut(Schema):
    """`counts` is what is left of `points` after an appeal; they count to the end of the day `until`."""

    id: UUID
    number: int
    offence: str
    acted_on: date
    points: int
    counts: int
    until: date
    state: str
    reason: str
    reference: str
    files: list[UUID]
    given_at: datetime | None
    appeal: str
    appeal_until: datetime | None


class SanctionOut(Schema):
    rung: str
    points: int
    since: datetime
    until: datetime | None
    state: str


class RungOut(Schema):
    """`days` is 0 for a warning, null for what has no end."""

    rung: str
    points: int
    days: int | None


class PointsLedgerOut(Schema):
    """`points` is what counts today."""

    points: int
    standing: SanctionOut | None
    penalties: list[PenaltyOut]
    sanctions: list[SanctionOut]
    ladder: list[RungOut]


class JudgedPenaltyOut(Schema):
    id: UUID
    number: int
    company: UUID
    company_number: int
    offence: str
    acted_on: date
    points: int
    counts: int
    state: str
    reason: str
    reference: str
    origin: str
    files: list[UUID]
    given_by: UUID | None
    confirmed_by: UUID | None
    given_at: datetime | None
    moves: list[str]


class PointsAppealOut(Schema):
    id: UUID
    penalty: UUID
    company: UUID
    text: str
    files: list[UUID]
    state: str
    left: int | None
    decision_reason: str
    decided_at: datetime | None


class DisciplineDeskOut(Schema):
    """`proposed` by an event, `waiting` for a second person, `appeals` for somebody who had no part in them."""

    proposed: list[JudgedPenaltyOut]
    waiting: list[JudgedPenaltyOut]
    appeals: list[PointsAppealOut]
