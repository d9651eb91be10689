"""The books for a bookkeeper's programs: trial balance, journal, entries, months."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, write
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.ledger.proofs import ready_to_close
from everfair.ledger.queries import PeriodRow, journal, months, trial_balance
from everfair.ledger.roles import BOOKKEEPER
from everfair.office import actions, queries
from everfair.office.api.lists import listed
from everfair.office.queries.accounting import period_in, statement_of
from everfair.office.schemas.books import (
    BookAccountPage,
    CheckOut,
    EntryOut,
    JournalPage,
    PeriodOut,
    TrialOut,
)
from everfair.office.schemas.plain import WhyIn

router = Router(tags=["Office: books"])


@router.get("/office/books/trial", response=list[TrialOut])
@allow(OPERATOR)
def get_trial_balance(request: HttpRequest, on: date | None = Query(None)) -> Any:  # noqa: B008
    """One for each currency, up to the end of an accounting day (UTC), or of everything."""
    return [
        {
            "currency": balance.currency,
            "debits": MoneyOut.of(balance.debits),
            "credits": MoneyOut.of(balance.credits),
            "rows": [
                {
                    "address": row.address,
                    "name": str(row.row.name),
                    "account_class": row.row.account_class,
                    "accounts": row.accounts,
                    "debits": MoneyOut.of(row.debits),
                    "credits": MoneyOut.of(row.credits),
                    "balance": MoneyOut.of(row.balance),
                }
                for row in balance.rows
            ],
        }
        for balance in trial_balance(on=on)
    ]


@router.get("/office/books/accounts", response=BookAccountPage)
@allow(OPERATOR)
def list_book_accounts(
    request: HttpRequest,
    prefix: str = Query("", max_length=120),
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """Accounts whose address begins like this, in the order of addresses."""
    after = open_cursor(cursor, str)[0] if cursor else ""
    found = queries.accounts(prefix, after=after, limit=limit + 1)
    return listed(found, limit, _account, lambda row: row.address)


def _account(row: Any) -> dict[str, Any]:
    reserved = None if row.reserved is None else MoneyOut.of(row.reserved)
    return {
        "address": row.address,
        "account_class": row.account_class,
        "balance": MoneyOut.of(row.balance),
        "reserved": reserved,
    }


@router.get("/office/books/journal", response=JournalPage)
@allow(OPERATOR)
def get_journal(
    request: HttpRequest,
    of: Literal["", "company", "order", "provider", "account"] = "",
    what: str = Query("", max_length=120),
    from_on: date | None = Query(None),  # noqa: B008
    to_on: date | None = Query(None),  # noqa: B008
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=100),
) -> Any:
    """Transfers by accounting day, oldest first: all, or those of a company or an order (`what` is its number), a provider (its code) or
    of accounts that begin with an address. A look at somebody's money is noted in the audit trail."""
    if from_on and to_on and to_on < from_on:
        raise Refused("base.days", _("This day is before the first."), field="to_on", status=422)
    statement = statement_of(of, what, from_on, to_on)
    if statement is None:
        raise Refused("office.no_statement", _("There is nothing like this."), field="what", status=422)
    after = open_cursor(cursor, str)[0] if cursor else ""
    actions.note_statement(statement, by=request.actor)  # type: ignore[attr-defined]
    found = journal(statement.prefixes, from_on=from_on, to_on=to_on, after=after, limit=limit + 1)
    return {"title": statement.title} | listed(found, limit, _line, lambda row: row.place)


def _line(row: Any) -> dict[str, Any]:
    plain = ("id", "entry", "key", "kind", "booked_on", "posted_at", "actor", "why", "source", "target", "purpose")
    return {name: getattr(row, name) for name in plain} | {"amount": MoneyOut.of(row.amount)}


@router.get("/office/books/entries/{int:entry_id}", response=EntryOut)
@allow(OPERATOR)
def get_entry(request: HttpRequest, entry_id: int) -> Any:
    return _entry(entry_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/books/entries/{int:entry_id}/correct", response={201: EntryOut})
@allow(OPERATOR, proof="fresh")
@write
def correct_entry(request: HttpRequest, entry_id: int, payload: WhyIn) -> Any:
    """Take an entry of the platform's own accounts back by a new one of today: the answer is that."""
    queries.entry(entry_id)  # NotVisible
    made = actions.correct_entry(entry_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return 201, EntryOut(**_entry(made, request.actor))  # type: ignore[attr-defined]


def _entry(entry_id: int, actor: Actor) -> dict[str, Any]:
    found = queries.entry(entry_id)
    plain = ("id", "key", "kind", "actor", "why", "booked_on", "posted_at")
    return {name: getattr(found, name) for name in plain} | {
        "transfers": [
            {name: getattr(row, name) for name in ("id", "source", "target", "purpose")} | {"amount": MoneyOut.of(row.amount)}
            for row in found.transfers
        ],
        "correctable": BOOKKEEPER.admits(actor) and queries.may_be_corrected(found),
        "corrected_by": queries.corrected_by(found.id),
    }


# ── months ──


@router.get("/office/books/periods", response=list[PeriodOut])
@allow(OPERATOR)
def list_periods(request: HttpRequest) -> Any:
    """Every month with entries, and the present one; the newest first."""
    return [_period(row, request.actor) for row in months()]  # type: ignore[attr-defined]


@router.get("/office/books/periods/{month}", response=PeriodOut)
@allow(OPERATOR)
def get_period(request: HttpRequest, month: str) -> Any:
    return _period(period_in(month), request.actor)  # type: ignore[attr-defined]


@router.get("/office/books/periods/{month}/checks", response=list[CheckOut])
@allow(OPERATOR)
def list_period_checks(request: HttpRequest, month: str) -> Any:
    """What is looked at before the month is closed. It reads every transfer there is: ask for it when you want to close."""
    return [{"name": check.name, "rows": check.rows, "breach": check.breach} for check in ready_to_close(period_in(month).month)]


@router.post("/office/books/periods/{month}/close", response=PeriodOut)
@allow(OPERATOR, proof="fresh")
@write
def close_period(request: HttpRequest, month: str) -> Any:
    """Say that the month is complete; another person confirms. 409 while it is not over, or a check finds something."""
    return _moved(month, "close", request.actor)  # type: ignore[attr-defined]


@router.post("/office/books/periods/{month}/confirm", response=PeriodOut)
@allow(OPERATOR, proof="fresh")
@write
def confirm_period(request: HttpRequest, month: str) -> Any:
    """Close it for good, as another person than the first: nothing is dated into it any more."""
    return _moved(month, "confirm", request.actor)  # type: ignore[attr-defined]


@router.post("/office/books/periods/{month}/withdraw", response=PeriodOut)
@allow(OPERATOR, proof="fresh")
@write
def withdraw_period(request: HttpRequest, month: str) -> Any:
    """The month is open again; possible until it is confirmed."""
    return _moved(month, "withdraw", request.actor)  # type: ignore[attr-defined]


def _moved(month: str, verb: str, actor: Actor) -> PeriodOut:
    actions.move_month(period_in(month).month, verb, by=actor)
    return PeriodOut(**_period(period_in(month), actor))


def _period(row: PeriodRow, actor: Actor) -> dict[str, Any]:
    plain = ("state", "entries", "over", "closed_by", "closed_at", "confirmed_by", "confirmed_at")
    return {name: getattr(row, name) for name in plain} | {
        "month": f"{row.month:%Y-%m}",
        "moves": row.moves(actor) if row.over else [],
    }
