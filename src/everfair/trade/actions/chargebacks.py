"""The buyer's bank takes a card payment of an order back: what is held freezes in that moment, and gives first (B85)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.rows import as_it_is, ask, insert, save_changes
from everfair.base.states import stepping
from everfair.billing.actions import charge
from everfair.billing.queries import charges_of
from everfair.billing.values import Fee
from everfair.events.trade import OrderChargedBack
from everfair.ledger.actions import post_entry
from everfair.payments.actions import Cover, cover_chargebacks_with
from everfair.payments.queries import claimed_of, is_charged_back
from everfair.trade import postings
from everfair.trade.actions.stages import fund_stage, locked_order, locked_stages, order_of_stage
from everfair.trade.models import Order, Return, Stage
from everfair.trade.queries.fees import fees_back, fees_on, kept_of


@dataclass(frozen=True, slots=True)
class Held:
    """A locked order with its locked stages; `stage` is the one that was paid."""

    order: Order
    stages: list[Stage]
    stage: Stage


def _companies(stage_id: UUID) -> list[UUID]:
    [sides] = ask(
        "SELECT o.buyer_id, o.seller_id FROM trade_stage s JOIN trade_order o ON o.id = s.order_id WHERE s.id = %s", [stage_id]
    )
    return list(sides)


def _hold(stage_id: UUID, intent_id: UUID, by: Actor) -> Held:
    """What was captured and has not reached its escrow yet is brought there first: nothing is taken from on the way."""
    fund_stage(stage_id, intent_id, by=by)
    order = locked_order(order_of_stage(stage_id), by=by)
    stages = locked_stages(order)
    return Held(order, stages, next(stage for stage in stages if stage.pk == stage_id))


def _take(held: Held, amount: Money, by: Actor) -> list[tuple[UUID, Money]]:
    """Everything held for the order freezes; the stage that was paid gives first, then the others in their order."""
    found, left = [], amount
    for stage in sorted(held.stages, key=lambda each: each is not held.stage):
        if stage.state not in ("funded", "frozen") or stage.draw_id is not None:
            continue
        if stage.state == "funded":
            with stepping(stage, "freeze", by=by):
                pass
        part = Money(min(left.minor, stage.rest.minor), left.currency)
        if part.minor > 0:
            before = as_it_is(stage)
            stage.charged_minor += part.minor
            save_changes(stage, before)
            found.append((stage.pk, part))
            left = left - part
    emit(OrderChargedBack(held.order.pk, amount, "open"), by=by)
    return found


def _owing(held: Held, amount: Money) -> list[tuple[UUID, Money]]:
    """The seller, as far as it was paid for this order and has kept it; the buyer for what went back to the buyer already (I10)."""
    pending = claimed_of(held.order.seller_id, [stage.pk for stage in held.stages])
    sellers = Money(max(0, min(amount.minor, kept_of(held.order).minor - pending)), amount.currency)
    parts = ((held.order.seller_id, sellers), (held.order.buyer_id, amount - sellers))
    return [(company_id, part) for company_id, part in parts if part]


def _regain(held: Held, stage_id: UUID, amount: Money, key: str, by: Actor) -> None:
    """The escrow has it again. Of a stage that ended meanwhile it goes on to whom the stage went."""
    stage = next(each for each in held.stages if each.pk == stage_id)
    before = as_it_is(stage)
    stage.charged_minor -= amount.minor
    stage.regained_minor += amount.minor
    save_changes(stage, before)
    if stage.state not in ("funded", "frozen"):
        _pay_on(stage, amount, key, by=by)


def _pay_on(stage: Stage, amount: Money, key: str, *, by: Actor) -> None:
    """What an escrow has again after a chargeback was won, of a stage that ended meanwhile: it goes where the stage went, to the seller
    less the fees, or to the buyer."""
    order, nothing = stage.order, Money.zero(amount.currency)
    to_seller, to_buyer = (amount, nothing) if stage.state == "released" else (nothing, amount)
    [fees] = fees_on(order, [(stage, to_seller)])
    ends = postings.money_ends(order.seller_id, order.buyer_id, amount.currency)
    post_entry(
        f"{key}:on",
        postings.stage_left(stage.pk, ends, to_seller=to_seller, to_buyer=to_buyer, fees=fees),
        kind="chargeback_regained",
        by=by,
        why={"order": order.reference, "stage": str(stage.pk), "reason": key},
    )
    charge(order.seller_id, fees, subject=order.pk, reference=order.reference, entry_key=f"{key}:on")


def _ended(held: Held, verb: str, amount: Money, key: str, by: Actor) -> None:
    """Lost: the fees on what the seller has paid of it come home, to the cent. Reversed later: they are taken again. What is left of
    the order goes on."""
    order = held.order
    if verb in ("lose", "retake"):
        _give_fees_back(order, amount, key, by=by)
        for stage in held.stages:
            if stage.state == "frozen" and not stage.rest:
                with stepping(stage, "charge_back", by=by):
                    stage.ended_at = EfNow()
    elif verb == "reinstate":
        _take_fees_again(order, amount, key, by=by)
    emit(OrderChargedBack(order.pk, amount, verb), by=by)
    _go_on(held, by=by)


def _give_fees_back(order: Order, amount: Money, key: str, *, by: Actor) -> None:
    if not amount:
        return
    fees = fees_back(order, amount)
    insert(Return(order=order, amount_minor=amount.minor, currency=amount.currency, reason=key, by=by.label))
    transfers = postings.charge_fees_returned(order.seller_id, amount, fees)
    if transfers:
        why = {"order": order.reference, "reason": key}
        post_entry(f"{key}:fees", transfers, kind="chargeback_fees_returned", by=by, why=why)
        charge(order.seller_id, fees, subject=order.pk, reference=order.reference, entry_key=f"{key}:fees")


def _take_fees_again(order: Order, amount: Money, key: str, *, by: Actor) -> None:
    """Exactly what had been given back when it was lost."""
    if not amount:
        return
    insert(Return(order=order, amount_minor=-amount.minor, currency=amount.currency, reason=key, by=by.label))
    lost = key.rpartition(":")[0] + ":lose:fees"
    back = [one for one in charges_of(order.pk) if one.entry_key == lost]
    sums: dict[str, Fee] = {}
    for one in back:
        had = sums.get(one.kind)
        net, tax = (had.net - one.net, had.tax - one.tax) if had else (-one.net, -one.tax)
        sums[one.kind] = Fee(one.kind, net, tax, one.treatment)
    fees = list(sums.values())
    transfers = postings.charge_fees_taken(order.seller_id, amount, fees)
    if transfers:
        why = {"order": order.reference, "reason": key}
        post_entry(f"{key}:fees", transfers, kind="chargeback_fees_taken", by=by, why=why)
        charge(order.seller_id, fees, subject=order.pk, reference=order.reference, entry_key=f"{key}:fees")


def _go_on(held: Held, *, by: Actor) -> None:
    """Nothing else keeps what is held: it thaws, and where the goods were accepted meanwhile it is paid out."""
    order = held.order
    if order.issue == "open" or is_charged_back([stage.pk for stage in held.stages]):
        return
    for stage in held.stages:
        if stage.state == "frozen":
            with stepping(stage, "thaw", by=by):
                pass
    if order.goods == "received" and order.agreement == "agreed":
        set_deadline("trade.settle", order.pk, timedelta(0))


cover_chargebacks_with("stage", Cover(_companies, _hold, _take, _owing, _regain, _ended))
