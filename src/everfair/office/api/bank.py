"""Our bank, for a cashier's programs: statements in, their breaks, and whose the money of a line is."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Query, Router
from ninja.files import UploadedFile

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.office import actions
from everfair.office.api.lists import id_in, listed
from everfair.office.queries.bank import parts_of
from everfair.office.schemas.bank import (
    AssignIn,
    BankBreakOut,
    BankBreakPage,
    BankLineFileOut,
    BankLinePage,
    BankStatementOut,
    BankStatementPage,
    DecisionOut,
    ImportedOut,
    OutcomeOut,
    OwedReturnOut,
    ReturnLineIn,
    ReturnSentIn,
)
from everfair.office.schemas.plain import WhyIn
from everfair.office.values import LARGEST_FILE
from everfair.payments import queries
from everfair.payments.actions import assign_line, book_costs, note_return_sent, return_line
from everfair.payments.queries import note_words
from everfair.payments.roles import cashier

router = Router(tags=["Office: bank"])

# ── statements ──


@router.get("/office/bank/statements", response=BankStatementPage)
@allow(cashier)
def list_bank_statements(
    request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """Newest first."""
    found = queries.statements_page(before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _statement, lambda row: str(row.pk))


@router.post("/office/bank/statements", response=ImportedOut)
@allow(cashier)
@write
def take_bank_statement(request: HttpRequest, file: UploadedFile = File(...)) -> Any:  # noqa: B008
    """MT940 or camt.053, at most 10 MB. Each statement of the file is booked whole or becomes a break; the same file again books only
    what had not been booked."""
    if (file.size or 0) > LARGEST_FILE:
        raise Refused("office.file_too_large", _("The file is larger than 10 MB."), field="file", status=422)
    done = actions.take_statement((file.name or "")[:140], file.read(), by=request.actor)  # type: ignore[attr-defined]
    plain = ("n", "account", "number", "outcome", "lines")
    rows = [
        {name: getattr(row, name) for name in plain}
        | {"statement": row.statement_id, "note": note_words(row.facts) if row.facts else ""}
        for row in done.outcomes
    ]
    return ImportedOut(outcomes=[OutcomeOut(**row) for row in rows])


@router.get("/office/bank/statements/{uuid:statement_id}", response=BankStatementOut)
@allow(cashier)
def get_bank_statement(request: HttpRequest, statement_id: UUID) -> Any:
    return _statement(queries.statement_by_id(statement_id))


def _statement(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "account", "sequence", "number", "opening_on", "closing_on", "lines")}
    return plain | {"opening": MoneyOut.of(row.opening), "closing": MoneyOut.of(row.closing)}


# ── lines ──


@router.get("/office/bank/lines", response=BankLinePage)
@allow(cashier)
def list_bank_lines(
    request: HttpRequest,
    state: Literal["open", "kept"] = "open",
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """Lines whose money is nobody's yet, newest first; or those that were left in suspense with a note."""
    found = queries.desk_lines(state, before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, lambda row: _line(row, Money(int(row.held_minor), row.currency)), lambda row: str(row.pk))


@router.get("/office/bank/lines/{uuid:line_id}", response=BankLineFileOut)
@allow(cashier)
def get_bank_line(request: HttpRequest, line_id: UUID) -> Any:
    return _face(line_id)


def _face(line_id: UUID) -> dict[str, Any]:
    face = queries.line_face(line_id)
    return _line(face.line, face.held) | {
        "matches": [
            {
                "target": row.target,
                "payment": row.intent_id,
                "company": row.company_id,
                "amount": MoneyOut.of(row.amount),
                "how": row.how,
            }
            for row in face.matches
        ],
        "decisions": [_decision(row, face.line.currency) for row in face.decisions],
        "candidates": [
            {
                "payment": row.intent.pk,
                "reference": row.intent.reference or "",
                "description": row.intent.description,
                "payer": row.payer,
                "missing": MoneyOut.of(row.missing),
                "score": row.score,
                "evidence": [str(word) for word in row.evidence],
            }
            for row in face.candidates
        ],
        "returns": [owed_return(row) for row in face.returns],
        "covers": [row.pk for row in face.covers],
        "withdrawals": [row.pk for row in face.withdrawals],
    }


@router.post("/office/bank/lines/{uuid:line_id}/assign", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def assign_bank_line(request: HttpRequest, line_id: UUID, payload: AssignIn) -> Any:
    """Give what the line holds to one or several payments. Above a rule's amount a second person approves it."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    parts = parts_of(queries.line_face(line_id), [(part.payment, part.amount) for part in payload.parts])
    return decided(actions.decide_line(lambda: assign_line(line_id, parts, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/return", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def return_bank_line(request: HttpRequest, line_id: UUID, payload: ReturnLineIn) -> Any:
    """Owe what it holds back to its sender; a person sends it."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    to = (payload.name, payload.account, payload.bic)
    return decided(actions.decide_line(lambda: return_line(line_id, to, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/costs", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def book_bank_costs(request: HttpRequest, line_id: UUID, payload: WhyIn) -> Any:
    """What left our account was the bank's own charge."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: book_costs(line_id, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/sent", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def note_bank_return_sent(request: HttpRequest, line_id: UUID, payload: ReturnSentIn) -> Any:
    """What left our account was a return that was owed, of this very amount."""
    by, why = request.actor, payload.reason  # type: ignore[attr-defined]
    return decided(actions.decide_line(lambda: note_return_sent(line_id, payload.owed, why, by=by), why, by=by))


@router.post("/office/bank/lines/{uuid:line_id}/keep", response=BankLineFileOut)
@allow(cashier, proof="fresh")
@write
def keep_bank_line(request: HttpRequest, line_id: UUID, payload: WhyIn) -> Any:
    """Looked at, and left in suspense."""
    actions.keep_line(line_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return BankLineFileOut(**_face(line_id))


def _line(row: Any, held: Money) -> dict[str, Any]:
    plain = (
        "id", "account", "kind", "booked_on", "value_on", "bank_ref", "their_ref", "name", "other_account", "text", "state",
    )  # fmt: skip
    more = {"statement": row.statement_id, "amount": MoneyOut.of(row.amount), "held": MoneyOut.of(held)}
    return {name: getattr(row, name) for name in plain} | more


def decided(made: Any) -> DecisionOut:
    """A decision about a line, as it was just made."""
    return DecisionOut(**_decision(made, made.line.currency))


def _decision(row: Any, currency: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "verb", "reason", "state", "by")} | {
        "line": row.line_id,
        "amount": MoneyOut.of(Money(row.amount_minor, currency)),
        "decided_at": row.created_at,
    }


# ── decisions, returns, breaks ──


@router.get("/office/bank/decisions", response=list[DecisionOut])
@allow(cashier)
def list_bank_decisions(request: HttpRequest) -> Any:
    """What waits for a second person, oldest first. At most 100."""
    return [_decision(row, row.line.currency) for row in queries.decisions_waiting(limit=100)]


@router.post("/office/bank/decisions/{uuid:decision_id}/approve", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def approve_bank_decision(request: HttpRequest, decision_id: UUID) -> Any:
    """It happens now. Whoever proposed it cannot approve it."""
    return decided(actions.approve_decision(decision_id, by=request.actor))  # type: ignore[attr-defined]


@router.post("/office/bank/decisions/{uuid:decision_id}/withdraw", response=DecisionOut)
@allow(cashier, proof="fresh")
@write
def withdraw_bank_decision(request: HttpRequest, decision_id: UUID) -> Any:
    """The line waits as before."""
    return decided(actions.withdraw_decision(decision_id, by=request.actor))  # type: ignore[attr-defined]


@router.get("/office/bank/returns", response=list[OwedReturnOut])
@allow(cashier)
def list_bank_returns(request: HttpRequest, state: Literal["waiting", "done"] = "waiting") -> Any:
    """What is owed back to senders, oldest first, or what has been sent. At most 100."""
    return [owed_return(row) for row in queries.returns_page(done=state == "done", limit=100)]


def owed_return(row: Any) -> dict[str, Any]:
    """A return as it stands."""
    plain = {name: getattr(row, name) for name in ("id", "to_name", "to_account", "to_bic", "reason", "state")}
    return plain | {"line": row.line_id, "amount": MoneyOut.of(row.amount)}


@router.get("/office/bank/breaks", response=BankBreakPage)
@allow(cashier)
def list_bank_breaks(
    request: HttpRequest, settled: bool = False, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """Newest first."""
    found = queries.breaks_page(settled=settled, before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _break, lambda row: str(row.pk))


@router.get("/office/bank/breaks/{uuid:break_id}", response=BankBreakOut)
@allow(cashier)
def get_bank_break(request: HttpRequest, break_id: UUID) -> Any:
    return _break(queries.break_by_id(break_id))


@router.post("/office/bank/breaks/{uuid:break_id}/settle", response=BankBreakOut)
@allow(cashier)
@write
def settle_bank_break(request: HttpRequest, break_id: UUID, payload: WhyIn) -> Any:
    """Something was done about it; nothing is booked."""
    actions.settle_break(break_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return BankBreakOut(**_break(queries.break_by_id(break_id)))


def _break(row: Any) -> dict[str, Any]:
    plain = ("id", "account", "number", "kind", "settled_at", "settled_note")
    return {name: getattr(row, name) for name in plain} | {"found_at": row.created_at, "note": queries.break_note(row)}
