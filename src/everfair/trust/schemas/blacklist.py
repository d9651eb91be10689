"""What programs send and read about the blacklist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from everfair.base.api import Schema
from everfair.trust.schemas.verification import Reason, _In
from everfair.trust.values.blacklist import REENTRY_FINDING_WORDS

EntryVerb = Literal["confirm", "drop", "uphold", "remove"]
ReentryFinding = Literal[(*REENTRY_FINDING_WORDS,)]  # type: ignore[valid-type]
Search = Annotated[str, Field(max_length=100)]


class BlacklistIn(_In):
    public_reason: Reason
    evidence: Reason


class ListingAppealIn(_In):
    text: Reason


class ReentryIn(_In):
    finding: ReentryFinding
    reason: Reason


class BlacklistedOut(Schema):
    """What everybody reads."""

    number: int
    company_number: int
    company: str
    registration_number: str
    since: date
    reason: str
    state: str


class BlacklistEntryOut(Schema):
    id: UUID
    number: int
    company: UUID
    public_reason: str
    evidence: str
    state: str
    listed_at: datetime | None
    appeal: str
    judgement: str


class ListingAppealOut(Schema):
    id: UUID
    number: int
    state: str
    reason: str
    appeal: str


class ReentryOut(Schema):
    """`kinds`: what the company shares with the listed one."""

    id: UUID
    company: UUID
    entry: UUID
    kinds: list[str]
    state: str
    finding: str
    reason: str


class BlacklistDeskOut(Schema):
    entries: list[BlacklistEntryOut]
    reentries: list[ReentryOut]
