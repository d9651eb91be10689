"""What an actor may do with an order now: the table of moves, less what the actions would refuse all the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.rows import ask
from everfair.base.states import allowed_moves
from everfair.markets.plans import AFTER_SHIPPING, PROOFS, TRIGGERS
from everfair.markets.rules import RULES
from everfair.trade.models import Order, Stage
from everfair.trade.queries.accepted import may_accept_part
from everfair.trade.queries.calendars import late_from
from everfair.trade.queries.inspecting import BLOCKS_GOODS, BLOCKS_MONEY, may_ask
from everfair.trade.queries.kinds import framework_moves, waits_for_group
from everfair.trade.queries.shipments import goods_of
from everfair.trade.roles import buyer, buyers_purse, seller

# Said where the withdrawals are used up, by the refusal and in place of the button.
NO_MORE = {
    "report": _(
        "You have withdrawn this as often as the contract allows, so it cannot be reported again. Do not confirm the"
        " goods, and ask the operator: when the time to confirm is over, an issue is opened for the operator."
    ),
    "withdraw": _("You have withdrawn this as often as the contract allows. Write here what has arrived: the operator decides."),
}
# Never a button: one is how an order is born, the other comes with receiving or a ruling.
_NOT_ASKED = ("place", "ship_part", "complete", "conclude", "settle", "lapse")


def moves_of(order: Order, stages: Sequence[Stage], actor: Actor) -> list[str]:
    """The verbs for buttons and for the API's `moves`, in the order of the tables."""
    found = [verb for verb in allowed_moves(order, actor) if verb not in _NOT_ASKED and _is_open(verb, order, stages, actor)]
    found += ["pay"] if payable_stage(order, stages, actor) else []
    running = order.agreement == "agreed" and order.issue != "open"
    if order.kind == "framework":
        return found + framework_moves(order, actor)
    # When the goods have left a little short or over, what was sent is settled: the terms stay.
    fixed = order.goods == "received" or order.kind == "group_buy" or order.difference_minor
    if running and not fixed and (buyer | seller).admits(actor, order):
        found.append("amend")
    if running and seller.admits(actor, order) and waited_for(order, stages):
        found.append("show")
    if running and buyer.admits(actor, order) and presented_stage(stages):
        found += ["confirm", "send_back"]
    if "ship" in found and order.goods == "part" and all(line.state == "shipped" for line in goods_of(order)):
        found.append("finish_shipping")
    if running and may_accept_part(order, stages, actor):
        found.append("accept_part")
    if may_ask(order, actor):
        found.append("inspect")
    return found


def presented_stage(stages: Sequence[Stage]) -> Stage | None:
    """The held stage whose work was shown and waits for the buyer's word."""
    return next((stage for stage in stages if stage.state == "funded" and stage.work == "presented"), None)


def _unpaid(stages: Sequence[Stage], later: Sequence[str]) -> bool:
    """Whether something is not held yet that is due before what `later` names."""
    return any(stage.state in ("planned", "due", "paying") and stage.due_on not in later for stage in stages)


def payable_stage(order: Order, stages: Sequence[Stage], actor: Actor) -> Stage | None:
    """The stage this actor could pay now."""
    if order.agreement != "agreed" or not buyers_purse.admits(actor, order):
        return None
    due = next((stage for stage in stages if stage.state in ("due", "paying")), None)
    if due is None and order.issue != "open":
        due = next((stage for stage in stages if may_pay_early(order, stage, stages)), None)
    return None if due is not None and due.n > 1 and order.inspection in BLOCKS_MONEY else due


def may_pay_early(order: Order, stage: Stage, stages: Sequence[Stage]) -> bool:
    """Whether this one waits for nothing but its day: the buyer may pay it before."""
    if order.agreement != "agreed" or order.issue == "open" or stage.state != "planned" or stage.due_day is None:
        return False
    coming = coming_stage(stages)
    return coming is not None and coming.n == stage.n and any(each.state == "funded" for each in stages)


def is_withdrawn_for_good(order: Order) -> bool:
    """Whether the buyer has used up the withdrawals. A contract from before the rule holds by its declared default."""
    name = "trade.issue_withdrawals"
    [(withdrawn,)] = ask(
        "SELECT count(*) FROM base_history WHERE subject = %s AND axis = 'issue' AND verb = 'withdraw'", [order.pk]
    )
    return withdrawn >= Decimal(order.rules.get(name, RULES[name].default))


def used_up(order: Order, moves: Sequence[str], actor: Actor) -> Promise | str:
    """Why the buyer no longer finds the button to report or to withdraw; «» where it stands, or never stood."""
    if not buyer.admits(actor, order) or order.agreement != "agreed":
        return ""
    verb = "withdraw" if order.issue == "open" else "report"
    may = verb == "withdraw" or (order.goods == "shipped" and order.issue == "none")
    return NO_MORE[verb] if may and verb not in moves and is_withdrawn_for_good(order) else ""


def coming_stage(stages: Sequence[Stage]) -> Stage | None:
    """The stage that is to be paid next: in the order of what makes them due."""
    unpaid = [stage for stage in stages if stage.state in ("planned", "due", "paying")]
    return min(unpaid, key=lambda stage: (TRIGGERS.index(stage.due_on), stage.n), default=None)


def waited_for(order: Order, stages: Sequence[Stage]) -> list[str]:
    """What the seller could show now: what the next payment waits for, and what a held stage ends with."""
    coming = coming_stage(stages)
    if coming is stages[0]:
        return []
    asked = {stage.ends_on for stage in stages if stage.state == "funded" and stage.work != "confirmed"}
    if coming is not None and coming.state == "planned":
        asked.add(coming.due_on)
    if order.goods in ("awaiting", "part"):
        asked.discard("shipping_document")
    return [kind for kind in PROOFS if kind in asked]


def _is_open(verb: str, order: Order, stages: Sequence[Stage], actor: Actor) -> bool:
    if order.kind == "framework":  # the rest are verbs of its own page
        return order.agreement == "offered" and verb in ("sign", "decline", "cancel")
    if verb == "end" or (verb in ("ship", "call_off") and waits_for_group(order)):
        return False
    held = any(stage.state in ("funded", "frozen") for stage in stages)
    running = order.agreement == "agreed" and order.issue != "open"
    match verb:
        case "cancel":
            return not held and not any(stage.state == "released" for stage in stages)
        case "call_off":
            if not held or not running or order.goods != "awaiting":
                return False
            if actor.company_id == order.buyer_id:
                return now() > late_from(order) and order.inspection not in ("open", "again")
            return not any(stage.state == "released" for stage in stages)
        case "ship":
            return running and not _unpaid(stages, AFTER_SHIPPING) and order.inspection not in BLOCKS_GOODS
        case "receive":
            return running and not _unpaid(stages, ("acceptance",))
        case "report":
            return running and order.goods == "shipped" and not is_withdrawn_for_good(order)
        case "withdraw":
            return order.agreement == "agreed" and not is_withdrawn_for_good(order)
        case "resolve":
            return order.agreement == "agreed"
    return True
