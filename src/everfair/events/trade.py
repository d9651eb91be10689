"""What happened in a trade. The subject is always the order."""

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
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str


@event
class OrderLapsed:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderCalledOff:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    by: str


@event
class StageDue:
    order_id: UUID
    stage_id: UUID
    amount: Money
    n: int = 0


@event
class StageFunded:
    order_id: UUID
    stage_id: UUID
    amount: Money


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
class OrderShipped:
    order_id: UUID
    consignment_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class ShippingLate:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderReceived:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


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
class IssueResolved:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


@event
class OrderCompleted:
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID


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


@event
class GroupBuyPublished:
    group_buy_id: UUID
    offer_id: UUID
    seller_id: UUID


@event
class GroupBuyGrew:
    """Another payment for it is held in escrow."""

    group_buy_id: UUID
    offer_id: UUID


@event
class GroupBuyClosed:
    group_buy_id: UUID
    offer_id: UUID
    seller_id: UUID
    reached: bool


@event
class GroupBuyReached:
    """An order of a group buy goes on: the threshold is held in escrow."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
