"""Who is told of an invoice. Safe to repeat: the invoice is the cause."""

from __future__ import annotations

from everfair.base.events import on
from everfair.events.billing import InvoiceIssued
from everfair.messaging.actions import notify


@on(InvoiceIssued, subscriber="billing")
def tell_of_invoice(fact: InvoiceIssued) -> None:
    notify(
        fact.company_id, ("owner", "finance"), "invoice.issued", f"/wallet/invoices/{fact.invoice_id}/", f"invoice:{fact.invoice_id}",
        number=fact.number,
    )  # fmt: skip
