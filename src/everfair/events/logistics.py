"""What happened to goods on their way. The subject is the consignment; `subject` is what it belongs to (an order)."""

from datetime import datetime
from uuid import UUID

from everfair.base.events import event


@event
class ConsignmentMoved:
    """Any change of state, the following three included."""

    consignment_id: UUID
    subject: UUID
    state: str
    occurred_at: datetime


@event
class ConsignmentDelivered:
    """Once for each consignment, with the row that proves it. `delivered_at` is what was said; count silence from the event."""

    consignment_id: UUID
    subject: UUID
    proof_id: UUID
    delivered_at: datetime


@event
class PackageReceived:
    """The consignee has this package in hand; `condition` is good or damaged."""

    consignment_id: UUID
    subject: UUID
    package_id: UUID
    n: int
    condition: str


@event
class ConsignmentLost:
    consignment_id: UUID
    subject: UUID


@event
class ConsignmentReturned:
    consignment_id: UUID
    subject: UUID


@event
class ConsignmentPaperAdded:
    """One side shows a document that goes with the goods; `code` is one of the documents of the Incoterms."""

    consignment_id: UUID
    subject: UUID
    company_id: UUID
    code: str
