"""Verifications for programs: the same verbs, permissions and refusals as the pages."""

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
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.companies.queries import company_by_number
from everfair.companies.roles import OWNING
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust import actions, queries
from everfair.trust.actions.applying import ANSWER
from everfair.trust.comparing import compare
from everfair.trust.models import Check, Verification
from everfair.trust.pages.faces import company_name
from everfair.trust.pages.own import own_lines
from everfair.trust.pages.reading import read_fields
from everfair.trust.queries.reading import declared_of, readings_of
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas import (
    AnswerReviewersIn,
    AskIn,
    BeginIn,
    CheckIn,
    CheckKind,
    CompanyLevelOut,
    DeskOut,
    DeskRow,
    LevelOut,
    LinkIn,
    MarketName,
    ProposeIn,
    ReadFieldOut,
    ReadPaperOut,
    RecordIn,
    ReviewCaseOut,
    ReviewedCheckOut,
    ScreeningStateOut,
    SeenCheckOut,
    TrustLinkOut,
    TrustReasonIn,
    VerificationCheckOut,
    VerificationOut,
    VerificationRow,
    VerifyingOut,
)
from everfair.trust.states import VERIFICATION
from everfair.trust.values import LEVELS

router = Router(tags=["Verification"])


@router.get("/verifications", response=list[VerificationRow])
@allow(MEMBER, scope="company:read")
def list_verifications(request: HttpRequest) -> Any:
    """What the company has asked for so far, newest first, at most 50."""
    return [_row(row) for row in queries.own_verifications(request.actor)]  # type: ignore[attr-defined]


@router.post("/verifications", response={201: VerificationOut})
@allow(OWNING, scope="company:write")
@write
def begin_verification(request: HttpRequest, payload: BeginIn) -> Any:
    """A draft with the checklist of the level. While one is open, that one again."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, _own(actions.begin_verification(payload.market, payload.level, by=actor).pk, actor)


@router.get("/verifications/{uuid:verification_id}", response=VerificationOut)
@allow(MEMBER, scope="company:read")
def get_verification(request: HttpRequest, verification_id: UUID) -> Any:
    return _own(verification_id, request.actor)  # type: ignore[attr-defined]


@router.post("/verifications/{uuid:verification_id}/checks/{kind}", response=VerificationOut)
@allow(OWNING, scope="company:write")
@write
def fill_check(request: HttpRequest, verification_id: UUID, kind: CheckKind, payload: CheckIn) -> Any:
    """What the company says for one line of the checklist, and the documents that show it."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.fill_check(verification_id, kind, payload.declared, payload.files, by=actor)
    return _own(verification_id, actor)


@router.post("/verifications/{uuid:verification_id}/submit", response=VerificationOut)
@allow(OWNING, scope="company:write")
@write
def submit_verification(request: HttpRequest, verification_id: UUID) -> Any:
    """Hand it in: two reviewers are drawn by lot when its turn has come."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.submit_verification(verification_id, by=actor)
    return _own(verification_id, actor)


@router.post("/verifications/{uuid:verification_id}/answer", response=VerificationOut)
@allow(OWNING, scope="company:write")
@write
def answer_reviewers(request: HttpRequest, verification_id: UUID, payload: AnswerReviewersIn) -> Any:
    """Answer the reviewers' question; what they asked for is changed in the checks before."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.answer_reviewers(verification_id, payload.answer, by=actor)
    return _own(verification_id, actor)


@router.post("/verifications/{uuid:verification_id}/withdraw", response=VerificationOut)
@allow(OWNING, scope="company:write")
@write
def withdraw_verification(request: HttpRequest, verification_id: UUID) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.withdraw_verification(verification_id, by=actor)
    return _own(verification_id, actor)


@router.get("/companies/{number}/level", response=CompanyLevelOut)
@allow(EVERYONE)
def get_company_level(request: HttpRequest, number: int, market: MarketName = DEFAULT_MARKET) -> Any:
    """What a company carries, and what was looked at when; never the papers."""
    company = company_by_number(number, NOBODY)
    row = queries.standing_verification(company.pk, market)
    checks = queries.checks_of(row.pk) if row is not None else []
    return CompanyLevelOut(
        company_number=company.number, market=market, level=row.level if row else "registered",
        since=row.decided_at.date() if row and row.decided_at else None, until=row.until if row else None,
        checks=[SeenCheckOut(kind=c.kind, seen_on=c.at.date(), valid_until=c.valid_until) for c in checks if c.at and c.valid_until],
    )  # fmt: skip


@router.get("/verification-levels", response=VerifyingOut)
@allow(EVERYONE)
def list_verification_levels(request: HttpRequest, market: MarketName = DEFAULT_MARKET) -> Any:
    """How companies are verified in a market, and how long it takes at present."""
    found = queries.queue(market)
    levels = [LevelOut(level=level, checks=[line.check for line in own_lines(market, level)]) for level in LEVELS]
    return VerifyingOut(
        market=market, levels=levels, waiting=found.waiting, in_review=found.in_review, decided=found.decided,
        granted=found.granted, median_days=None if found.median_days is None else round(float(found.median_days), 2),
    )  # fmt: skip


@router.get("/office/verifications", response=DeskOut)
@allow(REVIEWER)
def list_review_desk(request: HttpRequest) -> Any:
    """What is open, who has waited longest first."""
    found = queries.desk(request.actor)  # type: ignore[attr-defined]
    groups = {name: [_desk_row(row) for row in getattr(found, name)] for name in ("to_look", "to_decide", "others", "waiting")}
    return DeskOut(**groups)


@router.get("/office/verifications/{uuid:verification_id}", response=ReviewCaseOut)
@allow(REVIEWER)
def get_review_case(request: HttpRequest, verification_id: UUID) -> Any:
    return _case(verification_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/verifications/{uuid:verification_id}/checks/{kind}", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def record_check(request: HttpRequest, verification_id: UUID, kind: CheckKind, payload: RecordIn) -> Any:
    """What was seen in the evidence of one check; only by who was drawn to look."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.record_check(
        verification_id, kind, payload.result, payload.found, payload.reason, by=actor, valid_until=payload.valid_until,
        cost=_cost(payload),
    )  # fmt: skip
    return _case(verification_id, actor)


@router.post("/office/verifications/{uuid:verification_id}/ask", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def ask_applicant(request: HttpRequest, verification_id: UUID, payload: AskIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.ask_applicant(verification_id, payload.question, by=actor)
    return _case(verification_id, actor)


@router.post("/office/verifications/{uuid:verification_id}/propose", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def propose_verification(request: HttpRequest, verification_id: UUID, payload: ProposeIn) -> Any:
    """The first of two words."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.propose_verification(verification_id, payload.proposal, payload.reason, by=actor)
    return _case(verification_id, actor)


@router.post("/office/verifications/{uuid:verification_id}/return", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def return_verification(request: HttpRequest, verification_id: UUID, payload: TrustReasonIn) -> Any:
    """The second one sees it otherwise: the first looks again."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.return_verification(verification_id, payload.reason, by=actor)
    return _case(verification_id, actor)


@router.post("/office/verifications/{uuid:verification_id}/grant", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def grant_verification(request: HttpRequest, verification_id: UUID, payload: TrustReasonIn) -> Any:
    """The second word on a proposal to grant."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.grant_verification(verification_id, payload.reason, by=actor)
    return _case(verification_id, actor)


@router.post("/office/verifications/{uuid:verification_id}/refuse", response=ReviewCaseOut)
@allow(REVIEWER, proof="fresh")
@write
def refuse_verification(request: HttpRequest, verification_id: UUID, payload: TrustReasonIn) -> Any:
    """The second word on a proposal to refuse."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.refuse_verification(verification_id, payload.reason, by=actor)
    return _case(verification_id, actor)


@router.post("/office/companies/{uuid:company_id}/links", response={201: TrustLinkOut})
@allow(OPERATOR, proof="fresh")
@write
def declare_link(request: HttpRequest, company_id: UUID, payload: LinkIn) -> Any:
    """Somebody of the staff has to do with a company, oneself or another. It never ends."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.declare_link(payload.person, company_id, payload.kind, payload.note, by=actor)
    link = next(row for row in queries.links_of(company_id) if (row.person_id, row.kind) == (payload.person, payload.kind))
    return 201, _link(link)


def _cost(payload: RecordIn) -> Money | None:
    if payload.cost is None:
        return None
    try:
        return read_money(payload.cost, payload.currency, zero=True)
    except ValidationError as error:
        raise Refused("trust.cost", error.messages[0], field="cost", status=422) from None


def _row(row: Verification) -> VerificationRow:
    return VerificationRow(**_head(row))


def _head(row: Verification) -> dict[str, Any]:
    names = ("number", "market", "level", "state", "created_at", "submitted_at", "decided_at", "until")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


def _own(verification_id: UUID, actor: Actor) -> VerificationOut:
    row = queries.verification(verification_id, actor)
    if row.company_id != actor.company_id:
        raise NotVisible
    told = row.decided_at is not None
    checks = [VerificationCheckOut(**_check(check, row, told=told)) for check in queries.checks_of(row.pk)]
    turn = queries.turn_of(row)
    return VerificationOut(
        **_head(row), place=turn.place if turn else None, expected_on=turn.expected_on if turn else None, question=row.question, answer=row.answer, answer_by=_answer_by(row), decision_reason=row.decision_reason,
        moves=VERIFICATION.allowed(row, actor), checks=checks,
    )  # fmt: skip


def _answer_by(row: Verification) -> Any:
    return deadlines_of([row.pk]).get((row.pk, ANSWER)) if row.state == "asked" else None


def _check(check: Check, row: Verification, *, told: bool) -> dict[str, Any]:
    """`told`: the company knows a result once it is decided, and the reason where it failed."""
    line = queries.requirement(check, row.market)
    return {
        "kind": check.kind, "fields": list(line.fields), "documents": line.documents, "declared": check.declared, "files": check.file_ids,
        "result": check.result if told else "open", "reason": check.reason if told and check.result == "failed" else "",
        "at": check.at if told else None, "valid_until": check.valid_until if told else None,
    }  # fmt: skip


def _case(verification_id: UUID, actor: Actor) -> ReviewCaseOut:
    row = queries.verification(verification_id, actor)
    checks = queries.checks_of(row.pk)
    return ReviewCaseOut(
        id=row.pk, number=row.number, company=row.company_id, company_number=row.company.number, company_name=company_name(row.company),
        market=row.market, level=row.level, state=row.state, submitted_at=row.submitted_at, maker=row.maker_id, checker=row.checker_id,
        proposal=row.proposal, proposal_reason=row.proposal_reason, question=row.question, answer=row.answer, answer_by=_answer_by(row),
        decision_reason=row.decision_reason, decided_at=row.decided_at, until=row.until, moves=VERIFICATION.allowed(row, actor),
        checks=[_reviewed(check, row) for check in checks],
        links=[_link(link) for link in queries.links_of(row.company_id)],
        readings=_readings(checks, row), screening=_screening(row.company_id, actor),
    )  # fmt: skip


def _reviewed(check: Check, row: Verification) -> ReviewedCheckOut:
    found = compare(queries.requirement(check, row.market).fields, check.declared, check.found)
    cost = Money(check.cost_minor, check.cost_currency) if check.cost_currency else None
    body = _check(check, row, told=True) | {"reason": check.reason}
    return ReviewedCheckOut(
        **body, found=check.found, differs=[each.field for each in found if each.verdict == "differs"], by=check.by_id,
        cost=f"{cost.amount:f}" if cost else None, currency=check.cost_currency,
    )  # fmt: skip


def _readings(checks: list[Check], row: Verification) -> list[ReadPaperOut]:
    declared = declared_of(checks, row.company)
    return [
        ReadPaperOut(
            file=paper.file_id, problem=paper.problem, lines=paper.lines,
            fields=[
                ReadFieldOut(
                    field=each.face.field, declared=each.face.declared, read=each.face.found, verdict=each.face.verdict,
                    confidence=each.percent, likeness=each.face.score,
                )
                for each in read_fields(paper, declared)
            ],
        )
        for paper in readings_of(checks)
    ]  # fmt: skip


def _screening(company_id: UUID, actor: Actor) -> ScreeningStateOut:
    found = queries.screening_state(company_id, actor)
    state = found.blocks or ("clear" if found.at else "never")
    return ScreeningStateOut(state=state, waits=found.waits, hits=found.hits, at=found.at)


def _desk_row(row: Verification) -> DeskRow:
    return DeskRow(
        **_head(row), company=row.company_id, company_number=row.company.number, maker=row.maker_id, checker=row.checker_id
    )


def _link(link: Any) -> TrustLinkOut:
    return TrustLinkOut(person=link.person_id, kind=link.kind, note=link.note, at=link.created_at)
