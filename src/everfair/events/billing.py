"""Tax invoices of the platform. The subject is the invoice."""

from uuid import UUID

from everfair.base.events import event


@event
class InvoiceIssued:
    invoice_id: UUID
    company_id: UUID
    kind: str
    number: str
