"""What happened before a contract."""

from uuid import UUID

from everfair.base.events import event


@event
class InquirySent:
    inquiry_id: UUID
    offer_id: UUID
    buyer_id: UUID
    seller_id: UUID
    thread_id: UUID
    market: str = ""


@event
class MessagePosted:
    """`answers`: the first word of this company in a talk that another began."""

    thread_id: UUID
    message_id: UUID
    company_id: UUID
    answers: bool = False


@event
class RfqPosted:
    rfq_id: UUID
    buyer_id: UUID


@event
class RfqClosed:
    rfq_id: UUID
    buyer_id: UUID


@event
class QuoteSent:
    quote_id: UUID
    rfq_id: UUID
    seller_id: UUID
    buyer_id: UUID
    revision: int


@event
class QuoteWithdrawn:
    quote_id: UUID
    rfq_id: UUID
    seller_id: UUID
    buyer_id: UUID


@event
class QuoteAccepted:
    quote_id: UUID
    rfq_id: UUID
    seller_id: UUID
    buyer_id: UUID


@event
class QuoteDeclined:
    quote_id: UUID
    rfq_id: UUID
    seller_id: UUID
    buyer_id: UUID
