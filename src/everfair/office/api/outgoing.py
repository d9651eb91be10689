"""Money that leaves, for the operator's programs: batches, payouts one by one, bank accounts, what companies owe."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.companies.queries import linked_people
from everfair.office import actions
from everfair.office.api.lists import id_in, listed
from everfair.office.pages.batches import file_answer
from everfair.office.queries.outgoing import batch_moves, payout_moves
from everfair.office.schemas.outgoing import (
    BankWordIn,
    BatchOut,
    BatchPage,
    DeskAccountFileOut,
    DeskAccountPage,
    DeskDebtPage,
    DeskPayoutMovesOut,
    DeskPayoutPage,
    SeenIn,
    SeenTotalIn,
)
from everfair.office.schemas.plain import WhyIn
from everfair.payments import queries
from everfair.payments.values import payout_reference

router = Router(tags=["Office: money that leaves"])
XML = {
    "responses": {
        200: {"description": "The file", "content": {"application/xml": {"schema": {"type": "string", "format": "binary"}}}}
    }
}

# ── batches ──


@router.get("/office/batches", response=BatchPage)
@allow(OPERATOR)
def list_batches(
    request: HttpRequest,
    state: Literal["", "open", "prepared", "released", "filed", "sent", "dropped"] = "",
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """Newest first."""
    found = queries.batches_after(state=state, before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _brief, lambda row: str(row.batch.pk))


@router.get("/office/batches/{uuid:batch_id}", response=BatchOut)
@allow(OPERATOR)
def get_batch(request: HttpRequest, batch_id: UUID) -> Any:
    return _batch(batch_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/prepare", response=BatchOut)
@allow(OPERATOR, proof="fresh")
@write
def prepare_batch(request: HttpRequest, batch_id: UUID) -> Any:
    """Put it forward: nothing is put in any more, another operator lets it go."""
    actions.prepare_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return BatchOut(**_batch(batch_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/reopen", response=BatchOut)
@allow(OPERATOR, proof="fresh")
@write
def reopen_batch(request: HttpRequest, batch_id: UUID) -> Any:
    actions.reopen_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return BatchOut(**_batch(batch_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/release", response=BatchOut)
@allow(OPERATOR, proof="fresh")
@write
def release_batch(request: HttpRequest, batch_id: UUID, payload: SeenTotalIn) -> Any:
    """Let it go, as the second operator. What a stop or an account keeps back is taken out of it and stays behind."""
    currency = queries.batch_file(batch_id).batch.currency
    try:
        seen = Money.of(payload.total, currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="total", status=422) from None
    actions.release_batch(batch_id, seen.minor, by=request.actor)  # type: ignore[attr-defined]
    return BatchOut(**_batch(batch_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/file", response={200: None}, openapi_extra=XML)
@allow(OPERATOR, proof="fresh")
@write
def take_payout_file(request: HttpRequest, batch_id: UUID) -> Any:
    """Make the file for our bank (pain.001.001.09) and take it: once; the same `Idempotency-Key` gets the same bytes again."""
    return file_answer(actions.take_file(batch_id, by=request.actor))  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/file-again", response={200: None}, openapi_extra=XML)
@allow(OPERATOR, proof="fresh")
@write
def take_payout_file_again(request: HttpRequest, batch_id: UUID, payload: WhyIn) -> Any:
    """The same bytes once more, because the first were lost before the bank had them."""
    return file_answer(actions.take_file_again(batch_id, payload.reason, by=request.actor))  # type: ignore[attr-defined]


@router.post("/office/batches/{uuid:batch_id}/hand-over", response=BatchOut)
@allow(OPERATOR, proof="fresh")
@write
def hand_over_batch(request: HttpRequest, batch_id: UUID) -> Any:
    """The bank has the file; its statement ends each payout."""
    actions.hand_over_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return BatchOut(**_batch(batch_id, request.actor))  # type: ignore[attr-defined]


def _brief(row: Any) -> dict[str, Any]:
    plain = ("id", "rail", "state", "cut_off_at", "prepared_by", "released_by", "released_at")
    more = {"count": row.count, "total": MoneyOut.of(row.total), "ended": row.ended}
    return {name: getattr(row.batch, name) for name in plain} | more


def _batch(batch_id: UUID, actor: Actor) -> dict[str, Any]:
    found = queries.batch_file(batch_id)
    made = found.file
    takings = [{"n": row.n, "by": row.by, "taken_at": row.created_at, "reason": row.reason} for row in found.takings]
    file = made and {
        "message_id": made.message_id,
        "sha256": made.sha256,
        "count": made.count,
        "total": MoneyOut.of(Money(made.total_minor, found.batch.currency)),
        "takings": takings,
    }
    return _brief(found) | {
        "payouts": [_payout(row) for row in found.payouts],
        "file": file,
        "moves": batch_moves(found.batch, actor),
    }


# ── payouts ──


@router.get("/office/payouts", response=DeskPayoutPage)
@allow(OPERATOR)
def list_waiting_payouts(
    request: HttpRequest,
    which: Literal["approve", "held", "doubt", "stopped"] = "approve",
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """What waits for a person, oldest first. `approve`: the company has nobody else for the second look; `held`: taken out of a batch;
    `doubt`: the rail has not said; `stopped`: a stop keeps them where they are."""
    found = queries.payouts_waiting(which, after=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _payout, lambda row: str(row.pk))


@router.get("/office/payouts/{uuid:payout_id}", response=DeskPayoutMovesOut)
@allow(OPERATOR)
def get_desk_payout(request: HttpRequest, payout_id: UUID) -> Any:
    return _one(payout_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/approve", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def approve_desk_payout(request: HttpRequest, payout_id: UUID) -> Any:
    """The second look, where the company has only one person who keeps its money."""
    actions.approve_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/take-out", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def take_out_payout(request: HttpRequest, payout_id: UUID, payload: WhyIn) -> Any:
    """Out of its batch; the money stays on hold until somebody decides."""
    actions.take_out_payout(payout_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/readmit", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def readmit_payout(request: HttpRequest, payout_id: UUID) -> Any:
    """It goes on, through a batch again where it needs one."""
    actions.readmit_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/cancel", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def cancel_desk_payout(request: HttpRequest, payout_id: UUID, payload: WhyIn) -> Any:
    """The money is free again; the company reads the reason."""
    actions.cancel_payout(payout_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/settle", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def settle_payout(request: HttpRequest, payout_id: UUID, payload: BankWordIn) -> Any:
    """Our bank's statement shows the debit, and nobody imported it. A payout that has its last word already stays as it is."""
    actions.settle_payout(payout_id, payload.bank_ref, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/payouts/{uuid:payout_id}/bounce", response=DeskPayoutMovesOut)
@allow(OPERATOR, proof="fresh")
@write
def bounce_payout(request: HttpRequest, payout_id: UUID, payload: WhyIn) -> Any:
    """Our bank did not pay it, or sent it back: the money is in the wallet again."""
    actions.bounce_payout(payout_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return DeskPayoutMovesOut(**_one(payout_id, request.actor))  # type: ignore[attr-defined]


def _payout(row: Any) -> dict[str, Any]:
    plain = ("id", "state", "settled_at", "needs_second", "exception", "failure")
    return {name: getattr(row, name) for name in plain} | {
        "number": payout_reference(row.pk),
        "company": row.company_id,
        "company_name": row.company.name,
        "bank_account": row.bank_account_id,
        "amount": MoneyOut.of(row.amount),
        "rail": row.provider,
        "requested_at": row.created_at,
        "batch": row.batch_id,
    }


def _one(payout_id: UUID, actor: Actor) -> dict[str, Any]:
    found = queries.payout(payout_id, actor)
    moves = payout_moves(found, actor, keepers=queries.keepers_count(found.company_id))
    return _payout(found) | {"moves": moves, "linked": actor.person_id in linked_people([found.company_id])}


# ── bank accounts, debts ──


@router.get("/office/bank-accounts", response=DeskAccountPage)
@allow(OPERATOR)
def list_doubtful_accounts(
    request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """Companies' bank accounts that wait for an operator or a second one, oldest first."""
    found = queries.accounts_to_look_at(after=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _account, lambda row: str(row.pk))


@router.get("/office/bank-accounts/{uuid:account_id}", response=DeskAccountFileOut)
@allow(OPERATOR)
def get_desk_account(request: HttpRequest, account_id: UUID) -> Any:
    return _file(account_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/bank-accounts/{uuid:account_id}/look", response=DeskAccountFileOut)
@allow(OPERATOR, proof="fresh")
@write
def look_at_bank_account(request: HttpRequest, account_id: UUID, payload: SeenIn) -> Any:
    """The first operator's note; a second one confirms."""
    actions.look_at_bank_account(account_id, payload.evidence, by=request.actor)  # type: ignore[attr-defined]
    return DeskAccountFileOut(**_file(account_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/bank-accounts/{uuid:account_id}/confirm", response=DeskAccountFileOut)
@allow(OPERATOR, proof="fresh")
@write
def confirm_bank_account(request: HttpRequest, account_id: UUID) -> Any:
    """Another operator than the one who looked."""
    actions.confirm_bank_account(account_id, by=request.actor)  # type: ignore[attr-defined]
    return DeskAccountFileOut(**_file(account_id, request.actor))  # type: ignore[attr-defined]


@router.post("/office/bank-accounts/{uuid:account_id}/refuse", response=DeskAccountFileOut)
@allow(OPERATOR, proof="fresh")
@write
def refuse_bank_account(request: HttpRequest, account_id: UUID, payload: WhyIn) -> Any:
    """Nothing is paid to it; the company is told."""
    actions.refuse_bank_account(account_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return DeskAccountFileOut(**_file(account_id, request.actor))  # type: ignore[attr-defined]


def _account(row: Any) -> dict[str, Any]:
    plain = (
        "id", "holder", "account", "bic", "bank_name", "country", "currency", "state", "name_score", "doubts", "evidence", "looked_by",
        "confirmed_by", "usable_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {"company": row.company_id, "company_name": row.company.name}


def _file(account_id: UUID, actor: Actor) -> dict[str, Any]:
    found = queries.account_file(account_id, actor)
    return _account(found) | {"also_of": [row.company_id for row in queries.same_number(found)]}


@router.get("/office/debts", response=DeskDebtPage)
@allow(OPERATOR)
def list_debts_of_companies(
    request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """What companies owe the platform, oldest first."""
    found = queries.debts_page(after=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _debt, lambda row: str(row[0].pk))


def _debt(row: Any) -> dict[str, Any]:
    debt, due_at = row
    plain = {name: getattr(debt, name) for name in ("id", "reason", "state")}
    return plain | {
        "company": debt.company_id,
        "company_name": debt.company.name,
        "amount": MoneyOut.of(debt.amount),
        "left": MoneyOut.of(debt.left),
        "owed_at": debt.created_at,
        "due_at": due_at,
    }
