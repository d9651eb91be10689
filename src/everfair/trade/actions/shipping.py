"""Goods: handed over, in parts or as one, and received. Receiving is the acceptance that pays the seller."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadlines
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.states import moving, step, stepping
from everfair.base.together import part
from everfair.events.trade import OrderCompleted, OrderReceived, OrderShipped, PartShipped
from everfair.logistics.actions import hand_over
from everfair.logistics.queries import consignment_of
from everfair.markets.plans import AFTER_SHIPPING
from everfair.trade.actions.confirming import begin_confirming
from everfair.trade.actions.extensions import lapse_extensions
from everfair.trade.actions.inspections import close_inspections
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.shipments import is_whole, settle_difference, take_along, write_shipped
from everfair.trade.actions.stages import call_stage, locked_order, locked_stages, release_stages
from everfair.trade.models import Acceptance, Order
from everfair.trade.queries.calendars import ship_day
from everfair.trade.queries.kinds import waits_for_group
from everfair.trade.queries.orders import orders_visible_to
from everfair.trade.queries.shipments import LineGoods

# Goods that are not all on their way yet.
TO_SHIP = ("awaiting", "part")


def ship_order(
    order_id: UUID,
    consignment: Mapping[str, Any],
    *,
    lines: Mapping[int, Decimal] | None = None,
    last: bool = True,
    by: Actor,
) -> Order:
    """The seller hands goods over, once what is due before is held in escrow; with the last of them the buyer's time to confirm begins.

    `consignment` is what `logistics.hand_over` takes: mode, carrier, tracking_number, handed_over_on, package_count,
    gross_weight_kg, packing_list, note. `lines`: line → quantity in this consignment, all that is left where it is None; `last`:
    nothing more follows, so that every line has to be there within the contract's tolerance, and what it is more or less is settled.
    """
    with part():
        order = locked_order(order_id, by=by)
        as_one = lines is None and order.goods == "awaiting"
        goods, carried = ([], {}) if as_one or order.goods not in TO_SHIP else take_along(order, lines, last=last)
        last = last or is_whole(goods)
        with stepping(order, "ship" if last else "ship_part", by=by):
            _refuse_shipping(order)
            if not as_one and not carried:
                raise Refused("trade.nothing_shipped", _("Please say what is on its way."), field="lines", status=422)
            handed = hand_over(subject=order.pk, shipper_id=order.seller_id, consignee_id=order.buyer_id, by=by, **consignment)
            exactly = order.goods == "awaiting" and last and all(line.shipped == line.ordered for line in goods)
            if not exactly:
                write_shipped(order, handed.pk, carried)
            if last:
                _all_shipped(order, goods, handed.pk, handed.mode, by=by)
            else:
                emit(PartShipped(order.pk, handed.pk, order.buyer_id, order.seller_id), by=by)
    return order


def finish_shipping(order_id: UUID, *, by: Actor) -> Order:
    """Nothing more follows: what has left is all of it, within the contract's tolerance or as both have amended it since."""
    with moving(orders_visible_to(by), order_id, "ship", by=by) as order:
        _refuse_shipping(order)
        newest = consignment_of(order.pk)
        if newest is None:
            raise Refused("trade.not_shipped", _("Nothing is on its way."))
        goods, _carried = take_along(order, {}, last=True)
        _all_shipped(order, goods, newest.pk, newest.mode, by=by)
    return order


def _refuse_shipping(order: Order) -> None:
    if order.agreement != "agreed" or order.issue == "open":
        raise Refused("trade.not_open", _("This order is not open for shipping."))
    if order.inspection in ("open", "again"):
        raise Refused("trade.inspection_open", _("The goods wait for the report of an inspection."))
    if order.inspection == "failed":
        raise Refused(
            "trade.inspection_failed", _("The goods failed the inspection. They are inspected again, or the buyer waives it.")
        )
    if order.kind == "framework":
        raise Refused("trade.no_goods", _("Goods are shipped by the call-offs of a framework contract."))
    if waits_for_group(order):
        raise Refused("trade.group_open", _("The group buy has not closed yet; until then nothing is shipped."))
    if ask(_UNPAID_BUT, [order.pk, list(AFTER_SHIPPING)]):
        raise Refused("trade.not_funded", _("Please ship only when everything due before shipping is held in escrow."))


def _all_shipped(order: Order, goods: list[LineGoods], consignment_id: UUID, mode: str, *, by: Actor) -> None:
    order.shipped_at = EfNow()  # type: ignore[assignment]
    clear_deadlines(("trade.ship", "trade.late"), order.pk)
    lapse_extensions(order)
    begin_confirming(order, mode)
    sides = (order.buyer_id, order.seller_id)
    emit(OrderShipped(order.pk, consignment_id, *sides, ship_day(order), order.number, order.market), by=by)
    settle_difference(order, goods, by=by)


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
        release_stages(order, "acceptance", accepted.pk, by=by)
        end_deadlines(order, by=by)
        settle_or_call(order, by=by)
    return order


def settle_or_call(order: Order, *, by: Actor) -> None:
    """Settled; or, where a part is due after acceptance, that falls due now."""
    last = next((stage for stage in locked_stages(order, "planned")), None)
    if last is None:
        complete(order, by=by)
    else:
        call_stage(last, by=by)


def settle_order(order_id: UUID, *, by: Actor) -> Order:
    """The part that was due after acceptance is held: it is paid out by the acceptance that stands, and the order is settled."""
    with moving(orders_visible_to(by), order_id, "complete", by=by) as order:
        accepted = find_one(Acceptance, "order_id = %s AND stage_id IS NULL AND NOT part", [order.pk])
        silent = ask(_SILENT, [order.pk]) if accepted is None else []
        if (accepted is None and not silent) or order.issue == "open" or ask(_UNPAID_BUT, [order.pk, []]):
            raise Refused("trade.not_open", _("This order is not open."))
        kind, evidence_id = ("acceptance", accepted.pk) if accepted else silent[0]
        release_stages(order, kind, evidence_id, by=by)
        end_deadlines(order, by=by)
        _completed(order, by=by)
    return order


# The evidence by which silence was accepted: it stands for the part due afterwards as an acceptance would.
_SILENT = """
    SELECT CASE WHEN r.delivery_id IS NULL THEN 'inspection' ELSE 'delivery' END, coalesce(r.delivery_id, r.inspection_id)
    FROM trade_release r JOIN trade_stage s ON s.id = r.stage_id
    WHERE s.order_id = %s AND (r.delivery_id IS NOT NULL OR r.inspection_id IS NOT NULL) LIMIT 1
"""
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
    close_inspections(order, by=by)
    order.closed_by = order.closed_by or {"operator": "operator", "clock": "clock"}.get(by.kind, "buyer")
    order.closed_at = EfNow()
    emit(OrderCompleted(order.pk, order.buyer_id, order.seller_id, order.number, order.market), by=by)
