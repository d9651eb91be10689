"""What programs send and read about screening."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words
from everfair.trust.values.screening import SOURCES

ListSource = Literal[(*SOURCES,)]  # type: ignore[valid-type]
HitReason = Annotated[Words, Field(min_length=1, max_length=2000)]


class HitReasonIn(Schema):
    model_config = ConfigDict(extra="forbid")

    reason: HitReason


class HitProposalIn(HitReasonIn):
    proposal: Literal["clear", "confirm"]


class SanctionListOut(Schema):
    """One source. `edition_on` is null while nobody brought it; `is_old` by the rule `trust.sanctions_days`; `being_read`: a newer edition
    is taken and in force within minutes."""

    source: str
    edition_on: date | None
    days: int | None
    is_old: bool
    being_read: bool
    entries: int
    names: int
    digest: str
    imported_by: str
    in_force_at: datetime | None


class ListTakenOut(Schema):
    """`is_new` is false where these files were brought before; `left_out` rows were of entries that it does not have."""

    source: str
    edition_on: date
    entries: int
    names: int
    left_out: int
    is_new: bool


class HitPartOut(Schema):
    """`how`: same, alike, ours or theirs (it stands alone on that side)."""

    ours: str
    theirs: str
    how: str


class HitRow(Schema):
    id: UUID
    number: int
    company: UUID
    company_number: int
    role: str
    name: str
    listed_name: str
    source: str
    entry: str
    score: Decimal
    needs_two: bool
    state: str
    created_at: datetime


class HitOut(HitRow):
    """`same_country` is null where none is published. `moves`: what the caller may say now."""

    strength: str
    kind: str
    programme: str
    remarks: str
    countries: list[str]
    edition_on: date
    same_country: bool | None
    parts: list[HitPartOut]
    sentence: str
    proposal: str
    proposal_reason: str
    proposed_by: UUID | None
    reason: str
    decided_by: UUID | None
    decided_at: datetime | None
    moves: list[str]


class HitDeskOut(Schema):
    """`open` and `proposed` with the likeliest first; `decided` the newest 50. `waiting`: companies that wait to be screened."""

    open: list[HitRow]
    proposed: list[HitRow]
    decided: list[HitRow]
    waiting: int
