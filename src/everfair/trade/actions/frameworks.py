"""Framework contracts: signed once over most quantities and prices, called off in parts, each an order of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.formats import plain_money
from everfair.base.formats import quantity as in_words
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, insert
from everfair.base.states import moving
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.companies.roles import BUYING
from everfair.events.trade import FrameworkEndAsked, FrameworkEnded, FrameworkKept
from everfair.markets.plans import DEFAULT_PLAN, PLANS
from everfair.reference import queries as reference
from everfair.sourcing.actions import accept_quote
from everfair.sourcing.queries import quote_for_award
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.placing import draft_award, draft_order, refuse_unseen, whole_terms, write_order
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import Framework, FrameworkLine, Order, OrderLine
from everfair.trade.queries.kinds import framework_of, runs_until
from everfair.trade.queries.orders import order as order_of
from everfair.trade.queries.orders import orders_visible_to
from everfair.trade.roles import buyer
from everfair.trade.values import Terms, TermsLine


@dataclass(frozen=True, slots=True)
class Frame:
    """How a framework contract is to be called off. `least`: the smallest call-off, as an amount in the contract's currency."""

    valid_until: date
    least: Decimal = Decimal(0)
    seller_confirms: bool = True
    valid_from: date | None = None


def draft_framework(
    lines: Sequence[tuple[UUID, Decimal]], frame: Frame, *, incoterm: str, named_place: str, by: Actor,
    payment_plan: str = DEFAULT_PLAN, remarks: str = "",
) -> Terms:  # fmt: skip
    """A framework contract from price tiers: each line's quantity is the most that can be called off, and its price is the tier of
    that quantity, for every call-off. Nothing is written. Refuses what `draft_order` refuses, and an unclear `frame`."""
    drafted = draft_order(lines, incoterm=incoterm, named_place=named_place, remarks=remarks, payment_plan=payment_plan, by=by)
    lead_days = (drafted.ship_by - now().date()).days - int(Decimal(drafted.rules["trade.pay_days"]))
    deposit = Decimal(drafted.rules["trade.deposit_rate"])
    return _framed(drafted, frame, payment_plan, deposit, max(lead_days, 0))


def draft_framework_award(quote_id: UUID, frame: Frame, *, by: Actor, remarks: str = "") -> Terms:
    """The framework contract that awarding this quote would make. Its quantities become the most, its prices hold.

    Refuses a quote with charges for the whole order: nobody can say what a call-off would bear of them.
    """
    quoted = quote_for_award(quote_id, by)
    if quoted.charges:
        raise Refused(
            "trade.framework_charges",
            _("This quote has charges for one order. Ask the supplier for a quote whose prices hold everything."),
            status=422,
        )
    drafted = draft_award(quote_id, by=by, remarks=remarks)
    return _framed(drafted, frame, quoted.payment_plan, quoted.deposit_rate, quoted.lead_time_days)


def _framed(drafted: Terms, frame: Frame, payment_plan: str, deposit_rate: Decimal, lead_days: int) -> Terms:
    today = now().date()
    valid_from = frame.valid_from or today
    most = timedelta(days=float(Decimal(drafted.rules["trade.framework_days"])))
    if valid_from < today or frame.valid_until <= valid_from:
        raise Refused("trade.valid_until", _("Please choose a day after the first one."), field="valid_until", status=422)
    if frame.valid_until > valid_from + most:
        message = _("At most %(days)s days.") % {"days": most.days}
        raise Refused("trade.valid_until", message, field="valid_until", status=422)
    goods = drafted.goods_total
    try:
        least = Money.of(f"{frame.least:f}", drafted.currency)
    except ValueError:
        raise Refused("trade.least", _("This is no amount of this currency."), field="least", status=422) from None
    if not 0 <= least.minor <= goods.minor:
        raise Refused("trade.least", _("The smallest call-off is not above the whole."), field="least", status=422)
    said = {
        "valid_from": valid_from.isoformat(),
        "valid_until": frame.valid_until.isoformat(),
        "least_minor": least.minor,
        "payment_plan": payment_plan,
        "deposit_rate": f"{deposit_rate.normalize():f}",
        "lead_time_days": lead_days,
        "seller_confirms": frame.seller_confirms,
    }
    return replace(
        drafted, kind="framework", stages=(), charges=(), basis_id=None, ship_by=frame.valid_until, more={"framework": said}
    )


def place_framework(terms: Terms, *, by: Actor, seen_hash: str = "") -> Order:
    """Sign a drafted framework contract as the buyer and lay it before the seller."""
    if not BUYING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    refuse_unseen(terms, seen_hash)
    with part():
        return _write(terms, by=by)


def award_framework(quote_id: UUID, frame: Frame, *, by: Actor, remarks: str = "", seen_hash: str = "") -> Order:
    """Accept a quote as a framework contract. Refuses what `award_quote` and `draft_framework_award` refuse."""
    with part():
        terms = draft_framework_award(quote_id, frame, by=by, remarks=remarks)
        accept_quote(quote_id, by=by)
        refuse_unseen(terms, seen_hash)
        return _write(terms, by=by, quote_id=quote_id)


def _write(terms: Terms, *, by: Actor, quote_id: UUID | None = None) -> Order:
    order = write_order(terms, origin="awarded" if quote_id else "direct", quote_id=quote_id, by=by)
    said = terms.more["framework"]
    insert(
        Framework(
            order=order,
            valid_from=date.fromisoformat(said["valid_from"]),
            valid_until=date.fromisoformat(said["valid_until"]),
            least_minor=said["least_minor"],
            payment_plan=said["payment_plan"],
            deposit_rate=Decimal(said["deposit_rate"]),
            lead_time_days=said["lead_time_days"],
            seller_confirms=said["seller_confirms"],
        )
    )
    insert(*(FrameworkLine(order=order, n=n, quantity=line.quantity, called=0) for n, line in enumerate(terms.lines, 1)))
    return order


def draft_call_off(
    framework_id: UUID, quantities: Sequence[tuple[int, Decimal]], *, by: Actor, ship_by: date | None = None, remarks: str = ""
) -> Terms:
    """The order that calling these quantities off (line's number, how much) would make; every price is the framework's (I19).

    Refuses (field `lines`) what is not there or not left, a quantity its unit does not have, less than the smallest call-off; and
    a framework that does not run.
    """
    order = order_of(framework_id, by, sides=False)
    if order.kind != "framework":
        raise NotVisible
    if not buyer.admits(by, order):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    frame = framework_of(order)
    moment = now()
    if order.agreement != "agreed" or moment > runs_until(order):
        raise Refused("trade.framework_over", _("This framework contract does not run."))
    if moment.date() < frame.valid_from:
        raise Refused("trade.framework_early", _("This framework contract has not begun yet."))
    lines = {line.n: line for line in find(OrderLine, "order_id = %s ORDER BY n", [order.pk])}
    left = {row.n: row.quantity - row.called for row in find(FrameworkLine, "order_id = %s", [order.pk])}
    wanted = dict(quantities)
    if not wanted or len(wanted) != len(quantities) or not set(wanted) <= set(lines):
        raise Refused("trade.no_lines", _("Please say how much of which line."), field="lines", status=422)
    rows = [_called(lines[n], wanted[n], left[n], order.currency) for n in sorted(wanted)]
    whole = sum(row.amount.minor for row in rows)
    if whole < frame.least_minor:
        message = _("A call-off is at least %(amount)s.") % {"amount": plain_money(frame.least)}
        raise Refused("trade.least", message, field="lines", status=422)
    earliest = (moment + timedelta(days=frame.lead_time_days + float(Decimal(order.rules["trade.pay_days"])))).date()
    if ship_by is not None and not earliest <= ship_by <= earliest + timedelta(days=365):
        raise Refused("trade.ship_by_early", _("The supplier cannot ship that early."), field="ship_by", status=422)
    return whole_terms(
        market=order.market,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        currency=order.currency,
        lines=rows,
        charges=[],
        incoterm=order.incoterm,
        named_place=order.named_place,
        ship_by=ship_by or earliest,
        remarks=remarks,
        rules=order.rules,
        plan=PLANS[frame.payment_plan],
        deposit_rate=frame.deposit_rate,
        kind="call_off",
        basis_id=order.pk,
        more={"basis": {"order": order.reference, "terms_hash": order.terms_hash}},
    )


def _called(line: OrderLine, quantity: Decimal, left: Decimal, currency: str) -> TermsLine:
    if not quantity.is_finite() or quantity <= 0 or not reference.unit(line.unit).allows(quantity):
        raise Refused("trade.quantity", _("Please give a quantity above zero that this unit has."), field="lines", status=422)
    if quantity > left:
        message = _("Of line %(n)s only %(left)s are left.") % {"n": line.n, "left": in_words(left.normalize(), line.unit)}
        raise Refused("trade.used_up", message, field="lines", status=422)
    price = UnitPrice(line.unit_price, currency, line.price_per)
    return TermsLine(line.description, quantity, line.unit, price, line.sku, line.offer_id, line.snapshot, basis_n=line.n)


def call_off_goods(
    framework_id: UUID, quantities: Sequence[tuple[int, Decimal]], *, by: Actor, ship_by: date | None = None, remarks: str = "",
    seen_hash: str = "",
) -> Order:  # fmt: skip
    """Order a part of what a framework holds. The order is the seller's to sign, or signed by the framework already, as agreed.

    However many call off at once, a line never gives more than was agreed: they wait for one another at the framework.
    """
    with part():
        seen = order_of(framework_id, by, sides=False)
        refuse_stopped([seen.buyer_id, seen.seller_id], "deposit")
        framework = locked_order(framework_id, by=by)
        ask("SELECT n FROM trade_frameworkline WHERE order_id = %s ORDER BY n FOR UPDATE", [framework.pk])
        terms = draft_call_off(framework_id, quantities, by=by, ship_by=ship_by, remarks=remarks)
        refuse_unseen(terms, seen_hash)
        for line in terms.lines:
            ask(
                "UPDATE trade_frameworkline SET called = called + %s WHERE order_id = %s AND n = %s",
                [line.quantity, framework.pk, line.basis_n],
            )
        confirms = framework_of(framework).seller_confirms
        return write_order(terms, by=by, signed_by=None if confirms else framework.seller_signed_by)


def end_framework(framework_id: UUID, *, by: Actor) -> Order:
    """The first side asks for the end, the second agrees: then nothing more can be called off. Call-offs that run go on."""
    with part():
        side = _side(framework_id, by)
        order = locked_order(framework_id, by=by)
        frame = framework_of(order)
        if order.agreement != "agreed":
            raise Refused("trade.framework_over", _("This framework contract does not run."))
        if frame.end_asked_by in ("", side):
            if not frame.end_asked_by:
                _ask(order, side)
                emit(FrameworkEndAsked(order.pk, order.buyer_id, order.seller_id, side), by=by)
            return order
        return _end(framework_id, "both", by=by)


def keep_framework(framework_id: UUID, *, by: Actor) -> Order:
    """It goes on: the side that asked thought better of it, or the other does not agree."""
    with part():
        side = _side(framework_id, by)
        order = locked_order(framework_id, by=by)
        if order.agreement != "agreed" or not framework_of(order).end_asked_by:
            raise Refused("trade.end_not_asked", _("Nobody has asked for the end of this framework contract."))
        _ask(order, "")
        emit(FrameworkKept(order.pk, order.buyer_id, order.seller_id, side), by=by)
        return order


def _side(framework_id: UUID, by: Actor) -> str:
    order = order_of(framework_id, by, sides=False)
    if order.kind != "framework":
        raise NotVisible
    if by.company_id not in (order.buyer_id, order.seller_id):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return "buyer" if by.company_id == order.buyer_id else "seller"


def _ask(order: Order, side: str) -> None:
    ask("UPDATE trade_framework SET end_asked_by = %s WHERE order_id = %s", [side, order.pk])


def _end(framework_id: UUID, why: str, *, by: Actor) -> Order:
    with moving(orders_visible_to(by), framework_id, "end", by=by) as order:
        if order.kind != "framework":
            raise Refused("trade.no_framework", _("This is no framework contract."))
        end_deadlines(order, by=by)
        order.closed_by = by.kind if by.kind == "clock" else "both"
        order.closed_at = EfNow()
        emit(FrameworkEnded(order.pk, order.buyer_id, order.seller_id, why), by=by)
    return order


def run_out_framework(framework_id: UUID) -> None:
    """Its last day is over: nothing more can be called off; call-offs that run go on."""
    _end(framework_id, "clock", by=CLOCK_ACTOR)
