"""What the clock does with orders. Nothing here ever pays anybody."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.deadlines import on_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.events.trade import ShippingLate
from everfair.trade.actions import close_group_buy, lapse_order, open_silent_case, run_out_framework, settle_order
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


@on_deadline("trade.confirm")
def nobody_looked(order_id: UUID) -> None:
    open_silent_case(order_id, "the buyer did not look at what was shown in time")


@on_deadline("trade.settle")
def accepted_and_paid(order_id: UUID) -> None:
    """What was due after acceptance is held: the acceptance that stands pays it out; a stop lets it wait a day."""
    try:
        with transaction.atomic():
            settle_order(order_id, by=CLOCK_ACTOR)
    except Refused as no:
        if no.code != "companies.stopped":
            raise
        set_deadline("trade.settle", order_id, timedelta(days=1))


@on_deadline("trade.receive")
def nobody_confirmed(order_id: UUID) -> None:
    open_silent_case(order_id, "the buyer neither confirmed nor complained in time")


@on_deadline("trade.framework")
def framework_ran_out(order_id: UUID) -> None:
    run_out_framework(order_id)


@on_deadline("trade.group")
def group_buy_closes(group_id: UUID) -> None:
    """Everything goes on, or everything goes back."""
    close_group_buy(group_id, by=CLOCK_ACTOR)
