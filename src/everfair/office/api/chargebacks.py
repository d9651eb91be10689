"""Chargebacks for the operator's programs: what came back, what still can, and the answer to each."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.money import Money
from everfair.base.roles import OPERATOR
from everfair.office import actions
from everfair.office.api.lists import fraction, id_in, listed
from everfair.office.queries.outgoing import chargeback_file
from everfair.office.schemas.chargebacks import (
    ChargebackAnswerIn,
    ChargebackExposureOut,
    ChargebackFileOut,
    DeskChargebackPage,
)
from everfair.payments import queries

router = Router(tags=["Office: chargebacks"])


@router.get("/office/chargebacks", response=DeskChargebackPage)
@allow(OPERATOR)
def list_all_chargebacks(
    request: HttpRequest,
    state: Literal["", "open", "won", "lost", "retaken", "reinstated"] = "",
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """Newest first."""
    found = queries.chargebacks_page(state=state, before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _brief, lambda row: str(row.pk))


@router.get("/office/chargebacks/exposure", response=ChargebackExposureOut)
@allow(OPERATOR)
def get_chargeback_exposure(request: HttpRequest) -> Any:
    """What is open, how much of each rail's payments came back, what still can, and what stands against it."""
    seen = queries.chargeback_exposure()
    return {
        "by_rail": [
            {"rail": row.of, "company": None, "count": row.count, "amount": MoneyOut.of(row.amount)} for row in seen.by_rail
        ],
        "by_seller": [
            {"rail": None, "company": row.of, "count": row.count, "amount": MoneyOut.of(row.amount)} for row in seen.by_seller
        ],
        "ratios": [
            {name: getattr(row, name) for name in ("rail", "days", "payments", "charged", "alarm")}
            | {"by_count": fraction(row.by_count), "by_amount": fraction(row.by_amount)}
            | {"paid": MoneyOut.of(row.paid), "back": MoneyOut.of(row.back)}
            for row in seen.ratios
        ],
        "covered": [
            {name: MoneyOut.of(getattr(row, name)) for name in ("at_risk", "reserve", "debts")}
            | {"currency": row.currency, "ages": [MoneyOut.of(part) for part in row.ages], "debt_count": row.debt_count}
            for row in seen.covered
        ],
        "alarm": fraction(seen.alarm),
        "days": seen.days,
    }


@router.get("/office/chargebacks/{uuid:chargeback_id}", response=ChargebackFileOut)
@allow(OPERATOR)
def get_chargeback_file(request: HttpRequest, chargeback_id: UUID) -> Any:
    return _file(chargeback_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/chargebacks/{uuid:chargeback_id}/answer", response=ChargebackFileOut)
@allow(OPERATOR, proof="fresh")
@write
def answer_chargeback(request: HttpRequest, chargeback_id: UUID, payload: ChargebackAnswerIn) -> Any:
    """Accept it (it is lost at once) or contest it with what speaks for the seller. Once, and before its day is over."""
    actions.answer_chargeback_with_note(chargeback_id, payload.answer, payload.evidence, by=request.actor)  # type: ignore[attr-defined]
    return ChargebackFileOut(**_file(chargeback_id, request.actor))  # type: ignore[attr-defined]


def _brief(found: Any) -> dict[str, Any]:
    plain = (
        "id", "rail", "ref", "reason_code", "state", "answer", "failure", "evidence_due_at", "answered_at", "sent_at", "ended_at",
    )  # fmt: skip
    return {name: getattr(found, name) for name in plain} | {
        "payment": found.intent_id,
        "payer": found.company_id,
        "payee": found.payee_id,
        "amount": MoneyOut.of(found.amount),
        "fee": MoneyOut.of(found.fee),
        "opened_at": found.created_at,
    }


def _file(chargeback_id: UUID, actor: Actor) -> dict[str, Any]:
    file = chargeback_file(chargeback_id, actor)
    return _brief(file.chargeback) | {
        "description": file.intent.description,
        "evidence": file.chargeback.evidence,
        "proposal": file.proposal,
        "defence": [
            {"n": row.n, "at": row.created_at, "statement": row.statement, "relies_on": list(row.papers), "files": row.files}
            for row in file.sent
        ],
        "takes": [
            {
                "n": n,
                "source": take.source,
                "company": take.company_id,
                "amount": MoneyOut.of(take.amount),
                "returned": MoneyOut.of(Money(take.returned_minor, take.currency)),
            }
            for n, take in enumerate(file.takes, 1)
        ],
    }
