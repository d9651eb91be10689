"""A buyer's way to the payment of a stage and back; what holds and releases its money is `stages.py`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.actor import RAIL_ACTOR, Actor
from everfair.base.deadlines import set_deadline
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import as_it_is, ask, save_changes
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.payments.actions import open_intent, pay_by
from everfair.trade.actions.stages import call_stage, locked_order, locked_stage, locked_stages, order_of_stage
from everfair.trade.queries.inspecting import BLOCKS_MONEY
from everfair.trade.queries.moves import may_pay_early
from everfair.trade.queries.orders import orders_visible_to
from everfair.trade.roles import buyers_purse


def pay_stage(stage_id: UUID, *, method: str = "", by: Actor) -> UUID:
    """The buyer wishes to pay: returns the payment's id; its page leads on. Repeating returns the same payment. With a `method` that
    pays at once (`payments.queries.ways`) it is paid; the escrow holds it as soon as the payment is heard of, as with any other."""
    where, params = orders_visible_to(by).seen_as  # type: ignore[attr-defined]
    with part():
        found = ask(_ORDER_OF + where, [stage_id, *params])
        if not found:
            raise NotVisible
        order_id, *sides = found[0]
        refuse_stopped(sides, "deposit")
        order = locked_order(order_id, by=by)
        stage = locked_stage(order, stage_id)
        if not buyers_purse.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if stage.n > 1 and order.inspection in BLOCKS_MONEY:
            raise Refused(
                "trade.inspection_failed", _("The goods failed the inspection. Inspect again or waive it before you pay.")
            )
        if stage.state == "planned" and may_pay_early(order, stage, locked_stages(order)):
            call_stage(stage, by=by)
        if stage.state != "paying":
            with stepping(stage, "pay", by=by):
                pass
        intent = open_intent(
            company_id=order.buyer_id,
            purpose_kind="stage",
            purpose=stage.pk,
            amount=stage.amount,
            description=_("Order %(order)s, stage %(n)s") % {"order": order.reference, "n": stage.n},
            return_path=f"/{by.language}/orders/{order.pk}/",
            market=order.market,
            payee_id=order.seller_id,
            by=by,
        )
        if method:
            pay_by(intent.pk, method, by=by)
        return intent.pk


_ORDER_OF = """
    SELECT o.id, o.buyer_id, o.seller_id FROM trade_stage s JOIN trade_order o ON o.id = s.order_id WHERE s.id = %s AND
"""


def reopen_stage(stage_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """The payment failed or ran out: the stage can be paid again."""
    with part():
        stage = locked_stage(locked_order(order_of_stage(stage_id), by=by), stage_id)
        with stepping(stage, "reopen", by=by):
            pass


def wait_for_transfer(stage_id: UUID, until: datetime, *, by: Actor = RAIL_ACTOR) -> None:
    """The buyer pays by bank transfer: an order is not closed over money that is on its way, so its time to pay reaches as far.

    Not in a group buy, where only what is held when it closes counts. Safe to repeat.
    """
    with part():
        order = locked_order(order_of_stage(stage_id), by=by)
        stage = locked_stage(order, stage_id)
        late = stage.due_at is None or until <= stage.due_at
        if late or stage.state != "paying" or order.kind == "group_buy" or order.issue == "open":
            return
        before = as_it_is(stage)
        stage.due_at = until
        save_changes(stage, before)
        set_deadline("trade.pay" if stage.n == 1 else "trade.balance", order.pk, until)
