"""Group buys: published by a supplier, who signs every order in advance; they go on whole, or everything goes back.

Lock order: companies, then the group buy, then its orders by id, then stages, then accounts (the buyers' wallets in the order of
their addresses).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.formats import quantity as in_words
from everfair.base.money import UnitPrice
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import stepping, write_history
from everfair.base.together import part
from everfair.catalog.queries import offers_for_order, refuse_withdrawn
from everfair.companies.queries import refuse_stopped
from everfair.companies.roles import BUYING, SELLING
from everfair.events.groups import GroupBuyClosed, GroupBuyPublished, GroupBuyReached
from everfair.markets.plans import PLANS
from everfair.reference import queries as reference
from everfair.reference.queries import incoterm as incoterm_row
from everfair.trade.actions.orders import call_off_order, lapse_order
from everfair.trade.actions.placing import goods_line, refuse_unseen, trade_rules, whole_terms, write_order
from everfair.trade.models import GroupBuy, Order
from everfair.trade.queries.calendars import late_from
from everfair.trade.queries.kinds import group_buy, progress_of
from everfair.trade.values import Terms

MISSED = "the group buy stayed below its threshold"
UNPAID = "the group buy closed before this order was paid"


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What a supplier offers to a group: `threshold` and `least` in the offer's unit, `unit_price` for the offer's `price_per`
    units; `most` bounds what can be ordered at all."""

    threshold: Decimal
    unit_price: Decimal
    least: Decimal
    closes_at: datetime
    lead_time_days: int
    incoterm: str
    named_place: str
    most: Decimal | None = None


def publish_group_buy(offer_id: UUID, draft: GroupDraft, *, by: Actor) -> GroupBuy:
    """Open a group buy for one of the supplier's own published offers; whoever publishes signs all its orders.

    Refuses a second one for the same offer, quantities that its unit does not have, a threshold that one order is below, and a
    closing moment in the past or beyond the rule.
    """
    if not SELLING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    offer = offers_for_order([offer_id]).get(offer_id)
    if offer is None or offer.company_id != by.company_id:
        raise NotVisible
    rules = trade_rules(offer.market)
    _check(draft, offer.unit, offer.currency, float(Decimal(rules["trade.group_days"])))
    with part():
        refuse_stopped([by.company_id], "deposit")
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trade.group:{offer_id}"])
        if ask("SELECT 1 FROM trade_groupbuy WHERE offer_id = %s AND state = 'open'", [offer_id]):
            raise Refused("trade.group_runs", _("A group buy for this offer is running already."), field="offer")
        group = GroupBuy(
            seller_id=by.company_id,
            offer_id=offer_id,
            market=offer.market,
            currency=offer.currency,
            unit=offer.unit,
            unit_price=draft.unit_price,
            price_per=offer.price_per,
            threshold=draft.threshold,
            least=draft.least,
            most=draft.most,
            closes_at=draft.closes_at,
            lead_time_days=draft.lead_time_days,
            incoterm=draft.incoterm,
            named_place=draft.named_place.strip(),
            rules=rules,
            state="open",
            published_by=by.person_id,
        )
        insert(group)
        write_history(group, "state", "publish", "", "open", by=by)
        set_deadline("trade.group", group.pk, draft.closes_at)
        emit(GroupBuyPublished(group.pk, offer_id, by.company_id), by=by)
    return group


def _check(draft: GroupDraft, unit_code: str, currency: str, most_days: float) -> None:
    unit = reference.unit(unit_code)
    for name in ("threshold", "least", "most"):
        quantity = getattr(draft, name)
        if quantity is not None and (quantity <= 0 or not unit.allows(quantity)):
            raise _wrong("quantity", name, _("Please give a quantity above zero that this unit has."))
    if draft.least > draft.threshold:
        raise _wrong("least", "least", _("The least quantity of a buyer is not above the threshold."))
    if draft.most is not None and draft.most < draft.threshold:
        raise _wrong("most", "most", _("The most quantity is not below the threshold."))
    if draft.unit_price <= 0 or not 0 <= draft.lead_time_days <= 365:
        raise _wrong("numbers", "unit_price", _("Please give a price above zero."))
    moment = now()
    if not moment + timedelta(minutes=5) <= draft.closes_at <= moment + timedelta(days=most_days):
        raise _wrong("closes_at", "closes_at", _("Please choose a moment within %(days)s days.") % {"days": int(most_days)})
    try:
        incoterm_row(draft.incoterm)
    except ValueError:
        raise _wrong("incoterm", "incoterm", _("Please choose an Incoterm 2020.")) from None
    if not draft.named_place.strip():
        raise _wrong("named_place", "named_place", _("An Incoterm needs its named place."))
    if UnitPrice(draft.unit_price, currency).times(draft.least).minor <= 0:
        raise _wrong("total", "least", _("The total must be above zero."))


def _wrong(code: str, field: str, message: str) -> Refused:
    return Refused(f"trade.{code}", message, field=field, status=422)


def draft_join(group_id: UUID, quantity: Decimal, *, by: Actor, remarks: str = "") -> Terms:
    """The order that joining a group buy with this quantity would make; nothing is written. Price, place and day are the group's."""
    group = group_buy(group_id)
    offer = offers_for_order([group.offer_id]).get(group.offer_id)
    if offer is None:
        refuse_withdrawn([group.offer_id])
        raise NotVisible
    if group.seller_id == by.company_id:
        raise Refused("trade.own_offer", _("This is your own offer."), field="quantity", status=422)
    _refuse_closed(group)
    if quantity < group.least or not reference.unit(group.unit).allows(quantity):
        message = _("The minimum order is %(quantity)s.") % {"quantity": in_words(group.least.normalize(), group.unit)}
        raise Refused("trade.quantity", message, field="quantity", status=422)
    _refuse_oversold(group, quantity)
    return whole_terms(
        market=group.market,
        buyer_id=by.company_id,
        seller_id=group.seller_id,
        currency=group.currency,
        lines=[goods_line(offer, quantity, group.price)],
        charges=[],
        incoterm=group.incoterm,
        named_place=group.named_place,
        ship_by=(group.closes_at + timedelta(days=group.lead_time_days)).date(),
        remarks=remarks,
        rules=group.rules,
        plan=PLANS["prepaid"],
        deposit_rate=Decimal(1),
        kind="group_buy",
        group_buy_id=group.pk,
        more={
            "group_buy": {
                "id": str(group.pk),
                "threshold": f"{group.threshold.normalize():f}",
                "closes_at": group.closes_at.isoformat(),
                "published_by": str(group.published_by or ""),
            }
        },
    )


def _refuse_closed(group: GroupBuy) -> None:
    if group.state != "open" or now() >= group.closes_at:
        raise Refused("trade.group_closed", _("This group buy has closed."))


def _refuse_oversold(group: GroupBuy, quantity: Decimal) -> None:
    if group.most is not None and progress_of([group.pk])[group.pk].ordered + quantity > group.most:
        raise Refused("trade.group_full", _("So much is no longer left in this group buy."), field="quantity", status=422)


def join_group_buy(group_id: UUID, quantity: Decimal, *, by: Actor, remarks: str = "", seen_hash: str = "") -> Order:
    """Sign as a buyer; the supplier has signed by publishing. The whole sum is due at once, and by the closing moment at the latest.

    Whoever joins at once waits at the group's row, so that never more is ordered than it allows.
    """
    if not BUYING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    with part():
        refuse_stopped([by.company_id, group_buy(group_id).seller_id], "deposit")
        group = _locked(group_id)
        terms = draft_join(group_id, quantity, by=by, remarks=remarks)
        refuse_unseen(terms, seen_hash)
        return write_order(terms, by=by, signed_by=group.published_by or group.pk)


def _locked(group_id: UUID) -> GroupBuy:
    # NO KEY: an order that is being written looks at its group once more at its commit, and must not wait for it then.
    group = find_one(GroupBuy, "id = %s FOR NO KEY UPDATE", [group_id])
    if group is None:
        raise NotVisible
    return group


def close_group_buy(group_id: UUID, *, by: Actor) -> GroupBuy:
    """At its moment, or early by its supplier: when what is held reaches the threshold every paid order goes on, otherwise every
    order is called off and its money goes back. What is not paid by now lapses either way.

    Exactly once, however many close it: the others get AlreadyDone. A payment that arrives in this very moment has either been
    counted, because its order was locked first, or finds its order closed and goes to the buyer's wallet.
    """
    with part():
        group = _locked(group_id)
        if by.kind != "clock" and by.company_id != group.seller_id:
            raise NotVisible
        if group.state != "open":
            raise AlreadyDone("base.already_done", _("This has been done already."))
        if by.kind == "clock" and now() < group.closes_at:
            raise Refused("trade.group_open", _("This group buy has not closed yet."))
        orders = find(Order, "group_buy_id = %s AND agreement = 'agreed' ORDER BY id FOR UPDATE", [group.pk])
        held = progress_of([group.pk])[group.pk].held
        reached = held >= group.threshold
        with stepping(group, "reach" if reached else "miss", by=by):
            group.closed_at, group.counted = EfNow(), held  # type: ignore[assignment]
        paid = {pk for (pk,) in ask(_PAID, [[order.pk for order in orders]])}
        for order in sorted(orders, key=lambda order: str(order.buyer_id)):
            if order.pk not in paid:
                lapse_order(order.pk, UNPAID)
            elif reached:
                _open(order)
            else:
                call_off_order(order.pk, MISSED, by=CLOCK_ACTOR)
        clear_deadline("trade.group", group.pk)
        emit(GroupBuyClosed(group.pk, group.offer_id, group.seller_id, reached), by=by)
    return group


_PAID = "SELECT order_id FROM trade_stage WHERE order_id = ANY(%s::uuid[]) AND state IN ('funded', 'frozen')"


def _open(order: Order) -> None:
    """From now on an ordinary order: the supplier ships by the day that was signed."""
    ask("UPDATE trade_order SET opened_at = ef_now() WHERE id = %s", [order.pk])
    set_deadline("trade.ship", order.pk, late_from(order))
    emit(GroupBuyReached(order.pk, order.buyer_id, order.seller_id), by=CLOCK_ACTOR)
