"""The money of an order, stage by stage. Lock order: companies, then the order, then the stage, then accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from everfair.base.actor import RAIL_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.states import lock_parties, moving
from everfair.events.trade import StageDue, StageFunded, StageRefunded, StageReleased
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import received
from everfair.payments.actions import open_intent, return_received, spend_received
from everfair.trade import postings
from everfair.trade.models import Order, Stage
from everfair.trade.queries.orders import orders_visible_to
from everfair.trade.roles import buyers_purse


def days(order: Order, rule: str) -> timedelta:
    """A number of days this contract was signed under."""
    return timedelta(days=float(Decimal(order.rules[rule])))


def end_of_day(day: date) -> datetime:
    """The last second of a day, in UTC: what «ship by» means until a company states its zone."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


def locked_order(order_id: UUID, *, by: Actor) -> Order:
    """The order's row, locked; companies are share-locked before where a verb can be stopped."""
    order = orders_visible_to(by).select_for_update(of=("self",)).filter(pk=order_id).order_by().first()
    if order is None:
        raise NotVisible
    return order


def call_stage(stage: Stage, *, by: Actor) -> None:
    """The stage falls due: from now on the buyer can pay it."""
    with moving(Stage.objects.all(), stage.pk, "call", by=by) as row:
        first = row.n == 1
        pay_by = now() + days(row.order, "trade.pay_days")
        row.due_at = pay_by if first else max(pay_by, end_of_day(row.order.ship_by))
        set_deadline("trade.pay" if first else "trade.balance", row.order_id, row.due_at)
        emit(StageDue(row.order_id, row.pk, row.amount), by=by)


def pay_stage(stage_id: UUID, *, by: Actor) -> UUID:
    """The buyer wishes to pay: returns the payment's id; its page leads on. Repeating returns the same payment."""
    with transaction.atomic():
        stage = Stage.objects.filter(pk=stage_id, order__in=orders_visible_to(by)).select_related("order").first()
        if stage is None:
            raise NotVisible
        lock_parties(Stage.objects.all(), stage_id, "pay")
        order = locked_order(stage.order_id, by=by)
        stage.refresh_from_db()
        if not buyers_purse.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if stage.state != "paying":
            with moving(Stage.objects.select_related("order"), stage_id, "pay", by=by):
                pass
        intent = open_intent(
            company_id=order.buyer_id,
            purpose_kind="stage",
            purpose=stage.pk,
            amount=stage.amount,
            description=_("Order %(order)s, part %(n)s") % {"order": order.reference, "n": stage.n},
            return_path=f"/{by.language}/orders/{order.pk}/",
            by=by,
        )
        return intent.pk


def reopen_stage(stage_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """The payment failed or ran out: the stage can be paid again."""
    with transaction.atomic():
        stage = Stage.objects.get(pk=stage_id)
        locked_order(stage.order_id, by=by)
        with moving(Stage.objects.select_related("order"), stage_id, "reopen", by=by):
            pass


def fund_stage(stage_id: UUID, intent_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """Put the buyer's captured payment in escrow, so that the seller can start without fear.

    When the stage no longer waits for money (cancelled, or paid by another payment), the payment goes to the buyer's wallet.
    Safe to repeat.
    """
    with transaction.atomic():
        stage = Stage.objects.get(pk=stage_id)
        order = locked_order(stage.order_id, by=by)
        try:
            with moving(Stage.objects.select_related("order"), stage_id, "fund", by=by) as row:
                spend_received(
                    intent_id,
                    f"stage:{row.pk}:fund",
                    lambda source, amount: postings.stage_funded(source, row.pk, amount),
                    kind="stage_funded",
                    by=by,
                )
                row.funded_at = EfNow()
                emit(StageFunded(order.pk, row.pk, row.amount), by=by)
        except Refused:
            _return_unless_used(stage_id, intent_id, by=by)
            return
        clear_deadline("trade.pay" if row.n == 1 else "trade.balance", order.pk)
        _after_funding(order, by=by)


def _return_unless_used(stage_id: UUID, intent_id: UUID, *, by: Actor) -> None:
    """A repeated reaction finds the money spent already: nothing to return then."""
    stage = Stage.objects.get(pk=stage_id)
    if balance(received(intent_id), stage.currency).posted.minor > 0:
        return_received(intent_id, by=by, why=f"the stage is {stage.state}")


def _after_funding(order: Order, *, by: Actor) -> None:
    waiting = list(Stage.objects.filter(order=order).exclude(state="funded").order_by("n").select_related("order"))
    if waiting:
        if waiting[0].state == "planned":
            call_stage(waiting[0], by=by)
        return
    set_deadline("trade.ship", order.pk, end_of_day(order.ship_by) + days(order, "trade.ship_grace_days"))


def resume(order: Order, *, by: Actor) -> None:
    """Before goods are shipped, an order that is no longer frozen waits for money or for shipping, with a new deadline."""
    unpaid = Stage.objects.filter(order=order, state__in=["due", "paying"]).order_by("n").first()
    if unpaid is not None:
        set_deadline("trade.pay" if unpaid.n == 1 else "trade.balance", order.pk, now() + days(order, "trade.pay_days"))
    else:
        _after_funding(order, by=by)


def freeze_stages(order: Order, *, by: Actor) -> None:
    for stage in Stage.objects.filter(order=order, state="funded").order_by("n"):
        with moving(Stage.objects.select_related("order"), stage.pk, "freeze", by=by):
            pass


def thaw_stages(order: Order, *, by: Actor) -> None:
    for stage in Stage.objects.filter(order=order, state="frozen").order_by("n"):
        with moving(Stage.objects.select_related("order"), stage.pk, "thaw", by=by):
            pass


def void_unpaid_stages(order: Order, *, by: Actor) -> None:
    """What nobody has paid need not be paid any more. A payment that comes after all goes to the buyer's wallet."""
    for stage in Stage.objects.filter(order=order, state__in=["planned", "due", "paying"]).order_by("n"):
        with moving(Stage.objects.select_related("order"), stage.pk, "void", by=by) as row:
            row.ended_at = EfNow()


def end_stages(order: Order, verb: str, buyer_share: Decimal, *, by: Actor, evidence: dict[str, str]) -> None:
    """Everything held leaves its escrow: `buyer_share` (0 to 1) of each stage back to the buyer, the rest to the seller.

    `verb` is release, award or refund. The evidence stands in the entry: acceptance, ruling or a seller's own withdrawal (I7).
    """
    fee_rate = Decimal(order.rules["trade.fee_rate"])
    for stage in Stage.objects.filter(order=order, state__in=["funded", "frozen"]).order_by("n"):
        with moving(Stage.objects.select_related("order"), stage.pk, verb, by=by) as row:
            to_buyer: Money = row.amount.share(buyer_share)
            to_seller = row.amount - to_buyer
            fee = postings.fee_on(to_seller, fee_rate)
            post_entry(
                f"stage:{row.pk}:end",
                postings.stage_ended(
                    row.pk, buyer_id=order.buyer_id, seller_id=order.seller_id, to_seller=to_seller, to_buyer=to_buyer, fee=fee
                ),
                kind=f"stage_{verb}",
                by=by,
                why={"order": order.reference, "stage": str(row.pk), **evidence},
            )
            row.ended_at = EfNow()
            if to_seller:
                emit(StageReleased(order.pk, row.pk, to_seller, fee), by=by)
            if to_buyer:
                emit(StageRefunded(order.pk, row.pk, to_buyer), by=by)
