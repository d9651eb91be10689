"""What happened in a trade. The subject is always the order."""

from datetime import date, datetime
from uuid import UUID

from everfair.base.events import event
from everfair.base.money import Money


@event
class OrderPlaced:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    total: Money


@event
class OrderSigned:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderDeclined:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderCancelled:
    """`signed`: both had signed before."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str
    signed: bool = False
    number: int = 0
    market: str = ""


@event
class OrderLapsed:
    """Nobody signed or, once it was `signed`, nobody paid in time."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    signed: bool = False
    number: int = 0
    market: str = ""


@event
class OrderCalledOff:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str
    number: int = 0
    market: str = ""


@event
class StageDue:
    order_id: UUID
    stage_id: UUID
    amount: Money
    n: int = 0


@event
class StageFunded:
    """`due_at`: by when it was to be paid."""

    order_id: UUID
    stage_id: UUID
    amount: Money
    buyer_id: UUID | None = None
    due_at: datetime | None = None
    number: int = 0
    market: str = ""


@event
class MoneyReturned:
    """A seller gave back of what it had been paid."""

    order_id: UUID
    return_id: UUID
    amount: Money


@event
class OrderChargedBack:
    """The buyer's bank took a card payment of this order back, or it was decided: `how` is open, win, lose, retake or reinstate."""

    order_id: UUID
    amount: Money
    how: str


@event
class ChargebackDefended:
    """The seller handed in what speaks against a chargeback, or added to it: `n` counts from 1."""

    order_id: UUID
    chargeback_id: UUID
    n: int


@event
class StageReleased:
    order_id: UUID
    stage_id: UUID
    amount: Money
    fee: Money


@event
class StageRefunded:
    order_id: UUID
    stage_id: UUID
    amount: Money


@event
class PartAccepted:
    """The buyer accepted a part of the goods; `amount` of what is held was paid for it."""

    order_id: UUID
    acceptance_id: UUID
    buyer_id: UUID
    seller_id: UUID
    amount: Money


@event
class PartShipped:
    """One consignment of several; the rest follows."""

    order_id: UUID
    consignment_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderShipped:
    """`promised_on`: the day to ship by that was in force."""

    order_id: UUID
    consignment_id: UUID
    buyer_id: UUID
    seller_id: UUID
    promised_on: date | None = None
    number: int = 0
    market: str = ""


@event
class ShippingLate:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    number: int = 0
    market: str = ""


@event
class OrderReceived:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class ConfirmationAnnounced:
    """The delivery is proven: the buyer may speak until `until`; afterwards silence counts when the reminders were delivered."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    until: datetime


@event
class SilenceAccepted:
    """The announced moment passed without a word of the buyer; `evidence` is what pays instead (delivery)."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    evidence: str


@event
class ExtensionAsked:
    """`kind` is shipping or receipt, `side` who asked: buyer or seller."""

    order_id: UUID
    extension_id: UUID
    kind: str
    days: int
    side: str
    answer_by: datetime


@event
class ExtensionAnswered:
    """`state` is granted, refused, withdrawn or lapsed; `side` is who had asked."""

    order_id: UUID
    extension_id: UUID
    kind: str
    days: int
    side: str
    state: str


@event
class IssueReported:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str


@event
class IssueWithdrawn:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class CaseOverdue:
    """The operator has not decided in time what silence had opened."""

    order_id: UUID


@event
class IssueResolved:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderCompleted:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    number: int = 0
    market: str = ""


@event
class WorkShown:
    """The supplier showed pictures of production or a shipping document (`kind`)."""

    order_id: UUID
    shown_id: UUID
    kind: str


@event
class WorkConfirmed:
    order_id: UUID
    stage_id: UUID


@event
class WorkSentBack:
    order_id: UUID
    stage_id: UUID


@event
class AmendmentProposed:
    """One side (buyer or seller) laid new terms before the other."""

    order_id: UUID
    amendment_id: UUID
    side: str


@event
class OrderAmended:
    order_id: UUID
    amendment_id: UUID
    version: int


@event
class AmendmentEnded:
    """The former terms go on holding; `how` is refuse, take_back or lapse."""

    order_id: UUID
    amendment_id: UUID
    how: str


@event
class InspectionAsked:
    """`by`: buyer, seller, or operator for an arbitrator inside a claim."""

    order_id: UUID
    inspection_id: UUID
    by: str


@event
class InspectionAccepted:
    order_id: UUID
    inspection_id: UUID


@event
class InspectionDeclined:
    order_id: UUID
    inspection_id: UUID


@event
class InspectionCancelled:
    """The side that had booked it stepped back (`by`)."""

    order_id: UUID
    inspection_id: UUID
    by: str


@event
class InspectionLapsed:
    """Nobody answered or reported in time, or the order ended first."""

    order_id: UUID
    inspection_id: UUID


@event
class InspectionFeeHeld:
    order_id: UUID
    inspection_id: UUID
    amount: Money


@event
class GoodsPacked:
    """The seller declares how much is packed, so that the inspection can begin."""

    order_id: UUID
    inspection_id: UUID


@event
class InspectionPassed:
    order_id: UUID
    inspection_id: UUID


@event
class InspectionFailed:
    order_id: UUID
    inspection_id: UUID


@event
class InspectionWaived:
    """The buyer takes the goods although they failed."""

    order_id: UUID
    inspection_id: UUID


@event
class OrderSignedInAdvance:
    """The seller's signature stood before the order was placed: by a framework contract, or by publishing a group buy."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class FrameworkEndAsked:
    """One side would like to end a framework contract before its date; `by` is buyer or seller."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str


@event
class FrameworkKept:
    """It goes on: who asked thought better of it, or the other side did not agree."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str


@event
class FrameworkEnded:
    """`by`: both sides agreed («both»), or its date came («clock»)."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str
