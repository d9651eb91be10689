"""Cases of risk for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.deadlines import deadlines_of
from everfair.risk import actions, queries
from everfair.risk.facts import Finding
from everfair.risk.models import RiskCase
from everfair.risk.queries.cases import known_bad
from everfair.risk.queries.facts import neighbourhood
from everfair.risk.roles import REVIEWER
from everfair.risk.schemas import RiskCaseOut, RiskCaseRow, RiskEdgeOut, RiskFindingOut, RiskOpenIn, RiskReasonIn
from everfair.risk.sentences import sentence
from everfair.risk.states import RISK_CASE
from everfair.risk.values import KINDS, settings_at

router = Router(tags=["Risk"])


@router.get("/office/risk/cases", response=list[RiskCaseRow])
@allow(REVIEWER)
def list_risk_cases(request: HttpRequest) -> Any:
    """What is undecided: escalated first, then held, then by points; at most 200."""
    rows = queries.queue(request.actor)  # type: ignore[attr-defined]
    until = deadlines_of([row.pk for row in rows])
    return [RiskCaseRow(**_head(row, until)) for row in rows]


@router.post("/office/risk/cases", response={201: RiskCaseOut})
@allow(REVIEWER, proof="fresh")
@write
def open_risk_case(request: HttpRequest, payload: RiskOpenIn) -> Any:
    """Against a supplier whom no score proposed; where a case is undecided already, the reason is laid beside it."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, _case(actions.open_case(payload.company_number, payload.reason, by=actor).pk, actor)


@router.get("/office/risk/cases/{uuid:case_id}", response=RiskCaseOut)
@allow(REVIEWER)
def get_risk_case(request: HttpRequest, case_id: UUID) -> Any:
    return _case(case_id, request.actor)  # type: ignore[attr-defined]


@router.get("/office/risk/cases/{uuid:case_id}/graph", response=list[RiskEdgeOut])
@allow(REVIEWER)
def get_risk_graph(request: HttpRequest, case_id: UUID) -> Any:
    """Who shares what with the company of the case."""
    row = queries.case(case_id, request.actor)  # type: ignore[attr-defined]
    bad = known_bad()
    shares = neighbourhood(row.company_id, most=int(settings_at(row.scored_on)["link.common"]))
    return [
        RiskEdgeOut(company=pk, trait=f"{kind}:{digest}", confirmed=pk in bad)
        for kind, digest, pk in shares
        if pk != row.company_id
    ]


@router.post("/office/risk/cases/{uuid:case_id}/hold", response=RiskCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def hold_case(request: HttpRequest, case_id: UUID, payload: RiskReasonIn) -> Any:
    """Payouts and listings stop at once; a colleague decides in time, or the clock lets go."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.hold_case(case_id, payload.reason, by=actor)
    return _case(case_id, actor)


@router.post("/office/risk/cases/{uuid:case_id}/confirm", response=RiskCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def confirm_fraud(request: HttpRequest, case_id: UUID, payload: RiskReasonIn) -> Any:
    """A person's word, never that of who held it."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.confirm_fraud(case_id, payload.reason, by=actor)
    return _case(case_id, actor)


@router.post("/office/risk/cases/{uuid:case_id}/clear", response=RiskCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def clear_case(request: HttpRequest, case_id: UUID, payload: RiskReasonIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.clear_case(case_id, payload.reason, by=actor)
    return _case(case_id, actor)


def _head(row: RiskCase, until: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "company": row.company_id, "company_number": row.company.number, "state": row.state,
        "points": float(row.points), "scored_on": row.scored_on, "created_at": row.created_at,
        "decide_by": until.get((row.pk, actions.CONFIRM)),
    }  # fmt: skip


def _case(case_id: UUID, actor: Actor) -> RiskCaseOut:
    row = queries.case(case_id, actor)
    findings = [
        RiskFindingOut(
            signal=kept["signal"], kind=KINDS.get(kept["signal"], "conduct"), points=kept["points"], figures=kept["figures"],
            sentence=sentence(Finding(kept["signal"], kept["points"], tuple(kept["figures"].items()))),
        )
        for kept in row.findings
    ]  # fmt: skip
    return RiskCaseOut(
        **_head(row, deadlines_of([row.pk])), findings=findings, held_by=row.held_by_id, lapsed_at=row.lapsed_at,
        decided_by=row.decided_by_id, decided_at=row.decided_at, reason=row.reason, moves=RISK_CASE.allowed(row, actor),
    )  # fmt: skip
