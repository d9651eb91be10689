"""What happened to group buys. The subject is the group buy; of an order that goes on, the order."""

from uuid import UUID

from everfair.base.events import event


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
