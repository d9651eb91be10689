"""What programs send and read about verifications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words
from everfair.markets.table import MARKETS
from everfair.reference.queries import CURRENCIES
from everfair.trust.actions.applying import LONGEST, MOST_DOCUMENTS
from everfair.trust.values import CHECK_WORDS, DECLARABLE, FIELD_WORDS, LEVELS

MarketName = Literal[(*MARKETS,)]  # type: ignore[valid-type]
Level = Literal[(*LEVELS,)]  # type: ignore[valid-type]
CheckKind = Literal[(*CHECK_WORDS,)]  # type: ignore[valid-type]
FieldName = Literal[(*FIELD_WORDS,)]  # type: ignore[valid-type]
LinkKind = Literal[(*DECLARABLE,)]  # type: ignore[valid-type]
Currency = Literal[(*CURRENCIES,)]  # type: ignore[valid-type]
Reason = Annotated[Words, Field(min_length=1, max_length=2000)]
Value = Annotated[Words, Field(max_length=LONGEST)]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class BeginIn(_In):
    market: MarketName
    level: Level


class CheckIn(_In):
    """`declared`: the company's word by field; `valid_until` as YYYY-MM-DD. `files`: ids of files the company has added
    on the pages; the list replaces what was there."""

    declared: dict[FieldName, Value] = Field({}, max_length=10)
    files: list[UUID] = Field([], max_length=MOST_DOCUMENTS)


class AnswerReviewersIn(_In):
    answer: Reason


class RecordIn(_In):
    """`found`: the values as they stand in the evidence. `valid_until`: the document's own last day. `cost`: what the check cost the
    platform, in main units of `currency`."""

    result: Literal["passed", "failed"]
    found: dict[FieldName, Value] = Field({}, max_length=10)
    reason: Reason
    valid_until: date | None = None
    cost: str | None = Field(None, max_length=40, pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")
    currency: Currency = "USD"


class AskIn(_In):
    question: Reason


class ProposeIn(_In):
    proposal: Literal["grant", "refuse"]
    reason: Reason


class TrustReasonIn(_In):
    reason: Reason


class LinkIn(_In):
    """`person`: the id of one of the staff."""

    person: UUID
    kind: LinkKind
    note: Reason


class VerificationCheckOut(Schema):
    """`documents`: how many it asks for at least; `fields`: what it asks to be declared. `result`: open, passed or failed, told to the
    company once it is decided; `reason` where it failed."""

    kind: CheckKind
    fields: list[str]
    documents: int
    declared: dict[str, str]
    files: list[UUID]
    result: str
    reason: str
    at: datetime | None
    valid_until: date | None


class VerificationOut(Schema):
    """`moves`: what the caller may do now. `answer_by`: when the reviewers go on without an answer. `place` in the line, from 1, and the
    day on which its turn is expected, while it has not come."""

    id: UUID
    number: int
    market: str
    level: str
    state: str
    created_at: datetime
    submitted_at: datetime | None
    question: str
    answer: str
    answer_by: datetime | None
    decision_reason: str
    decided_at: datetime | None
    until: date | None
    place: int | None
    expected_on: date | None
    moves: list[str]
    checks: list[VerificationCheckOut]


class VerificationRow(Schema):
    id: UUID
    number: int
    market: str
    level: str
    state: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    until: date | None


class ReadFieldOut(Schema):
    """One field beside what was declared. `confidence`: the machine's own, 0 to 100, null where it read nothing. `likeness`: of names
    that are written differently, 0 to 100. `verdict`: same, alike, differs, unread, undeclared."""

    field: str
    declared: str
    read: str
    verdict: str
    confidence: int | None
    likeness: int | None


class ReadPaperOut(Schema):
    """What a machine read in one paper: no verdict. `problem` where it could read nothing: nothing, limits, broken."""

    file: UUID
    problem: str
    fields: list[ReadFieldOut]
    lines: list[str]


class ScreeningStateOut(Schema):
    """`state`: clear, open, confirmed, waits, stale, never. Never to be told to the company."""

    state: str
    waits: int
    hits: int
    at: datetime | None


class ReviewedCheckOut(VerificationCheckOut):
    """With what was found and what it cost, in main units of its currency."""

    found: dict[str, str]
    differs: list[str]
    by: UUID | None
    cost: str | None
    currency: str


class TrustLinkOut(Schema):
    person: UUID
    kind: str
    note: str
    at: datetime


class ReviewCaseOut(Schema):
    """One case for its reviewers: who was drawn, what was proposed, who is linked to the company."""

    id: UUID
    number: int
    company: UUID
    company_number: int
    company_name: str
    market: str
    level: str
    state: str
    submitted_at: datetime | None
    maker: UUID | None
    checker: UUID | None
    proposal: str
    proposal_reason: str
    question: str
    answer: str
    answer_by: datetime | None
    decision_reason: str
    decided_at: datetime | None
    until: date | None
    moves: list[str]
    checks: list[ReviewedCheckOut]
    links: list[TrustLinkOut]
    readings: list[ReadPaperOut]
    screening: ScreeningStateOut


class DeskRow(VerificationRow):
    company: UUID
    company_number: int
    maker: UUID | None
    checker: UUID | None


class DeskOut(Schema):
    """`to_look` and `to_decide` are the caller's; `others` are with somebody else; `waiting` found no two reviewers yet."""

    to_look: list[DeskRow]
    to_decide: list[DeskRow]
    others: list[DeskRow]
    waiting: list[DeskRow]


class SeenCheckOut(Schema):
    kind: str
    seen_on: date
    valid_until: date


class CompanyLevelOut(Schema):
    """What a passport shows: `level` is registered where nothing stands. Papers are never part of it."""

    company_number: int
    market: str
    level: str
    since: date | None
    until: date | None
    checks: list[SeenCheckOut]


class LevelOut(Schema):
    level: str
    checks: list[str]


class VerifyingOut(Schema):
    """Each level asks for the checks of those below it too. `median_days`: from handing in to the decision, over 90 days."""

    market: str
    levels: list[LevelOut]
    waiting: int
    in_review: int
    decided: int
    granted: int
    median_days: float | None
