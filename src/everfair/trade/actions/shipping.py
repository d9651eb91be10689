"""Goods: handed over, received. Receiving is the acceptance that pays the seller."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.base.states import moving, step
from everfair.events.trade import OrderCompleted, OrderReceived, OrderShipped
from everfair.logistics.actions import hand_over
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.stages import days, end_stages
from everfair.trade.models import Order
from everfair.trade.queries.orders import orders_visible_to


def ship_order(order_id: UUID, consignment: Mapping[str, Any], *, by: Actor) -> Order:
    """The seller hands the goods over, once every stage is held in escrow; the buyer's time to confirm begins.

    `consignment` is what `logistics.hand_over` takes: mode, carrier, tracking_number, handed_over_on, package_count,
    gross_weight_kg, packing_list, note.
    """
    with moving(orders_visible_to(by), order_id, "ship", by=by) as order:
        if order.agreement != "agreed" or order.issue == "open":
            raise Refused("trade.not_open", _("This order is not open for shipping."))
        if ask("SELECT 1 FROM trade_stage WHERE order_id = %s AND state <> 'funded' LIMIT 1", [order.pk]):
            raise Refused("trade.not_funded", _("Please ship only when the whole amount is held in escrow."))
        handed = hand_over(subject=order.pk, shipper_id=order.seller_id, consignee_id=order.buyer_id, by=by, **consignment)
        order.shipped_at = EfNow()
        clear_deadline("trade.ship", order.pk)
        set_deadline("trade.receive", order.pk, days(order, f"trade.receive_days_{handed.mode}"))
        emit(OrderShipped(order.pk, handed.pk, order.buyer_id, order.seller_id), by=by)
    return order


def receive_order(order_id: UUID, *, by: Actor) -> Order:
    """The buyer has the goods and accepts them: every stage is paid to the seller, less the fee. It is final.

    Refuses while an issue is open (I8) and while a stop on release stands (I17).
    """
    with moving(orders_visible_to(by), order_id, "receive", by=by) as order:
        if order.agreement != "agreed":
            raise Refused("trade.not_open", _("This order is not open."))
        if order.issue == "open":
            raise Refused("trade.issue_open", _("You reported an issue. Withdraw it first, or wait for the ruling."))
        order.received_at = EfNow()
        emit(OrderReceived(order.pk, order.buyer_id, order.seller_id), by=by)
        end_stages(order, "release", Decimal(0), by=by, evidence={"evidence": "acceptance"})
        end_deadlines(order)
        complete(order, by=by)
    return order


def complete(order: Order, *, by: Actor) -> None:
    """Settled: the second axis of a row that is being moved already."""
    step(order, "complete", by=by)()
    order.closed_by = order.closed_by or ("operator" if by.kind == "operator" else "buyer")
    order.closed_at = EfNow()
    emit(OrderCompleted(order.pk, order.buyer_id, order.seller_id), by=by)
