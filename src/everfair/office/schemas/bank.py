"""What our bank said and what became of it, as a cashier's program reads and sends it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from everfair.base.api import MoneyOut, Schema, Words
from everfair.office.schemas.outgoing import Amount
from everfair.office.schemas.plain import In, Why, WhyIn


class BankStatementOut(Schema):
    """One statement of one of our accounts. `account` is its short name in the settings; `sequence` our own count, without a gap."""

    id: UUID
    account: str
    sequence: int
    number: str
    opening_on: date | None
    closing_on: date
    opening: MoneyOut
    closing: MoneyOut
    lines: int


class BankStatementPage(Schema):
    items: list[BankStatementOut]
    next_cursor: str | None = None


class OutcomeOut(Schema):
    """What became of the n-th statement of a file. `outcome`: booked, known (from this very file before), or the kind of its break."""

    n: int
    account: str
    number: str
    outcome: str
    lines: int
    note: str
    statement: UUID | None


class ImportedOut(Schema):
    outcomes: list[OutcomeOut]


class BankLineOut(Schema):
    """One movement. `amount` is above zero when our account received; `held` of it is nobody's yet. `state`: open, kept (looked at, and
    left where it is), settled."""

    id: UUID
    statement: UUID
    account: str
    kind: str
    amount: MoneyOut
    held: MoneyOut
    booked_on: date
    value_on: date
    bank_ref: str
    their_ref: str
    name: str
    other_account: str
    text: str
    state: str


class BankLinePage(Schema):
    items: list[BankLineOut]
    next_cursor: str | None = None


class CandidateOut(Schema):
    """A payment the line could be meant for; `score` of 100, and what speaks for it."""

    payment: UUID
    reference: str
    description: str
    payer: str
    missing: MoneyOut
    score: int
    evidence: list[str]


class MatchOut(Schema):
    """Where a part of the line's money went. `target`: intent, wallet, return, reversal, costs, sent; `how`: reference, chopped, name,
    desk, bank."""

    target: str
    payment: UUID | None
    company: UUID | None
    amount: MoneyOut
    how: str


class DecisionOut(Schema):
    """What a person decided about a line. `verb`: assign, return, costs, sent, cover, withdrawal, paid, bounced. `state`: proposed (a second person approves it), done,
    withdrawn."""

    id: UUID
    line: UUID
    verb: str
    amount: MoneyOut
    reason: str
    state: str
    by: str
    decided_at: datetime


class OwedReturnOut(Schema):
    """Money that is owed back to whom it came from by bank. `state`: requested, batched, held (an operator looks at it), released, dispatched,
    sent, done."""

    id: UUID
    line: UUID
    amount: MoneyOut
    to_name: str
    to_account: str
    to_bic: str
    reason: str
    state: str


class BankLineFileOut(BankLineOut):
    """Everything about one line; `returns` are those that this debit may have sent, `covers` exchanges at our bank that it may be a side of,
    `withdrawals` of providers that it may have brought."""

    matches: list[MatchOut]
    decisions: list[DecisionOut]
    candidates: list[CandidateOut]
    returns: list[OwedReturnOut]
    covers: list[UUID]
    withdrawals: list[UUID]


class PartIn(In):
    """A payment, and how much of the line it is given; without an amount what it misses, or what the line still holds."""

    payment: UUID
    amount: Amount | None = None


class AssignIn(WhyIn):
    parts: list[PartIn] = Field(min_length=1, max_length=50)


class ReturnLineIn(In):
    """To whom the money of the line goes back."""

    name: Annotated[Words, Field(min_length=1, max_length=140)]
    account: Annotated[Words, Field(min_length=1, max_length=40)]
    bic: Annotated[Words, Field(max_length=11)] = ""
    reason: Why


class ReturnSentIn(WhyIn):
    """Which owed return this debit has sent."""

    owed: UUID


class CoverLineIn(WhyIn):
    """Which exchange (`GET /office/fx/covers`) the line is a side of."""

    cover: UUID


class WithdrawalLineIn(WhyIn):
    """Which of the line's `withdrawals` it brought."""

    withdrawal: UUID


class PaidLineIn(WhyIn):
    """Payouts and returns on their way that the debit paid."""

    paid: list[UUID] = Field(min_length=1, max_length=1000)


class BouncedLineIn(WhyIn):
    """Which payout came back; `why` is the bank's code (ISO 20022, such as AC04), empty where it gave none."""

    payout: UUID
    why: Annotated[Words, Field(max_length=4)] = ""


class BankBreakOut(Schema):
    """A statement that was not booked, or a line that undoes another, and why. `settled_note` says what was done about it."""

    id: UUID
    account: str
    number: str
    kind: str
    note: str
    found_at: datetime
    settled_at: datetime | None
    settled_note: str


class BankBreakPage(Schema):
    items: list[BankBreakOut]
    next_cursor: str | None = None
