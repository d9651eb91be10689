"""What programs send and read about complaints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from everfair.base.api import Schema, Words
from everfair.trust.actions.punishing import MOST_EVIDENCE
from everfair.trust.schemas.verification import Currency, Reason, _In
from everfair.trust.values.complaint import FINDING_WORDS, KIND_WORDS

ComplaintKind = Literal[(*KIND_WORDS,)]  # type: ignore[valid-type]
FindingName = Literal[(*FINDING_WORDS,)]  # type: ignore[valid-type]
Evidence = Annotated[list[UUID], Field(max_length=MOST_EVIDENCE)]


class MakeComplaintIn(_In):
    """`against`: the supplier's number. `amount` in main units. One of the agreed days at least; `files` were uploaded before."""

    against: Annotated[int, Field(ge=1, lt=2**63)]
    kind: ComplaintKind
    amount: Annotated[Words, Field(max_length=40)]
    currency: Currency
    agreed: Reason
    text: Reason
    pay_by: date | None = None
    deliver_by: date | None = None
    files: Evidence


class ReplyComplaintIn(_In):
    answer: Reason
    files: Evidence = []


class FindingIn(_In):
    finding: FindingName
    reason: Reason


class ComplaintOut(Schema):
    """As both companies see it; `answer_by` is the accused's last moment while it has not answered."""

    id: UUID
    number: int
    company_number: int
    against_number: int
    kind: str
    amount: str
    currency: str
    pay_by: date | None
    deliver_by: date | None
    agreed: str
    text: str
    files: list[UUID]
    state: str
    answer: str
    answer_files: list[UUID]
    answer_by: datetime | None
    decision_reason: str
    created_at: datetime
    ended_at: datetime | None
    moves: list[str]


class HeardComplaintOut(ComplaintOut):
    """With who was drawn and what was proposed, for reviewers."""

    maker: UUID | None
    checker: UUID | None
    finding: str
    finding_reason: str


class ComplaintCountOut(Schema):
    """What everybody may know."""

    company_number: int
    open: int
    founded: int
