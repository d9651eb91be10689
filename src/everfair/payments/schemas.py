"""What programs send and read about money."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from everfair.base.api import MoneyOut, Schema

AmountText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=140)]


class RefundOut(Schema):
    """Money that came a second time. `state`: requested, sent, indeterminate (we are asking), done (gone back the way it came), failed
    (it is in the wallet)."""

    id: UUID
    amount: MoneyOut
    state: str
    settled_at: datetime | None


class PaymentOut(Schema):
    """`state`: created, open, awaiting (a bank transfer), indeterminate (we are asking), captured (held in escrow), failed, expired."""

    id: UUID
    purpose_kind: str
    purpose: UUID
    description: str
    amount: MoneyOut
    state: str
    method: str
    captured_at: datetime | None
    refunds: list[RefundOut]


class TransferOut(Schema):
    """What a transfer needs. `amount` is what is still missing, `reference` fits this payment alone."""

    reference: str
    amount: MoneyOut
    arrived: MoneyOut
    beneficiary: str
    account: str
    bic: str
    bank: str
    expected_on: date
    until: datetime | None


class CheckoutOut(Schema):
    """The provider's page where a person pays."""

    url: str


class WalletOut(Schema):
    currency: str
    posted: MoneyOut
    reserved: MoneyOut
    free: MoneyOut


class StatementLineOut(Schema):
    """`amount` is above zero when the wallet received; `balance` is after it."""

    id: int
    posted_at: datetime
    kind: str
    words: str
    subject: str
    amount: MoneyOut
    balance: MoneyOut


class StatementPage(Schema):
    items: list[StatementLineOut]
    next_cursor: str | None = None


class BankAccountIn(Schema):
    model_config = ConfigDict(extra="forbid")
    holder: _Text
    account: str = Field(min_length=4, max_length=40)
    bic: str = Field("", max_length=11)
    bank_name: _Text
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: CurrencyCode


class BankAccountOut(Schema):
    """`ending` is all that is shown of the number. `state`: added, looked (being checked), verified, refused, removed; a verified one can
    be paid to from `usable_at` on."""

    id: UUID
    holder: str
    ending: str
    bic: str
    bank_name: str
    country: str
    currency: str
    state: str
    usable_at: datetime


class PayoutIn(Schema):
    """The currency is the bank account's."""

    model_config = ConfigDict(extra="forbid")
    bank_account: UUID
    amount: AmountText


class PayoutOut(Schema):
    """`state`: requested (waits for a second person), approved, batched, held (taken out of a batch; `exception` says why), released,
    dispatched, sent, indeterminate (we are asking), paid, failed or cancelled (the money is free again), returned (by the bank, later).
    `moves`: what you may do now."""

    id: UUID
    bank_account: UUID
    amount: MoneyOut
    state: str
    requested_at: datetime
    settled_at: datetime | None
    needs_second: bool
    exception: str
    moves: list[str]


class PayoutPage(Schema):
    items: list[PayoutOut]
    next_cursor: str | None = None


class DebtOut(Schema):
    """What the company owes the platform. `left` is taken from whatever its wallet receives; `due_at` until when it is asked for."""

    id: UUID
    reason: str
    amount: MoneyOut
    left: MoneyOut
    state: str
    owed_at: datetime
    due_at: datetime | None


class ReserveOut(Schema):
    """What of one sale is kept back from its seller until `release_at`; chargebacks may have taken a part of it before (`left`)."""

    id: UUID
    description: str
    amount: MoneyOut
    left: MoneyOut
    release_at: datetime


class ChargebackOut(Schema):
    """A payer's bank took a card payment back. `state`: open, won, lost, retaken (won, then lost after all), reinstated (lost, then won).
    `side`: payer (your company had paid it, `payment` is its payment) or payee. `answer`: accept, contest or empty, until `evidence_due_at`; the operator gives it.
    `taken`: what of it stands against your company's own money, by its reserve, its wallet or a debt."""

    id: UUID
    side: str
    payment: UUID | None
    description: str
    amount: MoneyOut
    taken: MoneyOut
    state: str
    reason_code: str
    answer: str
    opened_at: datetime
    evidence_due_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None


class ChargebackPage(Schema):
    items: list[ChargebackOut]
    next_cursor: str | None = None
