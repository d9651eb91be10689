"""What providers did with money. The subject is the intent, the payout, the refund, what was said of a rail, or a break."""

from datetime import datetime
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
class PayoutApproved:
    """A second person, or the rules, let it go on; the operator's side is next."""

    payout_id: UUID
    company_id: UUID


@event
class PayoutTakenOut:
    """An exception: it is not in its batch any more."""

    payout_id: UUID
    company_id: UUID


@event
class PayoutCancelled:
    payout_id: UUID
    company_id: UUID


@event
class PayoutReturned:
    """It had arrived, and the bank sent it back."""

    payout_id: UUID
    company_id: UUID
    amount: Money


@event
class BatchReleased:
    batch_id: UUID
    count: int


@event
class BankAccountAdded:
    account_id: UUID
    company_id: UUID


@event
class BankAccountVerified:
    account_id: UUID
    company_id: UUID


@event
class BankAccountRefused:
    account_id: UUID
    company_id: UUID


@event
class BankAccountRemoved:
    account_id: UUID
    company_id: UUID


@event
class DebtOwed:
    debt_id: UUID
    company_id: UUID
    amount: Money


@event
class DebtOverdue:
    debt_id: UUID
    company_id: UUID


@event
class DebtSettled:
    debt_id: UUID
    company_id: UUID


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
class TransferAwaited:
    """The payer chose to pay by bank transfer; we wait for it `until` then."""

    intent_id: UUID
    company_id: UUID
    amount: Money
    purpose_kind: str
    purpose: UUID
    until: datetime


@event
class PaymentPartReceived:
    """A transfer brought a part of what is to be paid; `rest` is still missing and waited for `until` then."""

    intent_id: UUID
    purpose_kind: str
    purpose: UUID
    company_id: UUID
    amount: Money
    rest: Money
    until: datetime


@event
class StatementImported:
    statement_id: UUID
    account: str
    lines: int


@event
class StatementBroken:
    """A statement was not booked, or a line undoes another: a person looks into it."""

    break_id: UUID
    kind: str


@event
class BankReturnRequested:
    """Money that came by bank goes back to its sender."""

    return_id: UUID
    amount: Money


@event
class RailOrdered:
    """An operator opened or closed a rail, or noted its end."""

    order_id: UUID
    rail: str
    open: bool


@event
class RailLimited:
    """An operator said what a rail may carry."""

    order_id: UUID
    rail: str


@event
class ShareCeilingCrossed:
    """One counterparty carries more of our payments than it should."""

    alarm_id: UUID
    counterparty: str
    currency: str
    share: Decimal


@event
class RailBreakFound:
    """A rail's statement and our books differ in one thing."""

    break_id: UUID
    rail: str
    kind: str


@event
class RailBreakEnded:
    """It explained itself, or a person booked or dismissed it."""

    break_id: UUID
    rail: str
    state: str


@event
class CreditMoved:
    """A line of trade credit was offered, agreed, paused, resumed, closed, or its limit changed: `how` is the verb."""

    line_id: UUID
    seller_id: UUID
    buyer_id: UUID
    how: str


@event
class CreditDrawn:
    intent_id: UUID
    line_id: UUID
    amount: Money


@event
class CreditFellDue:
    """The seller has earned what was drawn: the buyer repays it by the day."""

    due_id: UUID
    line_id: UUID
    seller_id: UUID
    buyer_id: UUID
    amount: Money


@event
class CreditRepaid:
    due_id: UUID
    line_id: UUID
    seller_id: UUID
    buyer_id: UUID
    amount: Money


@event
class ChargebackMoved:
    """A payer's bank took a card payment back, or it was decided: `how` is open, win, lose, retake or reinstate."""

    chargeback_id: UUID
    company_id: UUID
    amount: Money
    how: str


@event
class ChargebackAnswered:
    """An operator accepted or contested it."""

    chargeback_id: UUID
    answer: str


@event
class ReserveReleased:
    """What was kept back from a seller is in its wallet."""

    reserve_id: UUID
    company_id: UUID
    amount: Money


@event
class RatesImported:
    """Exchange rates of one or several days were taken."""

    file_id: UUID
    source: str
    rates: int


@event
class FxExchanged:
    """A company exchanged by a quote, or paid by it."""

    quote_id: UUID
    company_id: UUID
    give: Money
    get: Money


@event
class FxLimitNear:
    """The platform's position in a currency came near its limit."""

    alarm_id: UUID
    currency: str
    share: Decimal
