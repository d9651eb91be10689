"""Goods: handed over, received. Receiving is the acceptance that pays the seller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.states import moving, step
from everfair.events.trade import OrderCompleted, OrderReceived, OrderShipped
from everfair.logistics.actions import hand_over
from everfair.markets.plans import AFTER_SHIPPING
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.stages import call_stage, days, locked_stages, release_stages
from everfair.trade.models import Acceptance, Order
from everfair.trade.queries.orders import orders_visible_to


def ship_order(order_id: UUID, consignment: Mapping[str, Any], *, by: Actor) -> Order:
    """The seller hands the goods over, once what is due before is held in escrow; the buyer's time to confirm begins.

    `consignment` is what `logistics.hand_over` takes: mode, carrier, tracking_number, handed_over_on, package_count,
    gross_weight_kg, packing_list, note.
    """
    with moving(orders_visible_to(by), order_id, "ship", by=by) as order:
        if order.agreement != "agreed" or order.issue == "open":
            raise Refused("trade.not_open", _("This order is not open for shipping."))
        if ask(_UNPAID_BUT, [order.pk, list(AFTER_SHIPPING)]):
            raise Refused("trade.not_funded", _("Please ship only when everything due before shipping is held in escrow."))
        handed = hand_over(subject=order.pk, shipper_id=order.seller_id, consignee_id=order.buyer_id, by=by, **consignment)
        order.shipped_at = EfNow()
        clear_deadline("trade.ship", order.pk)
        set_deadline("trade.receive", order.pk, days(order, f"trade.receive_days_{handed.mode}"))
        emit(OrderShipped(order.pk, handed.pk, order.buyer_id, order.seller_id), by=by)
    return order


def receive_order(order_id: UUID, *, by: Actor) -> Order:
    """The buyer has the goods and accepts them: every stage held is paid to the seller, less the fee. It is final.

    Refuses while a part due before acceptance is unpaid, while an issue is open (I8) and while a stop on release stands (I17). A
    part due after acceptance falls due now, and the order is settled when it is paid.
    """
    with moving(orders_visible_to(by), order_id, "receive", by=by) as order:
        if order.agreement != "agreed":
            raise Refused("trade.not_open", _("This order is not open."))
        if order.issue == "open":
            raise Refused("trade.issue_open", _("You reported an issue. Withdraw it first, or wait for the ruling."))
        if ask(_UNPAID_BUT, [order.pk, ["acceptance"]]):
            raise Refused("trade.not_paid", _("A part of this order is not paid yet. Please pay it into escrow first."))
        order.received_at = EfNow()
        emit(OrderReceived(order.pk, order.buyer_id, order.seller_id), by=by)
        accepted = Acceptance(order=order, by=by.label)
        insert(accepted)
        release_stages(order, accepted, by=by)
        end_deadlines(order)
        last = next((stage for stage in locked_stages(order, "planned")), None)
        if last is None:
            complete(order, by=by)
        else:
            call_stage(last, by=by)
    return order


def settle_order(order_id: UUID, *, by: Actor) -> Order:
    """The part that was due after acceptance is held: it is paid out by the acceptance that stands, and the order is settled."""
    with moving(orders_visible_to(by), order_id, "complete", by=by) as order:
        accepted = find_one(Acceptance, "order_id = %s AND stage_id IS NULL", [order.pk])
        if accepted is None or order.issue == "open" or ask(_UNPAID_BUT, [order.pk, []]):
            raise Refused("trade.not_open", _("This order is not open."))
        release_stages(order, accepted, by=by)
        end_deadlines(order)
        _completed(order, by=by)
    return order


# What is not held, with what may still be unpaid named by its trigger.
_UNPAID_BUT = """
    SELECT 1 FROM trade_stage WHERE order_id = %s AND state IN ('planned', 'due', 'paying') AND NOT due_on = ANY(%s) LIMIT 1
"""


def complete(order: Order, *, by: Actor) -> None:
    """Settled: the second axis of a row that is being moved already."""
    step(order, "complete", by=by)()
    _completed(order, by=by)


def conclude(order: Order, *, by: Actor) -> None:
    """Settled as a claim ended."""
    step(order, "conclude", by=by)()
    _completed(order, by=by)


def _completed(order: Order, *, by: Actor) -> None:
    order.closed_by = order.closed_by or ("operator" if by.kind == "operator" else "buyer")
    order.closed_at = EfNow()
    emit(OrderCompleted(order.pk, order.buyer_id, order.seller_id), by=by)
