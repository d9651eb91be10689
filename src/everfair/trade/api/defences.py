"""A seller's evidence against a chargeback, for programs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.trade import actions, queries
from everfair.trade.roles import DEFENDING
from everfair.trade.schemas.defences import DefenceIn, DefenceOut

router = Router(tags=["Money"])


@router.get("/chargebacks/{uuid:chargeback_id}/defence", response=DefenceOut)
@allow(DEFENDING, scope="money:read")
def get_defence(request: HttpRequest, chargeback_id: UUID) -> Any:
    """What the platform holds that speaks for you, and what you have handed in; for the company that was paid."""
    return _out(request, chargeback_id)


@router.post("/chargebacks/{uuid:chargeback_id}/defence", response={201: DefenceOut})
@allow(DEFENDING, scope="money:write")
@write
def defend_chargeback(request: HttpRequest, chargeback_id: UUID, payload: DefenceIn) -> Any:
    """Hand in what speaks for you, or add to it, until the operator has answered the provider or the day is over. It stays as it is."""
    given = payload
    actions.defend_chargeback(chargeback_id, given.statement, given.relies_on, given.files, by=request.actor)  # type: ignore[attr-defined]
    return 201, DefenceOut(**_out(request, chargeback_id))


def _out(request: HttpRequest, chargeback_id: UUID) -> dict[str, Any]:
    case = queries.charged(chargeback_id, request.actor)  # type: ignore[attr-defined]
    found = case.chargeback
    return {
        "chargeback": found.pk,
        "order": case.order.pk,
        "amount": MoneyOut.of(found.amount),
        "reason_code": found.reason_code,
        "state": found.state,
        "open": case.open,
        "until": found.evidence_due_at,
        "papers": [{"code": code, "text": text} for code, text in case.papers.items()],
        "sent": [
            {"n": row.n, "at": row.created_at, "statement": row.statement, "relies_on": list(row.papers), "files": row.files}
            for row in case.sent
        ],
    }
