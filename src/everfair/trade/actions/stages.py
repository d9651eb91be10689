"""The money of an order, stage by stage. Lock order: companies, then the order, then the stage, then accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from everfair.base.actor import CLOCK_ACTOR, RAIL_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, clear_deadlines, set_deadline
from everfair.base.events import emit
from everfair.base.failpoints import failpoint
from everfair.base.money import Money, total
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import as_it_is, ask, find, find_one, insert, save_changes
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.billing.actions import charge
from everfair.billing.values import Fee, one_sum
from everfair.events.groups import GroupBuyGrew
from everfair.events.trade import StageDue, StageFunded, StageRefunded, StageReleased
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import received
from everfair.payments.actions import end_held_rates, keep_reserve, leave_on_credit, return_received, spend_received
from everfair.payments.values import CREDIT
from everfair.trade import postings
from everfair.trade.actions.debts import take_debts
from everfair.trade.models import Acceptance, CreditUse, Decision, Order, Release, Stage, StagePart
from everfair.trade.queries.accepted import parts_of
from everfair.trade.queries.amendments import credit_left
from everfair.trade.queries.calendars import due, due_at, falls_due, late_from, ship_end
from everfair.trade.queries.fees import fees_on
from everfair.trade.queries.inspecting import BLOCKS_MONEY
from everfair.trade.queries.kinds import group_closes_at, waits_for_group
from everfair.trade.queries.moves import coming_stage
from everfair.trade.queries.orders import orders_visible_to

ENDED = ("released", "refunded", "void")


def locked_order(order_id: UUID, *, by: Actor) -> Order:
    """The order's row, locked; companies are share-locked before where a verb can be stopped."""
    return lock(orders_visible_to(by), order_id)


def locked_stages(order: Order, *states: str) -> list[Stage]:
    """The stages of a locked order (those in one of these states, when any is said), locked in their order; each knows its order."""
    stages = find(
        Stage,
        "order_id = %s AND (%s::varchar[] = '{}' OR state = ANY(%s)) ORDER BY n FOR UPDATE",
        [order.pk, list(states), list(states)],
    )
    for stage in stages:
        stage.order = order
    return stages


def locked_stage(order: Order, stage_id: UUID) -> Stage:
    stage = find_one(Stage, "order_id = %s AND id = %s FOR UPDATE", [order.pk, stage_id])
    if stage is None:
        raise NotVisible
    stage.order = order
    return stage


def call_stage(stage: Stage, *, by: Actor) -> None:
    """A locked stage falls due: from now on the buyer can pay it."""
    order = stage.order
    with stepping(stage, "call", by=by):
        first = stage.n == 1
        pay_by = due_at(order, "trade.pay_days", now())
        if order.kind == "group_buy":
            pay_by = min(pay_by, group_closes_at(order))  # what is not held by then is not counted
        stage.due_at = max(pay_by, ship_end(order)) if stage.due_on == "former_held" else pay_by
        set_deadline("trade.pay" if first else "trade.balance", order.pk, stage.due_at)
        clear_deadline("trade.date", order.pk)
        emit(StageDue(order.pk, stage.pk, stage.amount, stage.n), by=by)


def order_of_stage(stage_id: UUID) -> UUID:
    found = ask("SELECT order_id FROM trade_stage WHERE id = %s", [stage_id])
    if not found:
        raise NotVisible
    order_id: UUID = found[0][0]
    return order_id


def fund_stage(stage_id: UUID, intent_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """Put the buyer's captured payment in escrow, so that the seller can start without fear.

    When the stage no longer waits for money (cancelled, or paid by another payment), the payment goes to the buyer's wallet.
    Safe to repeat.
    """
    with part():
        order = locked_order(order_of_stage(stage_id), by=by)
        stages = locked_stages(order)
        stage = next(each for each in stages if each.pk == stage_id)
        try:
            with transaction.atomic(), stepping(stage, "fund", by=by):
                paid = spend_received(
                    intent_id,
                    f"stage:{stage.pk}:fund",
                    lambda source, amount: postings.stage_funded(source, stage.pk, amount),
                    kind="stage_funded",
                    by=by,
                )
                stage.draw_id = paid.pk if paid.provider == CREDIT else None
                stage.funded_at = EfNow()  # type: ignore[assignment]
                end_held_rates([stage.pk], by=by)
                told = (order.buyer_id, stage.due_at, order.number, order.market)
                emit(StageFunded(order.pk, stage.pk, stage.amount, *told), by=by)
                failpoint("trade.stage_funded")
        except Refused:
            _return_unless_used(stage_id, intent_id, by=by)
            return
        clear_deadlines(("trade.pay" if stage.n == 1 else "trade.balance", "trade.late"), order.pk)
        _after_funding(order, stages, by=by)


def add_top_up(order: Order, stages: Sequence[Stage], amount: Money, *, by: Actor) -> None:
    """The further payment is a stage of its own. Before shipping it waits until what comes first is held."""
    percent = (Decimal(amount.minor) * 100 / order.total_minor).quantize(Decimal("0.0001"))
    top_up = Stage(
        order=order, n=len(stages) + 1, name="top_up", percent=percent, amount_minor=amount.minor, currency=amount.currency,
        due_on="former_held",
    )  # fmt: skip
    insert(top_up)
    first = all(
        stage.state not in ("planned", "due", "paying") or stage.due_on not in ("signature", "date", "former_held")
        for stage in stages
    )
    if first:
        clear_deadlines(("trade.ship", "trade.late"), order.pk)
        call_stage(top_up, by=by)


def refuse_too_low(order: Order, stages: Sequence[Stage], cheaper: Money) -> None:
    """What was paid out already cannot be given back: no credit may be larger than what is held or still to be paid."""
    to_come = sum(stage.rest.minor for stage in stages if stage.state not in ENDED)
    if cheaper.minor > to_come - credit_left(order).minor:
        raise Refused("trade.too_low", _("More than that has been paid out already."), field="lines", status=422)


def _return_unless_used(stage_id: UUID, intent_id: UUID, *, by: Actor) -> None:
    """A repeated reaction finds the money spent already: nothing to return then."""
    stage = Stage.objects.get(pk=stage_id)
    if balance(received(intent_id), stage.currency).posted.minor > 0:
        return_received(intent_id, by=by, why=f"the stage is {stage.state}")


def _after_funding(order: Order, stages: list[Stage], *, by: Actor) -> None:
    """What comes next: another payment, the supplier's turn, or, when the goods are accepted already, the payout."""
    if order.goods == "received":
        set_deadline("trade.settle", order.pk, timedelta(0))
        return
    if order.group_buy_id is not None and waits_for_group(order):
        emit(GroupBuyGrew(order.group_buy_id, UUID(order.terms["lines"][0]["offer"])), by=by)
        return
    coming = coming_stage(stages)
    if coming is not None and coming.state == "planned" and _may_fall_due(order, coming):
        call_stage(coming, by=by)
    elif coming is not None and coming.due_day is not None and order.inspection not in BLOCKS_MONEY:
        set_deadline("trade.date", order.pk, falls_due(order, coming.due_day))
    elif order.goods in ("awaiting", "part"):
        set_deadline("trade.ship", order.pk, late_from(order))


def _may_fall_due(order: Order, coming: Stage) -> bool:
    """What it waits for has come, and no failed inspection stands in its way."""
    if order.inspection in BLOCKS_MONEY:
        return False
    if coming.due_on == "inspection":
        return order.inspection in ("passed", "waived")
    if coming.due_day is not None:
        return now() >= falls_due(order, coming.due_day)
    return coming.due_on == "former_held" or _is_shown(order, coming.due_on)


def call_dated(order_id: UUID) -> None:
    """The day of a stage has come. A failed inspection lets it wait until it is settled."""
    with part():
        order = locked_order(order_id, by=CLOCK_ACTOR)
        coming = coming_stage(locked_stages(order))
        if coming is not None and coming.state == "planned" and coming.due_day is not None and _may_fall_due(order, coming):
            call_stage(coming, by=CLOCK_ACTOR)


def _is_shown(order: Order, kind: str) -> bool:
    return bool(ask("SELECT 1 FROM trade_shown WHERE order_id = %s AND kind = %s LIMIT 1", [order.pk, kind]))


def call_shown(order: Order, stages: list[Stage], kind: str, *, by: Actor) -> None:
    """What was just shown makes the next stage payable, when that is what it waits for."""
    coming = coming_stage(stages)
    if coming is not None and coming.state == "planned" and coming.due_on == kind and order.inspection not in BLOCKS_MONEY:
        call_stage(coming, by=by)


def resume(order: Order, *, by: Actor) -> None:
    """Before goods are shipped, an order that is no longer frozen waits for money, for shipping, or for an answer to a failed
    inspection, with a new deadline."""
    if order.inspection in BLOCKS_MONEY:
        set_deadline("trade.recheck", order.pk, due(order, "trade.inspection_settle_days"))
        return
    clear_deadline("trade.late", order.pk)
    stages = locked_stages(order)
    unpaid = [stage for stage in stages if stage.state in ("due", "paying")]
    if unpaid:
        set_deadline("trade.pay" if unpaid[0].n == 1 else "trade.balance", order.pk, due(order, "trade.pay_days"))
    else:
        _after_funding(order, stages, by=by)


def void_unpaid_stages(order: Order, *, by: Actor) -> None:
    """What nobody has paid need not be paid any more. A payment that comes after all goes to the buyer's wallet."""
    unpaid = locked_stages(order, "planned", "due", "paying")
    for stage in unpaid:
        with stepping(stage, "void", by=by):
            stage.ended_at = EfNow()
    end_held_rates([stage.pk for stage in unpaid], by=by)


def refund_stages(order: Order, *, by: Actor, evidence: str) -> None:
    """Everything held goes back to the buyer's wallet, whole. `evidence` says why, in the entry."""
    for stage in locked_stages(order, "funded", "frozen"):
        _end(stage, "refund", Money.zero(stage.currency), by=by, why={"evidence": evidence})


def release_stages(order: Order, kind: str, evidence_id: UUID, *, only: UUID | None = None, by: Actor) -> None:
    """What is held is paid to the seller, less the fee, on this evidence; with `only`, this stage alone. The database looks again (I7).

    `kind` is a column of Release. What an amendment made cheaper goes back to the buyer out of the last stages.
    """
    stages = locked_stages(order)
    refuse_charged_back(order, stages)
    for stage in stages:
        if stage.state == "funded" and only in (None, stage.pk):
            to_seller = stage.rest - _credit_of(order, stage, stages)
            if to_seller:
                insert(Release(stage=stage, **{f"{kind}_id": evidence_id}))
            why = {"evidence": "confirmation" if only else kind, kind: str(evidence_id)}
            _end(stage, "release" if to_seller else "refund", to_seller, by=by, why=why)
            failpoint("trade.stage_released")


def refuse_charged_back(order: Order, stages: Sequence[Stage]) -> None:
    """Frozen without an issue: the buyer's bank took a payment back, and nothing is paid out before that is decided (B85)."""
    if order.issue != "open" and any(stage.state == "frozen" for stage in stages):
        raise Refused(
            "trade.charged_back",
            _("The buyer's bank took a payment of this order back. Nothing is paid out until that is decided."),
        )


def award_stages(order: Order, decision: Decision, *, by: Actor) -> None:
    """What is held, less what an amendment gave back, is parted as the ruling says, to the smallest unit."""
    stages = locked_stages(order)
    for stage in stages:
        if stage.state not in ("funded", "frozen"):
            continue
        rest = stage.rest - _credit_of(order, stage, stages)
        to_seller = rest - rest.share(decision.buyer_share)
        if to_seller:
            insert(Release(stage=stage, decision=decision))
        why = {"evidence": "ruling", "reason": decision.reason, "ruling": str(decision.pk)}
        _end(stage, "award" if to_seller else "refund", to_seller, by=by, why=why)
        failpoint("trade.stage_awarded")


def divide_stages(order: Order, stages: list[Stage], to_buyer: Money, decision: Decision, *, by: Actor) -> None:
    """What is held of the locked stages leaves escrow: exactly `to_buyer` of it, less the order's credits, goes back, each in
    proportion (I26)."""
    held, unpaid = held_of(stages), [stage for stage in stages if stage.state in ("planned", "due", "paying")]
    rests = [stage.rest - _credit_of(order, stage, [*held[n:], *unpaid]) for n, stage in enumerate(held)]
    parts = to_buyer.split([rest.minor for rest in rests]) if any(rests) else rests  # nothing is left when a bank took all of it
    for stage, rest, back in zip(held, rests, parts, strict=True):
        to_seller = rest - back
        if to_seller:
            insert(Release(stage=stage, decision=decision))
        why = {"evidence": decision.kind, "reason": decision.reason, decision.kind: str(decision.pk)}
        _end(stage, "divide" if to_seller else "refund", to_seller, by=by, why=why)
        failpoint("trade.stage_awarded")


def held_of(stages: Sequence[Stage]) -> list[Stage]:
    return [stage for stage in stages if stage.state in ("funded", "frozen")]


def _credit_of(order: Order, stage: Stage, stages: Sequence[Stage]) -> Money:
    """What of the order's credits this stage gives back: only what those that are still to end could not."""
    later = sum(each.rest.minor for each in stages if each is not stage and each.state not in ENDED)
    back = Money(min(max(credit_left(order).minor - later, 0), stage.rest.minor), stage.currency)
    if back:
        insert(CreditUse(stage=stage, amount_minor=back.minor))
    return back


def part_stages(order: Order, stages: Sequence[Stage], amount: Money, acceptance: Acceptance, *, by: Actor) -> None:
    """Of locked, held stages exactly `amount`, less than all they hold, goes to the seller on this acceptance, each in proportion."""
    why = {"evidence": "acceptance", "acceptance": str(acceptance.pk)}
    refuse_charged_back(order, stages)
    for stage, paid in parts_of(stages, amount):
        insert(StagePart(stage=stage, acceptance=acceptance, amount_minor=paid.minor))
        _pay_out(stage, "part", f"part:{acceptance.pk}", paid, Money.zero(paid.currency), by=by, why=why)
        before = as_it_is(stage)
        stage.parted_minor += paid.minor
        save_changes(stage, before)


def _end(stage: Stage, verb: str, to_seller: Money, *, by: Actor, why: dict[str, str]) -> None:
    """A locked stage leaves its escrow: this much to the seller less the fee, the rest to the buyer. Who may be stopped from
    it was asked before the order was locked."""
    with stepping(stage, verb, by=by):
        _pay_out(stage, verb, "end", to_seller, stage.rest - to_seller, by=by, why=why)
        stage.ended_at = EfNow()


def _pay_out(stage: Stage, verb: str, key: str, to_seller: Money, to_buyer: Money, *, by: Actor, why: dict[str, str]) -> None:
    order = stage.order
    if not to_seller and not to_buyer:  # the buyer's bank took all of it
        return
    [fees] = fees_on(order, [(stage, to_seller)])
    fee = one_sum(fees, to_seller.currency)
    debts = take_debts(order, to_seller - fee)
    entry_key = f"stage:{stage.pk}:{key}"
    ends = _ends(stage, to_seller, to_buyer, fees, total([taken.amount for taken in debts], stage.currency), by=by)
    post_entry(
        entry_key,
        postings.stage_left(stage.pk, ends, to_seller=to_seller, to_buyer=to_buyer, fees=fees)
        + [postings.debt_taken(ends, taken.amount) for taken in debts],
        kind=f"stage_{verb}",
        by=by,
        why={"order": order.reference, "stage": str(stage.pk), **why},
    )
    if stage.draw_id is None:  # else they are charged when the buyer repays
        charge(order.seller_id, fees, subject=order.pk, reference=order.reference, entry_key=entry_key)
        paid = to_seller - fee - total([taken.amount for taken in debts], stage.currency)
        what = f"{order.reference}, {stage.n}"
        keep_reserve(order.seller_id, paid, subject=stage.pk, description=what, cause=entry_key, market=order.market, by=by)
    if to_seller:
        emit(StageReleased(order.pk, stage.pk, to_seller, fee), by=by)
    if to_buyer:
        emit(StageRefunded(order.pk, stage.pk, to_buyer), by=by)


def _ends(stage: Stage, to_seller: Money, to_buyer: Money, fees: Sequence[Fee], taken: Money, *, by: Actor) -> postings.Ends:
    """Where the money of a stage goes: into wallets, or, when it was paid on trade credit, against what the buyer owes."""
    order = stage.order
    if stage.draw_id is None:
        return postings.money_ends(order.seller_id, order.buyer_id, stage.currency)
    line_id = leave_on_credit(
        stage.draw_id,
        earned=to_seller - taken,
        back=to_buyer + taken,
        fees=fees,
        subject=order.pk,
        reference=order.reference,
        by=by,
    )
    return postings.credit_ends(line_id)
