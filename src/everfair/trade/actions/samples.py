"""Samples: a small order from an offer's sample price, paid in advance, answered and shipped soon; credited on the bulk order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.base.together import part
from everfair.catalog.queries import offers_for_order, refuse_withdrawn
from everfair.companies.roles import BUYING
from everfair.markets.plans import PLANS
from everfair.trade.actions.placing import goods_line, refuse_unseen, trade_rules, whole_terms, write_order
from everfair.trade.models import Order
from everfair.trade.queries.kinds import sampled
from everfair.trade.values import Terms

# The contract of a sample has the short times under the names that every contract has.
_SHORT = {"trade.sign_days": "trade.sample_sign_days", "trade.pay_days": "trade.sample_pay_days"}


def draft_sample(
    offer_id: UUID, quantity: int, *, incoterm: str = "DAP", named_place: str, by: Actor, remarks: str = ""
) -> Terms:
    """The contract of a sample as it would be now; nothing is written. The price is the offer's own sample price.

    A free sample costs the nominal price of the rules. Refuses an offer without samples, one's own, and more than a buyer may
    order of one offer within the window of the rules.
    """
    offer = offers_for_order([offer_id]).get(offer_id)
    if offer is None:
        refuse_withdrawn([offer_id])
        raise NotVisible
    if offer.company_id == by.company_id:
        raise Refused("trade.own_offer", _("This is your own offer."), field="offer", status=422)
    if offer.sample_price_minor is None:
        raise Refused("trade.no_sample", _("The supplier gives no samples of this."), field="offer", status=422)
    rules = trade_rules(offer.market)
    rules |= {name: rules[short] for name, short in _SHORT.items()}
    _refuse_too_many(offer_id, quantity, rules, by)
    minor = offer.sample_price_minor
    price = Money(minor, offer.currency).amount if minor else Decimal(rules["trade.sample_nominal_price"])
    days = float(Decimal(rules["trade.pay_days"]) + Decimal(rules["trade.sample_ship_days"]))
    return whole_terms(
        market=offer.market,
        buyer_id=by.company_id,
        seller_id=offer.company_id,
        currency=offer.currency,
        lines=[goods_line(offer, Decimal(quantity), UnitPrice(price, offer.currency))],
        charges=[],
        incoterm=incoterm,
        named_place=named_place,
        ship_by=(now() + timedelta(days=days)).date(),
        remarks=remarks,
        rules=rules,
        plan=PLANS["prepaid"],
        deposit_rate=Decimal(1),
        kind="sample",
    )


def order_sample(terms: Terms, *, by: Actor, seen_hash: str = "") -> Order:
    """Sign drafted terms of a sample as the buyer and lay them before the seller. Refuses what `draft_sample` refuses, also when
    several orders at once would be too many together; and terms other than those of `seen_hash`."""
    if not BUYING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    refuse_unseen(terms, seen_hash)
    line = terms.lines[0]
    if line.offer_id is None:
        raise NotVisible
    with part():
        # One after the other for this buyer and offer: both would count the same samples.
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trade.sample:{by.company_id}:{line.offer_id}"])
        _refuse_too_many(line.offer_id, int(line.quantity), terms.rules, by)
        return write_order(terms, by=by)


def _refuse_too_many(offer_id: UUID, quantity: int, rules: dict[str, str], by: Actor) -> None:
    most, days = int(Decimal(rules["trade.sample_quantity"])), int(Decimal(rules["trade.sample_window_days"]))
    if quantity < 1:
        raise Refused("trade.quantity", _("Please give a quantity above zero."), field="quantity", status=422)
    if by.company_id is not None and sampled(by.company_id, offer_id, days) + quantity > most:
        message = _("At most %(most)s samples of one offer in %(days)s days.") % {"most": most, "days": days}
        raise Refused("trade.samples_used_up", message, field="quantity", status=422)
