"""Rates that contracts hold for buyers who pay in another currency: as they would be offered now, and as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import find_one
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.fx.pricing import TooLarge, cross, price_of
from everfair.payments.models import FxLock, Intent
from everfair.payments.queries.fx import LOCK_HOLDS, fresh_rates, newest_rates, rate_of, spread_of
from everfair.payments.values import Price, RateTerms


def pay_in_choices() -> list[str]:
    """The currencies for which a contract can hold a rate today; none while rates are stale, or where the rule holds none."""
    rules = rules_at(DEFAULT_MARKET)
    rates = newest_rates(rules)
    if rates is None or rates.stale or not rules["payments.fx_lock_days"]:
        return []
    return sorted(rates.rates)


def offered_rate(currency: str, pay_in: str) -> RateTerms:
    """The rate that a contract in `currency` signed today would hold for a buyer who pays in `pay_in`.

    Refuses 409 when the rates are stale; with the field `pay_in` 422 a currency that nobody publishes a rate of, and where the rule
    holds none.
    """
    rules = rules_at(DEFAULT_MARKET)
    days = int(rules["payments.fx_lock_days"])
    if not days:
        raise Refused("payments.fx_no_lock", _("Contracts hold no exchange rate at the moment."), field="pay_in", status=422)
    rates = fresh_rates(rules)
    return RateTerms(
        pay_in=pay_in,
        currency=currency,
        pay_rate=rate_of(rates, pay_in, field="pay_in"),
        rate=rate_of(rates, currency, field="pay_in"),
        rated_on=rates.published_on,
        source=rates.source,
        spread_bps=spread_of(rules, currency, pay_in) + int(rules["payments.fx_lock_spread"]),
        until=now().date() + timedelta(days=days),
    )


def prices_at(terms: RateTerms, amounts: Sequence[Money]) -> list[Price]:
    """What each amount costs at that rate, the spread in it."""
    rate = cross(terms.pay_rate, terms.rate)
    try:
        return [price_of(get=amount, into=terms.pay_in, rate=rate, bps=terms.spread_bps) for amount in amounts]
    except TooLarge:
        raise Refused("payments.fx_too_large", _("This is more than can be exchanged."), field="pay_in", status=422) from None


def lock_for(intent: Intent) -> FxLock | None:
    """The rate that a contract holds for this payment, in the currency it names."""
    where = "purpose = %s AND company_id = %s AND get_currency = %s AND get_minor = %s AND "
    return find_one(FxLock, where + LOCK_HOLDS, [intent.purpose, intent.company_id, intent.currency, intent.amount_minor])
