"""When goods do not come: the stages freeze, and an operator decides with reasons."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money, total
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import CaseOverdue, IssueReported, IssueResolved, IssueWithdrawn
from everfair.logistics.queries import consignment_of
from everfair.trade.actions.confirming import begin_confirming
from everfair.trade.actions.freezing import freeze_stages, thaw_stages
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.shipping import complete, conclude
from everfair.trade.actions.stages import (
    award_stages,
    divide_stages,
    held_of,
    locked_order,
    locked_stages,
    resume,
    void_unpaid_stages,
)
from everfair.trade.models import Decision, Order, Stage
from everfair.trade.queries.amendments import credit_of_held
from everfair.trade.queries.calendars import due
from everfair.trade.queries.moves import NO_MORE, is_withdrawn_for_good
from everfair.trade.queries.orders import order as order_of
from everfair.trade.queries.orders import orders_visible_to


def open_issue(order_id: UUID, reason: str, *, by: Actor) -> Order:
    """Something is wrong with what was shipped: what is held freezes until the issue is closed or decided (I8).

    For `disputes`, whose claim it is. Refuses one that was withdrawn as often as the contract allows: each withdrawal begins the
    time to confirm anew, and money must not wait for ever. At the deadline the operator looks at the order all the same.
    """
    with moving(orders_visible_to(by), order_id, "report", by=by, reason=reason) as order:
        if order.goods == "awaiting" or order.agreement != "agreed":
            raise Refused("trade.not_shipped", _("Nothing is on its way."))
        if is_withdrawn_for_good(order):
            raise Refused("trade.issue_withdrawn_too_often", NO_MORE["report"], field="reason")
        _open(order, reason, by=by)
    return order


def open_silent_case(order_id: UUID, reason: str) -> None:
    """Nobody said anything until the deadline: an operator looks at it. Silence alone never pays (I7)."""
    by = CLOCK_ACTOR
    with moving(orders_visible_to(by), order_id, "report", by=by, reason=reason) as order:
        if order.agreement != "agreed":
            raise Refused("trade.not_open", _("This order is not open."))
        _open(order, reason, by=by)
        set_deadline("trade.case", order.pk, due(order, "trade.case_days"))


def mark_overdue(order_id: UUID) -> None:
    """The operator has not decided in time: the case is marked, and its time runs anew. Nothing is paid to anyone meanwhile."""
    with part():
        order = locked_order(order_id, by=CLOCK_ACTOR)
        if order.issue == "open" and order.agreement == "agreed":
            set_deadline("trade.case", order.pk, due(order, "trade.case_days"))
            emit(CaseOverdue(order.pk), by=CLOCK_ACTOR)


def take_over_case(order: Order) -> None:
    """For `disputes`: what the clock has opened is a claim's from now on, with deadlines of its own."""
    clear_deadline("trade.case", order.pk)


def _open(order: Order, reason: str, *, by: Actor) -> None:
    order.issue_reason = reason
    freeze_stages(order, by=by)
    end_deadlines(order, by=by)
    emit(IssueReported(order.pk, order.buyer_id, order.seller_id, by.kind), by=by)


def close_issue(order_id: UUID, *, by: Actor) -> Order:
    """The goods came after all: the stages thaw, and the buyer's time to confirm begins again.

    Refuses more withdrawals than the contract allows, also of a case that the clock has opened: then the operator decides.
    """
    with moving(orders_visible_to(by), order_id, "withdraw", by=by) as order:
        if is_withdrawn_for_good(order):
            raise Refused("trade.issue_withdrawn_too_often", NO_MORE["withdraw"])
        order.issue_reason = ""
        clear_deadline("trade.case", order.pk)
        thaw_stages(order, by=by)
        if order.goods == "shipped":
            handed = consignment_of(order.pk)
            mode = handed.mode if handed else "sea"
            begin_confirming(order, mode, again=True)
        else:
            resume(order, by=by)
        emit(IssueWithdrawn(order.pk, order.buyer_id, order.seller_id), by=by)
    return order


def divide_held(order_id: UUID, to_buyer: Money, reason: str, *, kind: str, by: Actor) -> Order:
    """A claim has ended: of what is held exactly `to_buyer` goes back, the rest to the seller less the fee, and the trade is settled.

    For `disputes`. Over several stages in proportion to what each holds, to the smallest unit by largest remainder. What an amendment
    made cheaper goes back to the buyer beforehand. `kind`: a «settlement» both sides agreed to, or a «ruling». Refuses more than is held; a stop on release keeps the seller's part back.
    """
    seen = order_of(order_id, by, sides=False)
    with part():
        # Whether anything goes to the seller is known only under the lock; a refund of everything passes a stop.
        kept = Stage.objects.filter(order=seen, state__in=["funded", "frozen"])
        held = kept.aggregate(held=Sum(F("amount_minor") - F("parted_minor") - F("charged_minor")))["held"] or 0
        if to_buyer.minor < held - credit_of_held(seen).minor:
            refuse_stopped([seen.buyer_id, seen.seller_id], "release")
        order = locked_order(order_id, by=by)
        with stepping(order, "settle", by=by, reason=reason):
            stages = locked_stages(order)
            stands = held_of(stages)
            held = total([stage.rest for stage in stands], order.currency) - credit_of_held(order)
            if not 0 <= to_buyer.minor <= held.minor or not stands:
                raise Refused("trade.more_than_held", _("Not so much is held any more."), field="amount")
            share = (Decimal(to_buyer.minor) / (held.minor or 1)).quantize(Decimal("0.000001"))
            decision = Decision(
                order=order, kind=kind, buyer_share=share, to_buyer_minor=to_buyer.minor, reason=reason, by=by.label
            )
            insert(decision)
            divide_stages(order, stages, to_buyer, decision, by=by)
            void_unpaid_stages(order, by=by)
            end_deadlines(order, by=by)
            order.closed_by, order.closed_reason = side_of(order, by), reason
            emit(IssueResolved(order.pk, order.buyer_id, order.seller_id), by=by)
            conclude(order, by=by)
    return order


def side_of(order: Order, by: Actor) -> str:
    if by.kind in ("operator", "clock"):
        return by.kind
    return "buyer" if by.company_id == order.buyer_id else "seller"


def resolve_issue(order_id: UUID, buyer_share: Decimal, reason: str, *, by: Actor) -> Order:
    """An operator decides: `buyer_share` (0 to 1) of what is held goes back to the buyer, the rest to the seller.

    Refuses without a reason. A stop on release keeps the seller's part back; a refund passes it.
    """
    if not 0 <= buyer_share <= 1:
        raise Refused("trade.share", _("Please give a share between 0 and 100 %."), field="buyer_share", status=422)
    if not reason.strip():
        raise Refused("trade.reason", _("A decision needs its reasons."), field="reason", status=422)
    with transaction.atomic():
        parties = orders_visible_to(by).filter(pk=order_id).values_list("buyer_id", "seller_id").first()
        if parties and buyer_share < 1:
            refuse_stopped(list(parties), "release")
        with moving(orders_visible_to(by), order_id, "resolve", by=by, reason=reason) as order:
            emit(IssueResolved(order.pk, order.buyer_id, order.seller_id), by=by)
            decision = Decision(order=order, buyer_share=buyer_share, reason=reason, by=by.label)
            insert(decision)
            award_stages(order, decision, by=by)
            void_unpaid_stages(order, by=by)
            end_deadlines(order, by=by)
            order.closed_by, order.closed_reason = "operator", reason
            complete(order, by=by)
    return order
