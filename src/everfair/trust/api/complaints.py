"""Complaints for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Router

from everfair.base.actor import NOBODY, Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.deadlines import deadlines_of
from everfair.base.forms import read_money
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import EVERYONE, MEMBER
from everfair.companies.queries import company_by_number
from everfair.companies.roles import BUYING, SELLING
from everfair.trust import actions
from everfair.trust.actions.complaining import REPLY
from everfair.trust.models import Complaint
from everfair.trust.queries import complaints as queries
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas.complaint import (
    ComplaintCountOut,
    ComplaintOut,
    FindingIn,
    HeardComplaintOut,
    MakeComplaintIn,
    ReplyComplaintIn,
)
from everfair.trust.schemas.verification import TrustReasonIn
from everfair.trust.states import COMPLAINT

router = Router(tags=["Complaints"])


@router.get("/complaints", response=list[ComplaintOut])
@allow(MEMBER, scope="company:read")
def list_complaints(request: HttpRequest) -> Any:
    """Made and received, newest first, at most 200."""
    actor = request.actor  # type: ignore[attr-defined]
    return [ComplaintOut(**_body(row, actor)) for row in queries.own_complaints(actor)]


@router.post("/complaints", response={201: ComplaintOut})
@allow(BUYING, scope="company:write")
@write
def make_complaint(request: HttpRequest, payload: MakeComplaintIn) -> Any:
    """About a deal outside the platform, within the time of the rule."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        amount = read_money(payload.amount, payload.currency)
        other = company_by_number(payload.against, actor)
    except ValidationError as error:
        raise Refused("trust.amount", error.messages[0], field="amount", status=422) from None
    row = actions.make_complaint(
        other.pk, payload.kind, amount, payload.agreed, payload.text, by=actor, pay_by=payload.pay_by, deliver_by=payload.deliver_by,
        file_ids=payload.files,
    )  # fmt: skip
    return 201, _own(row.pk, actor)


@router.get("/complaints/{uuid:complaint_id}", response=ComplaintOut)
@allow(MEMBER, scope="company:read")
def get_complaint(request: HttpRequest, complaint_id: UUID) -> Any:
    return _own(complaint_id, request.actor)  # type: ignore[attr-defined]


@router.post("/complaints/{uuid:complaint_id}/reply", response=ComplaintOut)
@allow(SELLING, scope="company:write")
@write
def reply_complaint(request: HttpRequest, complaint_id: UUID, payload: ReplyComplaintIn) -> Any:
    """The accused company's one answer."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.reply_complaint(complaint_id, payload.answer, by=actor, file_ids=payload.files)
    return _own(complaint_id, actor)


@router.post("/complaints/{uuid:complaint_id}/settle", response=ComplaintOut)
@allow(BUYING, scope="company:write")
@write
def settle_complaint(request: HttpRequest, complaint_id: UUID, payload: TrustReasonIn) -> Any:
    """Who complained says that it was made good."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.settle_complaint(complaint_id, payload.reason, by=actor)
    return _own(complaint_id, actor)


@router.get("/companies/{number}/complaints", response=ComplaintCountOut)
@allow(EVERYONE)
def count_complaints(request: HttpRequest, number: int) -> Any:
    """How many complaints about a company are open, and how many were founded; nothing of what they say."""
    company = company_by_number(number, NOBODY)
    found = queries.complaint_count(company.pk)
    return ComplaintCountOut(company_number=company.number, open=found.open, founded=found.founded)


@router.get("/office/complaints/{uuid:complaint_id}", response=HeardComplaintOut)
@allow(REVIEWER)
def get_heard_complaint(request: HttpRequest, complaint_id: UUID) -> Any:
    return _heard(complaint_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/complaints/{uuid:complaint_id}/propose", response=HeardComplaintOut)
@allow(REVIEWER, proof="fresh")
@write
def propose_finding(request: HttpRequest, complaint_id: UUID, payload: FindingIn) -> Any:
    """The first of two words."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.propose_finding(complaint_id, payload.finding, payload.reason, by=actor)
    return _heard(complaint_id, actor)


@router.post("/office/complaints/{uuid:complaint_id}/return", response=HeardComplaintOut)
@allow(REVIEWER, proof="fresh")
@write
def return_complaint(request: HttpRequest, complaint_id: UUID, payload: TrustReasonIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.return_complaint(complaint_id, payload.reason, by=actor)
    return _heard(complaint_id, actor)


@router.post("/office/complaints/{uuid:complaint_id}/decide", response=HeardComplaintOut)
@allow(REVIEWER, proof="fresh")
@write
def decide_complaint(request: HttpRequest, complaint_id: UUID, payload: TrustReasonIn) -> Any:
    """The second word, which agrees with the first."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.decide_complaint(complaint_id, payload.reason, by=actor)
    return _heard(complaint_id, actor)


def _own(complaint_id: UUID, actor: Actor) -> ComplaintOut:
    row = queries.complaint(complaint_id, actor)
    if actor.company_id not in (row.company_id, row.against_id):
        raise NotVisible
    return ComplaintOut(**_body(row, actor, deadlines_of([row.pk]).get((row.pk, REPLY))))


def _heard(complaint_id: UUID, actor: Actor) -> HeardComplaintOut:
    row = queries.complaint(complaint_id, actor)
    body = _body(row, actor, deadlines_of([row.pk]).get((row.pk, REPLY)))
    return HeardComplaintOut(
        **body, maker=row.maker_id, checker=row.checker_id, finding=row.finding, finding_reason=row.finding_reason
    )


def _body(row: Complaint, actor: Actor, answer_by: Any = None) -> dict[str, Any]:
    names = (
        "id",
        "number",
        "kind",
        "currency",
        "pay_by",
        "deliver_by",
        "agreed",
        "text",
        "state",
        "answer",
        "decision_reason",
        "created_at",
        "ended_at",
    )
    return {name: getattr(row, name) for name in names} | {
        "company_number": row.company.number, "against_number": row.against.number, "files": row.file_ids,
        "answer_files": row.answer_file_ids, "amount": f"{Money(row.amount_minor, row.currency).amount:f}",
        "answer_by": answer_by, "moves": COMPLAINT.allowed(row, actor),
    }  # fmt: skip
