"""What the clock does with orders. Nothing here ever pays anybody."""

from uuid import UUID

from everfair.base.deadlines import on_deadline
from everfair.base.events import emit
from everfair.events.trade import ShippingLate
from everfair.trade.actions import lapse_order, open_silent_case
from everfair.trade.models import Order


@on_deadline("trade.sign")
def nobody_signed(order_id: UUID) -> None:
    lapse_order(order_id, "the seller did not sign in time")


@on_deadline("trade.pay")
def nobody_paid(order_id: UUID) -> None:
    lapse_order(order_id, "the first part was not paid in time")


@on_deadline("trade.balance")
def balance_unpaid(order_id: UUID) -> None:
    open_silent_case(order_id, "the balance was not paid in time")


@on_deadline("trade.ship")
def not_shipped(order_id: UUID) -> None:
    """The buyer may take the money back from now on; whether they do is theirs to say."""
    order = Order.objects.get(pk=order_id)
    emit(ShippingLate(order.pk, order.buyer_id, order.seller_id))


@on_deadline("trade.receive")
def nobody_confirmed(order_id: UUID) -> None:
    open_silent_case(order_id, "the buyer neither confirmed nor complained in time")
