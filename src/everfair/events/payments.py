"""What providers did with money. The subject is the intent, the payout, the refund, or what was said of a rail."""

from decimal import Decimal
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


@event
class RefundOwed:
    """A rail holds a payer's money once more than was asked for: it goes back."""

    refund_id: UUID
    company_id: UUID
    amount: Money


@event
class RefundSettled:
    refund_id: UUID
    company_id: UUID
    amount: Money


@event
class RefundFailed:
    """The rail would not take it back; it is in the payer's wallet."""

    refund_id: UUID
    company_id: UUID
    amount: Money


@event
class RailOrdered:
    """An operator opened or closed a rail, or noted its end."""

    order_id: UUID
    rail: str
    open: bool


@event
class ShareCeilingCrossed:
    """One counterparty carries more of our payments than it should."""

    alarm_id: UUID
    counterparty: str
    currency: str
    share: Decimal
