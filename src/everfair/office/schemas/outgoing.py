"""Payouts, their batches, bank accounts and debts, as an operator's program reads and sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from everfair.base.api import MoneyOut, Schema, Words
from everfair.office.schemas.plain import In

Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]


class DeskPayoutOut(Schema):
    """`number` is what the bank is told. `state` as in `PayoutOut`; `exception` says why it was taken out, `failure` why its rail did not
    pay it. `rail`: bank (a file for our own bank) or a provider."""

    id: UUID
    number: str
    company: UUID
    company_name: str
    bank_account: UUID
    amount: MoneyOut
    rail: str
    state: str
    requested_at: datetime
    settled_at: datetime | None
    needs_second: bool
    batch: UUID | None
    exception: str
    failure: str


class DeskPayoutMovesOut(DeskPayoutOut):
    """`moves`: what you may do now. `linked`: you have to do with its company, so it is not yours to decide."""

    moves: list[str]
    linked: bool


class DeskPayoutPage(Schema):
    items: list[DeskPayoutOut]
    next_cursor: str | None = None


class BankWordIn(In):
    """What the bank's statement calls it."""

    bank_ref: Annotated[Words, Field(min_length=1, max_length=80)]


class DeskAccountOut(Schema):
    """`doubts`: what speaks against believing the holder's name (of which `name_score` per cent are the company's). `state` as in
    `BankAccountOut`; `looked_by` and `confirmed_by` are the two operators who stand for it."""

    id: UUID
    company: UUID
    company_name: str
    holder: str
    account: str
    bic: str
    bank_name: str
    country: str
    currency: str
    state: str
    name_score: int
    doubts: list[str]
    evidence: str
    looked_by: UUID | None
    confirmed_by: UUID | None
    usable_at: datetime


class DeskAccountFileOut(DeskAccountOut):
    """`also_of`: other companies that have an account of this number."""

    also_of: list[UUID]


class DeskAccountPage(Schema):
    items: list[DeskAccountOut]
    next_cursor: str | None = None


class SeenIn(In):
    """What shows that the account is the company's: a letter, a call back to a number known before; what, when, by whom."""

    evidence: Annotated[Words, Field(min_length=1, max_length=2000)]


class DeskDebtOut(Schema):
    """What a company owes the platform, and until when it is asked for."""

    id: UUID
    company: UUID
    company_name: str
    reason: str
    amount: MoneyOut
    left: MoneyOut
    state: str
    owed_at: datetime
    due_at: datetime | None


class DeskDebtPage(Schema):
    items: list[DeskDebtOut]
    next_cursor: str | None = None


class BatchBriefOut(Schema):
    """Payouts of one rail and currency that leave together. `state`: open, prepared (put forward), released (let go), filed, sent,
    dropped. Of `count` payouts with this `total`, `ended` have their last word."""

    id: UUID
    rail: str
    state: str
    count: int
    total: MoneyOut
    ended: int
    cut_off_at: datetime
    prepared_by: UUID | None
    released_by: UUID | None
    released_at: datetime | None


class BatchPage(Schema):
    items: list[BatchBriefOut]
    next_cursor: str | None = None


class FileTakingOut(Schema):
    n: int
    by: UUID
    taken_at: datetime
    reason: str


class PayoutFileOut(Schema):
    """The file as it was made (pain.001), and who took it when."""

    message_id: str
    sha256: str
    count: int
    total: MoneyOut
    takings: list[FileTakingOut]


class BatchOut(BatchBriefOut):
    """`moves`: what you may do now; whoever put it forward does not let it go."""

    payouts: list[DeskPayoutOut]
    file: PayoutFileOut | None
    moves: list[str]


class SeenTotalIn(In):
    """`total`: what you saw, in the batch's currency; a batch that has changed since is not let go."""

    total: Amount
