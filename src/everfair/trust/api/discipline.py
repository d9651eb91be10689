"""Points and appeals for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.refused import NotVisible
from everfair.base.roles import MEMBER
from everfair.companies.queries import companies_by_id
from everfair.companies.roles import OWNING
from everfair.trust import actions
from everfair.trust.models import Appeal, Penalty, Sanction
from everfair.trust.queries import discipline
from everfair.trust.queries.discipline import Ledger
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas.discipline import (
    AppealPointsIn,
    DecidePointsIn,
    DisciplineDeskOut,
    GivePointsIn,
    JudgedPenaltyOut,
    PenaltyOut,
    PointsAppealOut,
    PointsLedgerOut,
    RungOut,
    SanctionOut,
)
from everfair.trust.schemas.verification import TrustReasonIn
from everfair.trust.states import PENALTY

router = Router(tags=["Points and appeals"])


@router.get("/points", response=PointsLedgerOut)
@allow(MEMBER, scope="company:read")
def get_points(request: HttpRequest) -> Any:
    """What counts of the company's penalty points, what they led to, and the ladder."""
    actor = request.actor  # type: ignore[attr-defined]
    return _ledger(discipline.points_ledger(actor.company_id, actor))


@router.post("/points/{uuid:penalty_id}/appeal", response={201: PointsAppealOut})
@allow(OWNING, scope="company:write")
@write
def appeal_points(request: HttpRequest, penalty_id: UUID, payload: AppealPointsIn) -> Any:
    """Once for each penalty, within the time of the rule; documents are uploaded before."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, _appeal(actions.appeal_points(penalty_id, payload.text, by=actor, file_ids=payload.files))


@router.get("/office/discipline", response=DisciplineDeskOut)
@allow(REVIEWER)
def list_discipline_desk(request: HttpRequest) -> Any:
    """What waits, the longest first."""
    actor = request.actor  # type: ignore[attr-defined]
    found = discipline.discipline_desk(actor)
    return DisciplineDeskOut(
        proposed=[_judged(row, actor) for row in found.proposed], waiting=[_judged(row, actor) for row in found.waiting],
        appeals=[_appeal(row) for row in found.appeals],
    )  # fmt: skip


@router.get("/office/companies/{uuid:company_id}/points", response=PointsLedgerOut)
@allow(REVIEWER)
def get_company_points(request: HttpRequest, company_id: UUID) -> Any:
    if company_id not in companies_by_id([company_id]):
        raise NotVisible
    return _ledger(discipline.points_ledger(company_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/companies/{uuid:company_id}/points", response={201: JudgedPenaltyOut})
@allow(REVIEWER, proof="fresh")
@write
def give_points(request: HttpRequest, company_id: UUID, payload: GivePointsIn) -> Any:
    """They count at once, or wait for a second person: `state` says which."""
    actor = request.actor  # type: ignore[attr-defined]
    row = actions.give_points(
        company_id, payload.offence, payload.acted_on, payload.reason, by=actor, unresolved=payload.unresolved,
        reference=payload.reference, file_ids=payload.files,
    )  # fmt: skip
    return 201, _judged(discipline.penalty(row.pk, actor), actor)


@router.post("/office/points/{uuid:penalty_id}/take-up", response=JudgedPenaltyOut)
@allow(REVIEWER, proof="fresh")
@write
def take_up_points(request: HttpRequest, penalty_id: UUID, payload: TrustReasonIn) -> Any:
    """Make an event's proposal one's own."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.take_up_points(penalty_id, payload.reason, by=actor)
    return _judged(discipline.penalty(penalty_id, actor), actor)


@router.post("/office/points/{uuid:penalty_id}/confirm", response=JudgedPenaltyOut)
@allow(REVIEWER, proof="fresh")
@write
def confirm_points(request: HttpRequest, penalty_id: UUID, payload: TrustReasonIn) -> Any:
    """The second person's word."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.confirm_points(penalty_id, payload.reason, by=actor)
    return _judged(discipline.penalty(penalty_id, actor), actor)


@router.post("/office/points/{uuid:penalty_id}/drop", response=JudgedPenaltyOut)
@allow(REVIEWER, proof="fresh")
@write
def drop_points(request: HttpRequest, penalty_id: UUID, payload: TrustReasonIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.drop_points(penalty_id, payload.reason, by=actor)
    return _judged(discipline.penalty(penalty_id, actor), actor)


@router.post("/office/points-appeals/{uuid:appeal_id}/decide", response=PointsAppealOut)
@allow(REVIEWER, proof="fresh")
@write
def decide_points_appeal(request: HttpRequest, appeal_id: UUID, payload: DecidePointsIn) -> Any:
    """By somebody who neither gave nor confirmed the points."""
    actor = request.actor  # type: ignore[attr-defined]
    return _appeal(actions.decide_points_appeal(appeal_id, payload.verb, payload.reason, by=actor, left=payload.left))


def _ledger(found: Ledger) -> PointsLedgerOut:
    return PointsLedgerOut(
        points=found.points, standing=_sanction(found.standing) if found.standing else None,
        penalties=[_penalty(row, found) for row in found.penalties], sanctions=[_sanction(row) for row in found.sanctions],
        ladder=[RungOut(rung=rung.code, points=rung.points, days=rung.days) for rung in found.rungs],
    )  # fmt: skip


def _penalty(row: Penalty, found: Ledger) -> PenaltyOut:
    appeal = found.appeals.get(row.pk)
    return PenaltyOut(**_head(row), until=row.until, appeal=appeal.state if appeal else "", appeal_until=found.appeal_until(row))


def _head(row: Penalty) -> dict[str, Any]:
    names = ("number", "offence", "acted_on", "points", "counts", "state", "reason", "reference", "given_at")
    return {"id": row.pk, "files": row.file_ids} | {name: getattr(row, name) for name in names}


def _judged(row: Penalty, actor: Actor) -> JudgedPenaltyOut:
    return JudgedPenaltyOut(
        **_head(row), company=row.company_id, company_number=row.company.number, origin=row.origin, given_by=row.given_by_id,
        confirmed_by=row.confirmed_by_id, moves=[verb for verb in PENALTY.allowed(row, actor) if verb in ("give", "confirm", "drop")],
    )  # fmt: skip


def _appeal(row: Appeal) -> PointsAppealOut:
    return PointsAppealOut(
        id=row.pk, penalty=row.penalty_id, company=row.company_id, text=row.text, files=row.file_ids, state=row.state, left=row.left,
        decision_reason=row.decision_reason, decided_at=row.decided_at,
    )  # fmt: skip


def _sanction(row: Sanction) -> SanctionOut:
    return SanctionOut(rung=row.rung, points=row.points, since=row.since, until=row.until, state=row.state)
