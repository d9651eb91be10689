"""What programs read about invoices."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from everfair.base.api import MoneyOut, Schema


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
