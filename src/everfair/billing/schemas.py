"""What programs read about invoices."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import MoneyOut, Schema, Words


class InvoiceLineOut(Schema):
    """`order` is the order's reference, `kind` the fee: commission, payment_service, escrow_service, trade_service."""

    order: str
    kind: str
    net: MoneyOut


class InvoiceBriefOut(Schema):
    """`kind`: invoice or credit_note. Amounts of a credit note are above zero too: so much came back."""

    id: UUID
    number: str
    kind: str
    issued_on: date
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut


class InvoiceOut(InvoiceBriefOut):
    """`tax_category` is of UNTDID 5305 (S, AE, Z, O), `tax_rate` in per cent; `credits` the number of the invoice that a credit note
    takes back a part of."""

    tax_category: str
    tax_rate: str
    exemption: str
    lines: list[InvoiceLineOut]
    credits: str | None


class InvoicePage(Schema):
    items: list[InvoiceBriefOut]
    next_cursor: str | None = None


class WaitingChargesOut(Schema):
    """`charges` fees since a moment, of one currency; sums below zero when more was given back than taken."""

    since: datetime
    charges: int
    net: MoneyOut
    tax: MoneyOut


class TaxNumberIn(Schema):
    model_config = ConfigDict(extra="forbid")
    tax_number: Words = Field(min_length=1, max_length=40)


class TaxNumberOut(Schema):
    """`confirmed`: the operator has looked it up; invoices name no other."""

    tax_number: str
    confirmed: bool
    stated_at: datetime
