"""What the clock does with orders. It pays nobody but on evidence: an acceptance that stands, or a passed inspection and silence."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.deadlines import on_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.events.trade import ShippingLate
from everfair.trade.actions import lapse_inspection, lapse_order, open_silent_case, settle_in_silence, settle_order
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
    """An inspection that passed all goods pays after the reminders; silence alone never does."""
    try:
        with transaction.atomic():
            if settle_in_silence(order_id):
                return
    except Refused as no:
        if no.code == "companies.stopped":
            set_deadline("trade.receive", order_id, timedelta(days=1))
            return
        if no.code != "trade.not_silent":
            raise
    open_silent_case(order_id, "the buyer neither confirmed nor complained in time")


@on_deadline("trade.inspection")
def nobody_inspected(order_id: UUID) -> None:
    """The subject is the order, of which one inspection at most is open."""
    lapse_inspection(order_id)


@on_deadline("trade.recheck")
def nobody_rechecked(order_id: UUID) -> None:
    open_silent_case(order_id, "nobody acted on the failed inspection in time")
