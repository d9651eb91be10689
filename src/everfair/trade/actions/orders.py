"""Agreeing, and the ways out of an agreement before goods move."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, clear_deadlines, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import as_it_is, save_changes
from everfair.base.states import moving, write_history
from everfair.events.trade import OrderCalledOff, OrderCancelled, OrderDeclined, OrderLapsed, OrderSigned, OrderSignedInAdvance
from everfair.trade.actions.amending import end_proposals
from everfair.trade.actions.bases import give_back
from everfair.trade.actions.extensions import lapse_extensions
from everfair.trade.actions.inspections import close_inspections
from everfair.trade.actions.stages import call_stage, locked_stages, refund_stages, void_unpaid_stages
from everfair.trade.models import Order, Stage
from everfair.trade.queries.calendars import late_from
from everfair.trade.queries.kinds import runs_until, waits_for_group
from everfair.trade.queries.orders import orders_visible_to

DEADLINES = (
    "trade.sign",
    "trade.pay",
    "trade.balance",
    "trade.date",
    "trade.ship",
    "trade.receive",
    "trade.confirm",
    "trade.settle",
    "trade.recheck",
    "trade.late",
    "trade.case",
    "trade.framework",
)


def end_deadlines(order: Order, *, by: Actor) -> None:
    """Nothing runs any more, and what was proposed for the order is over too."""
    clear_deadlines(DEADLINES, order.pk)
    end_proposals(order, by=by)
    lapse_extensions(order)


def sign_order(order_id: UUID, terms_hash: str, *, by: Actor) -> Order:
    """The seller agrees to exactly the terms seen; the first stage falls due.

    Refuses `trade.other_terms` when the hash is not the one of the order's terms (B83).
    """
    with moving(orders_visible_to(by), order_id, "sign", by=by) as order:
        if terms_hash != order.terms_hash:
            raise Refused("trade.other_terms", _("These are not the terms of this order. Please read it again."))
        order.seller_signed_at = EfNow()
        order.seller_signed_by = by.person_id
        clear_deadline("trade.sign", order.pk)
        emit(OrderSigned(order.pk, order.buyer_id, order.seller_id), by=by)
        if order.kind == "framework":
            set_deadline("trade.framework", order.pk, runs_until(order))
        else:
            call_stage(locked_stages(order)[0], by=by)
    return order


def sign_in_advance(order: Order, signed_by: UUID, *, by: Actor) -> None:
    """A fresh order whose terms the seller has signed before: by its framework contract, or by publishing its group buy. Its
    first stage falls due. History names who placed it and why no other signature is asked."""
    before = as_it_is(order)
    order.agreement = "agreed"
    order.seller_signed_at, order.seller_signed_by = EfNow(), signed_by  # type: ignore[assignment]
    save_changes(order, before)
    write_history(order, "agreement", "sign", "offered", "agreed", by=by, reason="signed in advance")
    emit(OrderSignedInAdvance(order.pk, order.buyer_id, order.seller_id), by=by)
    call_stage(locked_stages(order)[0], by=by)


def decline_order(order_id: UUID, reason: str, *, by: Actor) -> Order:
    """The seller does not want these terms; nothing was paid yet."""
    with moving(orders_visible_to(by), order_id, "decline", by=by, reason=reason) as order:
        _close(order, "seller", reason)
        void_unpaid_stages(order, by=by)
        end_deadlines(order, by=by)
        emit(OrderDeclined(order.pk, order.buyer_id, order.seller_id), by=by)
    return order


def cancel_order(order_id: UUID, reason: str, *, by: Actor) -> Order:
    """Either side steps back before any money is held. Refuses `trade.money_held` and, once a part was paid out on what was shown,
    `trade.money_paid_out`: nobody keeps a deposit by cancelling."""
    with moving(orders_visible_to(by), order_id, "cancel", by=by, reason=reason) as order:
        _refuse_when_held(order)
        if _paid_out(order):
            raise Refused(
                "trade.money_paid_out", _("A part of this order has been paid out; it can no longer simply be cancelled.")
            )
        if order.kind == "framework" and order.agreement == "agreed":
            raise Refused("trade.framework_runs", _("A framework contract ends by its date, or when both sides agree."))
        side = "buyer" if by.company_id == order.buyer_id else "seller"
        close_inspections(order, by=by)
        _close(order, side, reason)
        void_unpaid_stages(order, by=by)
        end_deadlines(order, by=by)
        emit(
            OrderCancelled(
                order.pk, order.buyer_id, order.seller_id, side, order.seller_signed_at is not None, order.number, order.market
            ),
            by=by,
        )
    return order


def lapse_order(order_id: UUID, reason: str) -> None:
    """Nobody signed or paid in time: the order closes, nothing was held."""
    by = CLOCK_ACTOR
    with moving(orders_visible_to(by), order_id, "lapse", by=by, reason=reason) as order:
        _refuse_when_held(order)
        close_inspections(order, by=by)
        _close(order, "clock", reason)
        void_unpaid_stages(order, by=by)
        end_deadlines(order, by=by)
        signed = order.seller_signed_at is not None
        emit(OrderLapsed(order.pk, order.buyer_id, order.seller_id, signed, order.number, order.market), by=by)


def call_off_order(order_id: UUID, reason: str, *, by: Actor) -> Order:
    """Before goods are shipped: the seller gives up, or the seller is late and the buyer takes the money back.

    Everything held goes back to the buyer's wallet, whole. Refuses the buyer before the ship-by day (and its grace) has
    passed, and anyone once goods are shipped or an issue is open.
    """
    with moving(orders_visible_to(by), order_id, "call_off", by=by, reason=reason) as order:
        if order.kind == "framework":
            raise Refused("trade.framework_runs", _("A framework contract ends by its date, or when both sides agree."))
        if waits_for_group(order) and by.kind != "clock":
            raise Refused("trade.group_open", _("The group buy has not closed yet; until then nobody steps back."))
        if order.goods != "awaiting":
            raise Refused("trade.shipped", _("The goods are on their way already."))
        if order.issue == "open":
            raise Refused("trade.issue_open", _("An open issue is decided by the operator first."))
        side = "clock" if by.kind == "clock" else "buyer" if by.company_id == order.buyer_id else "seller"
        if side == "seller" and _paid_out(order):
            raise Refused(
                "trade.money_paid_out", _("A part of this order has been paid out to you; it can no longer be called off.")
            )
        if side == "buyer" and now() <= late_from(order):
            raise Refused("trade.not_late", _("The seller still has time to ship."))
        if side == "buyer" and order.inspection in ("open", "again"):
            raise Refused(
                "trade.inspection_open", _("The goods wait for an inspection. Cancel it first, or wait for its report.")
            )
        emit(OrderCalledOff(order.pk, order.buyer_id, order.seller_id, side, order.number, order.market), by=by)
        refund_stages(order, by=by, evidence=f"called off by {side}")
        void_unpaid_stages(order, by=by)
        close_inspections(order, by=by)
        _close(order, side, reason)
        end_deadlines(order, by=by)
    return order


def _refuse_when_held(order: Order) -> None:
    if Stage.objects.filter(order=order, state__in=["funded", "frozen"]).exists():
        raise Refused("trade.money_held", _("Money is held for this order; it can no longer simply be cancelled."))


def _paid_out(order: Order) -> bool:
    return Stage.objects.filter(order=order, state="released").exists()


def _close(order: Order, side: str, reason: str) -> None:
    order.closed_by = side
    order.closed_reason = reason
    order.closed_at = EfNow()
    give_back(order)
