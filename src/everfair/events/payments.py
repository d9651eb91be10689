"""What providers did with money. The subject is the intent or the payout."""

from uuid import UUID

from everfair.base.events import event
from everfair.base.money import Money


@event
class PaymentCaptured:
    intent_id: UUID
    purpose_kind: str
    purpose: UUID
    company_id: UUID
    amount: Money


@event
class PaymentFailed:
    intent_id: UUID
    purpose_kind: str
    purpose: UUID
    company_id: UUID


@event
class PaymentMismatched:
    provider_event_id: UUID
    reason: str


@event
class PayoutRequested:
    payout_id: UUID
    company_id: UUID
    amount: Money


@event
class PayoutSettled:
    payout_id: UUID
    company_id: UUID
    amount: Money


@event
class PayoutFailed:
    payout_id: UUID
    company_id: UUID
    amount: Money
