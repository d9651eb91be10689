"""How an order comes to be: from price tiers, or from an awarded quote. The buyer signs by placing it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, insert, tell
from everfair.base.states import write_history
from everfair.base.together import part
from everfair.catalog.queries import offers_for_order, quantity_problem, refuse_withdrawn, tier_price
from everfair.companies.queries import parties, refuse_stopped, time_zones_of
from everfair.companies.roles import BUYING
from everfair.events.trade import OrderPlaced
from everfair.markets.plans import DEFAULT_PLAN, PLANS, PaymentPlan
from everfair.markets.queries import fee_terms_at, rules_at
from everfair.markets.table import MARKETS
from everfair.payments.actions import hold_rate
from everfair.reference.queries import incoterm as incoterm_row
from everfair.sourcing.actions import accept_quote
from everfair.sourcing.queries import quote_for_award
from everfair.trade.actions.bases import credit_samples, lock_samples, sample_credits
from everfair.trade.actions.orders import sign_in_advance
from everfair.trade.models import Order, OrderCharge, OrderLine, Stage
from everfair.trade.queries.calendars import calendar_clause, due
from everfair.trade.queries.fees import SCHEDULE, fee_terms
from everfair.trade.queries.held_rate import rate_clause, rate_terms
from everfair.trade.values import CalendarClause, Terms, TermsCharge, TermsLine, stages_for, terms_hash


def draft_order(
    lines: Sequence[tuple[UUID, Decimal]],
    *,
    incoterm: str,
    named_place: str,
    by: Actor,
    ship_by: date | None = None,
    remarks: str = "",
    payment_plan: str = DEFAULT_PLAN,
    pay_in: str = "",
) -> Terms:
    """The terms of an order from price tiers, as they would be now; nothing is written.

    Every price comes from the offers: the buyer only says what and how many. Refuses an offer that its supplier has withdrawn
    (409) or that is unknown (NotVisible); with the field `lines` offers of several suppliers or currencies, a price on request, a
    quantity below the MOQ or off the multiple, and one's own offers; with `payment_plan` a plan that the market does not have. With
    `pay_in` the terms hold an exchange rate for a buyer who pays in that currency (decision 0030); refused with its field where
    there is none.
    """
    if not lines or len(lines) > 100:
        raise Refused("trade.no_lines", _("An order has between 1 and 100 lines."), field="lines", status=422)
    if len({offer_id for offer_id, _q in lines}) != len(lines):
        raise Refused("trade.line_twice", _("An offer stands twice in this order."), field="lines", status=422)
    found = offers_for_order([offer_id for offer_id, _q in lines])
    if len(found) != len(lines):
        refuse_withdrawn(offer_id for offer_id, _q in lines)
        raise NotVisible
    first = found[lines[0][0]]
    if first.company_id == by.company_id:
        raise Refused("trade.own_offer", _("This is your own offer."), field="lines", status=422)
    rows = []
    for offer_id, quantity in lines:
        offer = found[offer_id]
        if (offer.company_id, offer.currency, offer.market) != (first.company_id, first.currency, first.market):
            raise Refused("trade.mixed", _("An order is with one supplier in one currency."), field="lines", status=422)
        if problem := quantity_problem(offer, quantity):
            raise Refused("trade.quantity", problem, field="lines", status=422)
        price = tier_price(offer, quantity)
        if price is None:
            raise Refused("trade.on_request", _("The price is on request: please send an inquiry."), field="lines", status=422)
        rows.append(goods_line(offer, quantity, price))
    lead_days = max(lead_days_for(found[offer_id].lead_times, quantity) for offer_id, quantity in lines)
    rules = trade_rules(first.market)
    earliest = (now() + timedelta(days=lead_days + float(Decimal(rules["trade.pay_days"])))).date()
    return whole_terms(
        market=first.market,
        buyer_id=by.company_id,
        seller_id=first.company_id,
        currency=first.currency,
        lines=rows,
        charges=sample_credits(by.company_id, first.company_id, rows, []),
        incoterm=incoterm,
        named_place=named_place,
        ship_by=chosen_ship_by(ship_by, earliest),
        remarks=remarks,
        rules=rules,
        plan=chosen_plan(payment_plan, first.market),
        deposit_rate=Decimal(rules["trade.deposit_rate"]),
        pay_in=pay_in,
    )


def place_order(terms: Terms, *, by: Actor, seen_total: Money | None = None, seen_hash: str = "") -> Order:
    """Sign drafted terms as the buyer and lay them before the seller.

    `seen_total` is what the buyer was shown: a price that changed in between is refused (`trade.price_changed`). `seen_hash`
    (`Terms.draft_hash` of what was shown) covers every other word too (`trade.other_terms`): nobody signs what they did not see.
    """
    if not BUYING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if seen_total is not None and seen_total != terms.total:
        raise Refused("trade.price_changed", _("The price has changed. Please look at the order again."))
    refuse_unseen(terms, seen_hash)
    with part():
        return write_order(terms, origin="direct", quote_id=None, by=by)


def draft_award(quote_id: UUID, *, by: Actor, ship_by: date | None = None, remarks: str = "", pay_in: str = "") -> Terms:
    """The contract that awarding this quote would make; nothing is written. NotVisible for anyone but the quote's buyer.

    Prices, charges, Incoterm and deposit are the quote's own (I19); `pay_in` as in `draft_order`.
    """
    quoted = quote_for_award(quote_id, by)
    rules = trade_rules(quoted.market)
    lines = [
        TermsLine(
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=UnitPrice(line.unit_price, quoted.currency),
            sku=line.sku,
            offer_id=line.offer_id,
            snapshot=line.snapshot,
        )
        for line in quoted.lines
    ]
    charges = [TermsCharge(c["kind"], Money(c["amount_minor"], quoted.currency), c.get("label", "")) for c in quoted.charges]
    charges += sample_credits(by.company_id, quoted.seller_id, lines, charges)
    earliest = (now() + timedelta(days=quoted.lead_time_days + float(Decimal(rules["trade.pay_days"])))).date()
    return whole_terms(
        market=quoted.market,
        buyer_id=by.company_id,
        seller_id=quoted.seller_id,
        currency=quoted.currency,
        lines=lines,
        charges=charges,
        incoterm=quoted.incoterm,
        named_place=quoted.named_place,
        ship_by=chosen_ship_by(ship_by, earliest),
        remarks="\n".join(part for part in (quoted.remarks, remarks) if part),
        rules=rules,
        plan=chosen_plan(quoted.payment_plan, quoted.market),
        deposit_rate=quoted.deposit_rate,
        pay_in=pay_in,
    )


def award_quote(
    quote_id: UUID, *, by: Actor, ship_by: date | None = None, remarks: str = "", pay_in: str = "", seen_hash: str = ""
) -> Order:
    """Accept a quote and lay the contract it makes before the seller, signed by the buyer.

    Refuses what `accept_quote` refuses: expired, replaced, another buyer's (NotVisible), already awarded; and terms other than
    the ones of `seen_hash`, when it is given.
    """
    with part():
        terms = draft_award(quote_id, by=by, ship_by=ship_by, remarks=remarks, pay_in=pay_in)
        accept_quote(quote_id, by=by)
        refuse_unseen(terms, seen_hash)
        return write_order(terms, origin="awarded", quote_id=quote_id, by=by)


def refuse_unseen(terms: Terms, seen_hash: str) -> None:
    if seen_hash and seen_hash != terms.draft_hash:
        raise Refused("trade.other_terms", _("The terms have changed since you read them. Please read them again."))


def goods_line(offer: Any, quantity: Decimal, price: UnitPrice) -> TermsLine:
    title = offer.titles.get("en") or next(iter(offer.titles.values()))
    snapshot = {
        "titles": offer.titles,
        "descriptions": offer.descriptions,
        "attributes": offer.attributes,
        "attributes_by_language": offer.attributes_by_language,
        "brand": offer.brand,
        "pictures": [str(p) for p in offer.pictures],
        "tiers": offer.tiers,
        "hs_code": offer.hs_code,
        "origin": offer.origin,
        "offer_number": offer.number,
    }
    return TermsLine(title[:300], quantity, offer.unit, price, offer.sku, offer.pk, snapshot)


def lead_days_for(lead_times: list[list[Any]], quantity: Decimal) -> int:
    """Days for this quantity: the first row it fits in; 30 where the supplier said nothing."""
    for up_to, days in lead_times:
        if up_to == "" or quantity <= Decimal(up_to):
            return int(days)
    return int(lead_times[-1][1]) if lead_times else 30


# Rules whose names begin so are kept by each contract as they stood when it was signed.
OF_CONTRACTS = ("trade.", "disputes.", "reviews.")


def trade_rules(market: str) -> dict[str, str]:
    """The market's numbers, and its fees where it has a schedule, as a contract keeps them: its claims and reviews go by them too."""
    rules = {name: f"{value.normalize():f}" for name, value in rules_at(market).items() if name.startswith(OF_CONTRACTS)}
    schedule = fee_terms_at(market)
    return rules | {SCHEDULE: schedule.text} if schedule is not None else rules


def chosen_plan(code: str, market: str) -> PaymentPlan:
    if code not in MARKETS[market].payment_plans:
        raise Refused("trade.payment_plan", _("Please choose how the order is paid."), field="payment_plan", status=422)
    return PLANS[code]


def chosen_ship_by(asked: date | None, earliest: date) -> date:
    if asked is None:
        return earliest
    if asked < earliest:
        raise Refused("trade.ship_by_early", _("The supplier cannot ship that early."), field="ship_by", status=422)
    if asked > earliest + timedelta(days=365):
        raise Refused("trade.ship_by_late", _("Please choose a day within a year."), field="ship_by", status=422)
    return asked


def whole_terms(
    *, market: str, buyer_id: UUID | None, seller_id: UUID, currency: str, lines: Sequence[TermsLine],
    charges: Sequence[TermsCharge], incoterm: str, named_place: str, ship_by: date, remarks: str, rules: dict[str, str],
    plan: PaymentPlan, deposit_rate: Decimal, kind: str = "", pay_in: str = "", **more: Any,
) -> Terms:  # fmt: skip
    """The checked terms of any kind of order; `kind` is told by the plan where nothing is said. A framework has no stages."""
    try:
        incoterm_row(incoterm)
    except ValueError:
        raise Refused("trade.incoterm", _("Please choose an Incoterm 2020."), field="incoterm", status=422) from None
    if not named_place.strip():
        raise Refused("trade.named_place", _("An Incoterm needs its named place."), field="named_place", status=422)
    if buyer_id is None:
        raise NotVisible
    whole = sum((line.amount.minor for line in lines), 0) + sum((charge.amount.minor for charge in charges), 0)
    if whole <= 0:
        raise Refused("trade.total", _("The total must be above zero."), field="lines", status=422)
    sides = parties([buyer_id, seller_id])
    calendar = calendar_clause(
        (side["country"] for side in sides.values()), time_zones_of([buyer_id, seller_id]), now().date(), ship_by
    )
    stages = () if kind == "framework" else stages_for(plan, Money(whole, currency), deposit_rate, ship_by)
    if clause := rate_clause(pay_in, currency, stages):
        more["more"] = more.get("more", {}) | clause
    return Terms(
        market=market,
        buyer=sides[buyer_id],
        seller=sides[seller_id],
        currency=currency,
        lines=tuple(lines),
        charges=tuple(charges),
        stages=stages,
        incoterm=incoterm,
        named_place=named_place.strip(),
        ship_by=ship_by,
        remarks=remarks,
        rules=rules,
        calendar=calendar,
        kind=kind or ("made_to_order" if plan.code == "made_to_order" else "spot"),
        **{"basis_id": next((charge.sample_id for charge in charges if charge.sample_id), None), **more},
    )


def write_order(
    terms: Terms, *, origin: str = "direct", quote_id: UUID | None = None, by: Actor, signed_by: UUID | None = None
) -> Order:
    """Signed by the buyer and laid before the seller; `signed_by` is who signed it for the seller in advance (by a framework
    contract, by publishing a group buy): then its first stage falls due at once."""
    buyer_id, seller_id = UUID(terms.buyer["id"]), UUID(terms.seller["id"])
    refuse_stopped([buyer_id, seller_id], "deposit")
    lock_samples(terms)
    number = _next_number()
    document = terms.document(number)
    order = Order(
        number=number,
        market=terms.market,
        buyer_id=buyer_id,
        seller_id=seller_id,
        origin=origin,
        kind=terms.kind,
        basis_id=terms.basis_id,
        group_buy_id=terms.group_buy_id,
        quote_id=quote_id,
        currency=terms.currency,
        total_minor=terms.total.minor,
        incoterm=terms.incoterm,
        named_place=terms.named_place,
        ship_by=terms.ship_by,
        remarks=terms.remarks,
        terms=document,
        terms_hash=terms_hash(document),
        rules=terms.rules,
        fee_schedule_id=int(version) if (version := fee_terms(terms.rules).version) else None,
        calendar_id=_keep(terms.calendar),
        agreement="offered",
        buyer_signed_at=EfNow(),
        buyer_signed_by=by.person_id,
    )
    insert(order)
    insert(
        *(
            OrderLine(
                order=order,
                n=n,
                offer_id=line.offer_id,
                sku=line.sku,
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price.amount,
                price_per=line.unit_price.per,
                amount_minor=line.amount.minor,
                snapshot=line.snapshot,
                basis_n=line.basis_n,
            )
            for n, line in enumerate(terms.lines, 1)
        )
    )
    insert(
        *(
            OrderCharge(order=order, n=n, kind=c.kind, label=c.label, amount_minor=c.amount.minor)
            for n, c in enumerate(terms.charges, 1)
        )
    )
    stages = [
        Stage(
            order=order,
            n=s.n,
            name=s.name,
            percent=s.percent,
            amount_minor=s.amount.minor,
            currency=terms.currency,
            due_on=s.due_on,
            ends_on=s.ends_on,
            due_day=s.due_day,
        )
        for s in terms.stages
    ]
    insert(*stages)
    if (held := rate_terms(document)) is not None:
        hold_rate(buyer_id, [(stage.pk, stage.amount) for stage in stages], held, by=by)
    credit_samples(order, terms)
    # The row is born in its second state: its first move is written all the same.
    write_history(order, "agreement", "place", "draft", "offered", by=by)
    if signed_by is not None:
        emit(OrderPlaced(order.pk, buyer_id, seller_id, terms.total), by=by)
        sign_in_advance(order, signed_by, by=by)
        return order
    set_deadline("trade.sign", order.pk, due(order, "trade.sign_days"))
    emit(OrderPlaced(order.pk, buyer_id, seller_id, terms.total), by=by)
    return order


def _keep(calendar: CalendarClause | None) -> str | None:
    """The days off themselves, once for all contracts that count by them."""
    if calendar is None:
        return None
    tell(_KEEP, [calendar.sha256, json.dumps(calendar.countries), json.dumps(calendar.days_off), calendar.sha256])
    return calendar.sha256


_KEEP = """
    INSERT INTO trade_calendar (sha256, countries, days_off) SELECT %s, %s::jsonb, %s::jsonb
    WHERE NOT EXISTS (SELECT FROM trade_calendar WHERE sha256 = %s) ON CONFLICT (sha256) DO NOTHING
"""


def _next_number() -> int:
    return int(ask("SELECT nextval('trade_order_number')")[0][0])
