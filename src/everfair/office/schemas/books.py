"""The books as a bookkeeper's program reads them, and what it sends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from everfair.base.api import MoneyOut, Schema


class TrialRowOut(Schema):
    """One account, or (`accounts` of them) all of one kind that belong to somebody. `balance` stands on the side on which its class grows."""

    address: str
    name: str
    account_class: str
    accounts: int
    debits: MoneyOut
    credits: MoneyOut
    balance: MoneyOut


class TrialOut(Schema):
    """Everything in one currency: the debit balances come to the same as the credit balances."""

    currency: str
    debits: MoneyOut
    credits: MoneyOut
    rows: list[TrialRowOut]


class BookAccountOut(Schema):
    """`balance` is summed up from the transfers, in the sign of its class; `reserved` is set aside, where the account keeps a balance."""

    address: str
    account_class: str
    balance: MoneyOut
    reserved: MoneyOut | None


class BookAccountPage(Schema):
    items: list[BookAccountOut]
    next_cursor: str | None = None


class JournalLineOut(Schema):
    """One transfer with its entry: `source` is debited, `target` credited. `booked_on` is the accounting day; `why` what it came from."""

    id: int
    entry: int
    key: str
    kind: str
    booked_on: date
    posted_at: datetime
    actor: str
    why: dict[str, Any]
    source: str
    target: str
    amount: MoneyOut
    purpose: str


class JournalPage(Schema):
    """`title`: whose statement it is; empty for the whole journal."""

    title: str
    items: list[JournalLineOut]
    next_cursor: str | None = None


class EntryTransferOut(Schema):
    id: int
    source: str
    target: str
    amount: MoneyOut
    purpose: str


class EntryOut(Schema):
    """`correctable`: the platform's own accounts only, and not corrected before; `corrected_by` is the entry that took it back."""

    id: int
    key: str
    kind: str
    actor: str
    why: dict[str, Any]
    booked_on: date
    posted_at: datetime
    transfers: list[EntryTransferOut]
    correctable: bool
    corrected_by: int | None


class PeriodOut(Schema):
    """A month (YYYY-MM). `state`: open, closing (one person closed it), closed. `moves`: what you may do now: close, confirm, withdraw."""

    month: str
    state: str
    entries: int
    over: bool
    closed_by: str
    closed_at: datetime | None
    confirmed_by: str
    confirmed_at: datetime | None
    moves: list[str]


class CheckOut(Schema):
    """One thing that must hold before a month is closed; `breach` is the first row that breaks it."""

    name: str
    rows: int
    breach: str | None


class RailAccountsOut(Schema):
    """One rail in one currency: `clearing` is what it has not settled, `settled` what it has less its fees, `costs` its fees so far."""

    rail: str
    clearing: MoneyOut
    settled: MoneyOut
    costs: MoneyOut
    read_until: date | None
    breaks: int


class RailBreakOut(Schema):
    """A rail's statement and our books differ. `told` is the rail's word, `fee` what it took, `booked` what stands in clearing. `state`:
    open, explained, booked, dismissed."""

    id: UUID
    rail: str
    kind: str
    about: str
    told: MoneyOut
    booked: MoneyOut
    fee: MoneyOut
    state: str
    reason: str
    ended_by: str
    found_at: datetime
    ended_at: datetime | None


class RailBreakPage(Schema):
    items: list[RailBreakOut]
    next_cursor: str | None = None
