"""What left our account, for a cashier's programs: which of ours a debit was, what came back, and returns one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import OPERATOR
from everfair.office import actions, values
from everfair.office.api.bank import decided, owed_return
from everfair.office.schemas.bank import (
    BouncedLineIn,
    CoverLineIn,
    DecisionOut,
    OwedReturnOut,
    PaidLineIn,
    WithdrawalLineIn,
)
from everfair.office.schemas.plain import WhyIn
from everfair.payments import queries
from everfair.payments.actions import (
    bounce_return,
    except_return,
    note_bounced,
    note_cover,
    note_paid,
    note_withdrawal,
    readmit_return,
)
from everfair.payments.roles import cashier

router = Router(tags=["Office: bank"])


@router.post("/office/bank/lines/{uuid:line_id}/cover", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def match_bank_line_with_cover(request: HttpRequest, line_id: UUID, payload: CoverLineIn) -> Any:
    """The line is a side of an exchange at our bank."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: note_cover(line_id, payload.cover, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/withdrawal", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def match_bank_line_with_withdrawal(request: HttpRequest, line_id: UUID, payload: WithdrawalLineIn) -> Any:
    """The line brought what a provider sent to our bank."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: note_withdrawal(line_id, payload.withdrawal, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/paid", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def match_bank_line_with_payouts(request: HttpRequest, line_id: UUID, payload: PaidLineIn) -> Any:
    """The debit paid these payouts and returns, to the cent."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: note_paid(line_id, payload.paid, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/bounced", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def match_bank_line_with_bounce(request: HttpRequest, line_id: UUID, payload: BouncedLineIn) -> Any:
    """The credit is a payout or a return of ours that came back; `why` its company reads."""
    by, reason = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: note_bounced(line_id, payload.payout, payload.why, reason, by=by), reason, by=by))


@router.post("/office/bank/returns/{uuid:return_id}/take-out", response=OwedReturnOut)
@allow(OPERATOR, proof="fresh")
@write
def take_out_bank_return(request: HttpRequest, return_id: UUID, payload: WhyIn) -> Any:
    """Out of its batch; it is owed as before, and waits for somebody to send it."""
    return _moved(values.RETURN_TAKEN_OUT, return_id, payload.reason, except_return, request.actor)  # type: ignore[attr-defined]


@router.post("/office/bank/returns/{uuid:return_id}/bounce", response=OwedReturnOut)
@allow(OPERATOR, proof="fresh")
@write
def bounce_bank_return(request: HttpRequest, return_id: UUID, payload: WhyIn) -> Any:
    """Our bank did not do it, or sent it back: it is owed as before."""
    return _moved(values.RETURN_BOUNCED, return_id, payload.reason, bounce_return, request.actor)  # type: ignore[attr-defined]


@router.post("/office/bank/returns/{uuid:return_id}/readmit", response=OwedReturnOut)
@allow(OPERATOR, proof="fresh")
@write
def readmit_bank_return(request: HttpRequest, return_id: UUID) -> Any:
    """It goes on, through a batch again."""
    by = request.actor  # type: ignore[attr-defined]
    actions.noted(values.RETURN_READMITTED, return_id, "", lambda: readmit_return(return_id, by=by), by=by)
    return OwedReturnOut(**owed_return(queries.bank_return(return_id)))


def _moved(act: str, return_id: UUID, why: str, move: Callable[..., Any], by: Actor) -> OwedReturnOut:
    actions.noted(act, return_id, why, lambda: move(return_id, why, by=by), by=by)
    return OwedReturnOut(**owed_return(queries.bank_return(return_id)))
