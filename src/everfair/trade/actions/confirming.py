"""The buyer's time to confirm the goods: when it begins, and what is announced when their delivery is proven."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of, set_deadline
from everfair.base.events import emit
from everfair.base.rows import as_it_is, save_changes
from everfair.base.together import part
from everfair.events.trade import ConfirmationAnnounced
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import Order
from everfair.trade.queries.calendars import number
from everfair.trade.queries.silence import AFTER_DELIVERY, proofs_of_all


def begin_confirming(order: Order, mode: str, *, again: bool = False) -> None:
    """For an order that is being moved: the time to confirm starts, as long as its way of transport has by the contract.

    `again`: after an issue was withdrawn; what is proven to have arrived by then is announced with the new moment.
    """
    zero_at = now() + timedelta(days=float(number(order, f"trade.receive_days_{mode}")))
    set_deadline("trade.receive", order.pk, zero_at)
    if again and AFTER_DELIVERY in order.rules and proofs_of_all(order):
        _announce(order, zero_at)


def announce_confirmation(order_id: UUID) -> bool:
    """Every consignment is proven to have arrived: the buyer has the time of the way of transport, but never less than the days after
    the delivery, and is told the moment. Returns whether it was announced now; safe to repeat. Contracts from before the rule keep
    what they say."""
    with part():
        return announce_for(locked_order(order_id, by=CLOCK_ACTOR))


def announce_for(order: Order) -> bool:
    """The same for an order that is locked already."""
    if order.goods != "shipped" or order.agreement != "agreed" or order.issue == "open" or AFTER_DELIVERY not in order.rules:
        return False
    proofs = proofs_of_all(order)
    running = deadlines_of([order.pk]).get((order.pk, "trade.receive"))
    if not proofs or running is None:
        return False
    # What is said of the delivery may lie back: the buyer's days count from when we heard of it.
    heard = now() if order.confirm_by is None else proofs[-1].created_at
    zero_at = max(running, heard + timedelta(days=float(number(order, AFTER_DELIVERY))))
    if order.confirm_by is not None and order.confirm_by >= zero_at:
        return False
    before = as_it_is(order)
    set_deadline("trade.receive", order.pk, zero_at)  # even where the moment stays: its reminders begin anew
    _announce(order, zero_at)
    save_changes(order, before)
    return True


def _announce(order: Order, zero_at: datetime) -> None:
    order.confirm_by = zero_at
    emit(ConfirmationAnnounced(order.pk, order.buyer_id, order.seller_id, zero_at), by=CLOCK_ACTOR)


def move_confirming(order: Order, zero_at: datetime) -> None:
    """A later moment to confirm, for an order that is locked and will be saved: what was announced moves with it."""
    set_deadline("trade.receive", order.pk, zero_at)
    if order.confirm_by is not None:
        _announce(order, zero_at)
