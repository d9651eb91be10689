"""Changing a signed contract: one side proposes whole new terms, the other signs the same hash (I18)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, deadlines_of, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import as_it_is, ask, find_one, insert, save_changes
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import AmendmentEnded, AmendmentProposed, OrderAmended
from everfair.reference.queries import incoterm as incoterm_row
from everfair.reference.queries import unit as unit_row
from everfair.trade.actions.stages import add_top_up, locked_order, locked_stages, refuse_too_low
from everfair.trade.models import Amendment, Credit, Order
from everfair.trade.queries.accepted import accepted_so_far
from everfair.trade.queries.calendars import due, late_from
from everfair.trade.queries.orders import order as order_of
from everfair.trade.queries.shipments import goods_of
from everfair.trade.roles import buyer, seller
from everfair.trade.values import terms_hash

# Many parties signed one price, or the contract is only the frame of others: these kinds are not amended.
FIXED = ("framework", "group_buy")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves it as it is. `lines`: (line's number, quantity, price of its unit)."""

    lines: Sequence[tuple[int, Decimal, Decimal]] = ()
    ship_by: date | None = None
    incoterm: str = ""
    named_place: str = ""
    remarks: str | None = None


def propose_amendment(order_id: UUID, change: Change, note: str = "", *, by: Actor) -> Amendment:
    """Lay new terms before the other side, signed by this one. They hold only when the other side signs the same hash.

    Refuses an order that is not running, whose goods are received or that has an open issue, a second proposal while one is open,
    terms that say nothing new, a line's quantity that its unit does not allow, a total of nothing, and a total so low that more
    has been paid out already than remains to give back.
    """
    with part():
        order = locked_order(order_id, by=by)
        side = "buyer" if buyer.admits(by, order) else "seller" if seller.admits(by, order) else ""
        if not side:
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        _refuse_closed(order)
        if find_one(Amendment, "order_id = %s AND state = 'proposed'", [order.pk]):
            raise Refused("trade.amendment_open", _("There is a proposal already. It is answered or taken back first."))
        document = _amended(order, change)
        refuse_too_low(order, locked_stages(order), order.total - Money(document["total_minor"], order.currency))
        made = Amendment(
            order=order,
            version=order.terms_version + 1,
            document=document,
            terms_hash=terms_hash(document),
            former_hash=order.terms_hash,
            total_minor=document["total_minor"],
            side=side,
            note=note,
            proposed_by=by.person_id,
        )
        insert(made)
        set_deadline("trade.amend", made.pk, due(order, "trade.amend_days"))
        emit(AmendmentProposed(order.pk, made.pk, side), by=by)
    return made


def sign_amendment(amendment_id: UUID, seen_hash: str, *, by: Actor) -> Order:
    """The other side agrees: from now on these terms hold, on the page, on the papers, and in every dispute.

    A higher total becomes a further payment, due before shipping (at once when the goods have left); a lower one is a credit, which
    the buyer gets back when the goods are settled. Refuses `trade.other_terms` for another hash (B83).
    """
    with part():
        amendment, order = _open(amendment_id, by, stop="deposit")
        _refuse_closed(order)
        if seen_hash != amendment.terms_hash:
            raise Refused("trade.other_terms", _("These are not the terms of this order. Please read it again."))
        if amendment.former_hash != order.terms_hash:
            raise Refused("trade.other_terms", _("The terms have changed since you read them. Please read them again."))
        _refuse_less_than_gone(order, [(line["n"], Decimal(line["quantity"])) for line in amendment.document["lines"]])
        stages = locked_stages(order)
        refuse_too_low(order, stages, order.total - Money(amendment.total_minor, order.currency))
        with stepping(amendment, "sign", by=by):
            amendment.signed_at, amendment.signed_by = EfNow(), by.person_id  # type: ignore[assignment]
        difference = amendment.total_minor - order.total_minor
        _write_terms(order, amendment)
        clear_deadline("trade.amend", amendment.pk)
        emit(OrderAmended(order.pk, amendment.pk, amendment.version), by=by)
        if difference > 0:
            add_top_up(order, stages, Money(difference, order.currency), by=by)
        elif difference < 0:
            insert(Credit(order=order, amendment=amendment, amount_minor=-difference, currency=order.currency))
    return order


def refuse_amendment(amendment_id: UUID, reason: str, *, by: Actor) -> Order:
    """The other side does not want these terms: the former ones go on holding."""
    return _end(amendment_id, "refuse", reason, by=by)


def take_back_amendment(amendment_id: UUID, *, by: Actor) -> Order:
    return _end(amendment_id, "take_back", "", by=by)


def lapse_amendment(amendment_id: UUID) -> None:
    """Nobody answered in time: the former terms go on holding."""
    _end(amendment_id, "lapse", "nobody answered the proposal in time", by=CLOCK_ACTOR)


def end_proposals(order: Order, *, by: Actor) -> None:
    """The order is over: what was proposed for it is too."""
    proposed = find_one(Amendment, "order_id = %s AND state = 'proposed' FOR UPDATE", [order.pk])
    if proposed is not None:
        proposed.order = order
        with stepping(proposed, "lapse", by=by):
            clear_deadline("trade.amend", proposed.pk)


def _end(amendment_id: UUID, verb: str, reason: str, *, by: Actor) -> Order:
    with part():
        amendment, order = _open(amendment_id, by)
        with stepping(amendment, verb, by=by, reason=reason):
            pass
        clear_deadline("trade.amend", amendment.pk)
        emit(AmendmentEnded(order.pk, amendment.pk, verb), by=by)
    return order


def _open(amendment_id: UUID, by: Actor, *, stop: str = "") -> tuple[Amendment, Order]:
    """The amendment and its order, both locked, companies first; NotVisible for anybody but the two sides."""
    found = ask("SELECT order_id FROM trade_amendment WHERE id = %s", [amendment_id])
    if not found:
        raise NotVisible
    seen = order_of(found[0][0], by, sides=False)
    if stop:
        refuse_stopped([seen.buyer_id, seen.seller_id], stop)
    order = locked_order(seen.pk, by=by)
    amendment = find_one(Amendment, "id = %s FOR UPDATE", [amendment_id])
    if amendment is None:
        raise NotVisible
    amendment.order = order
    return amendment, order


def _refuse_closed(order: Order) -> None:
    if order.difference_minor:
        raise Refused("trade.difference", _("The goods have left, and what was sent is settled."))
    if order.kind in FIXED:
        raise Refused("trade.kind_fixed", _("The terms of such a contract stay as they were signed."))
    if order.agreement != "agreed" or order.goods == "received":
        raise Refused("trade.not_open", _("This order is not open."))
    if order.issue == "open":
        raise Refused("trade.issue_open", _("An open issue is decided by the operator first."))


def _amended(order: Order, change: Change) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(order.terms)
    lines = {line["n"]: line for line in document["lines"]}
    if order.kind == "call_off" and any(_differs(lines.get(n), quantity, price) for n, quantity, price in change.lines):
        message = _("Quantity and price of a call-off are those of its framework contract. Call off anew instead.")
        raise Refused("trade.kind_fixed", message, field="lines", status=422)
    for n, quantity, price in change.lines:
        _change_line(lines.get(n), quantity, price, order.currency)
    _refuse_less_than_gone(order, [(n, quantity) for n, quantity, _price in change.lines])
    document["total_minor"] = sum(line["amount_minor"] for line in document["lines"]) + sum(
        charge["amount_minor"] for charge in document["charges"]
    )
    if document["total_minor"] <= 0:
        raise Refused("trade.total", _("The total must be above zero."), field="lines", status=422)
    if change.incoterm:
        try:
            document["incoterm"] = incoterm_row(change.incoterm).code
        except ValueError:
            raise Refused("trade.incoterm", _("Please choose an Incoterm 2020."), field="incoterm", status=422) from None
    if change.named_place.strip():
        document["named_place"] = change.named_place.strip()
    if change.ship_by is not None:
        today = now().date()
        if not today <= change.ship_by <= today + timedelta(days=365):
            raise Refused("trade.ship_by_late", _("Please choose a day within a year."), field="ship_by", status=422)
        document["ship_by"] = change.ship_by.isoformat()
    if change.remarks is not None:
        document["remarks"] = change.remarks
    if document == order.terms:
        raise Refused("trade.nothing_new", _("These terms say nothing new."), status=422)
    # What a reader of the paper sees first: which version it is, and of which terms.
    document["amendment"] = {"version": order.terms_version + 1, "of": order.terms_hash}
    return document


def _refuse_less_than_gone(order: Order, lines: Sequence[tuple[int, Decimal]]) -> None:
    """What is on its way, or was confirmed in part, is not amended away: asked when it is proposed and again when it is signed."""
    shipped = {line.n: line.shipped for line in goods_of(order)} if order.goods == "part" else {}
    if any(quantity < shipped.get(n, Decimal(0)) for n, quantity in lines):
        raise Refused("trade.shipped", _("More than that is on its way already."), field="lines", status=422)
    accepted = accepted_so_far(order.pk) if order.goods == "shipped" else {}
    if any(quantity <= accepted.get(n, Decimal(-1)) for n, quantity in lines):
        raise Refused("trade.accepted", _("So much or more has been confirmed already."), field="lines", status=422)


def _differs(line: dict[str, Any] | None, quantity: Decimal, price: Decimal) -> bool:
    return line is None or (Decimal(line["quantity"]), Decimal(line["unit_price"])) != (quantity, price)


def _change_line(line: dict[str, Any] | None, quantity: Decimal, price: Decimal, currency: str) -> None:
    if line is None:
        raise Refused("trade.line_unknown", _("There is no such line."), field="lines", status=422)
    if not quantity.is_finite() or not 0 < quantity < 10**12 or not unit_row(line["unit"]).allows(quantity):
        raise Refused("trade.quantity", _("Please give a quantity that the unit allows."), field="lines", status=422)
    if not price.is_finite() or not 0 < price < 10**12 or -int(price.normalize().as_tuple().exponent) > 6:
        raise Refused("trade.price", _("Please give a price above zero."), field="lines", status=422)
    amount = UnitPrice(price, currency, Decimal(line["price_per"])).times(quantity)
    line["quantity"], line["unit_price"] = f"{quantity.normalize():f}", f"{price.normalize():f}"
    line["amount_minor"] = amount.minor


def _write_terms(order: Order, amendment: Amendment) -> None:
    before, document = as_it_is(order), amendment.document
    order.terms, order.terms_hash, order.terms_version = document, amendment.terms_hash, amendment.version
    order.total_minor, order.incoterm, order.named_place = document["total_minor"], document["incoterm"], document["named_place"]
    ship_by, order.remarks = date.fromisoformat(document["ship_by"]), document["remarks"]
    moved = ship_by != order.ship_by
    if moved:  # a day that both sign takes the place of what was granted before
        order.ship_by, order.ship_extended_days = ship_by, 0
    signed = (amendment.created_at, amendment.proposed_by), (EfNow(), amendment.signed_by)
    theirs, ours = signed if amendment.side == "buyer" else signed[::-1]
    order.buyer_signed_at, order.buyer_signed_by = theirs  # type: ignore[assignment]
    order.seller_signed_at, order.seller_signed_by = ours  # type: ignore[assignment]
    save_changes(order, before)
    if moved and {"trade.ship", "trade.late"} & {kind for _pk, kind in deadlines_of([order.pk])}:
        set_deadline("trade.ship", order.pk, late_from(order))
        clear_deadline("trade.late", order.pk)
