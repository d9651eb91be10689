"""A rate that a contract holds for its payments, for days: offered, signed with the terms, counted in the platform's positions.

Locks: as `exchanging.py`; the order and its stages before.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.money import Money, total
from everfair.base.refused import Refused
from everfair.base.rows import insert, tell
from everfair.base.together import part
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.actions.exchanging import hold_positions, refuse_beyond_limit
from everfair.payments.models import FxLock
from everfair.payments.queries.fx import fresh_rates
from everfair.payments.queries.fx_locks import prices_at
from everfair.payments.values import Price, RateTerms


def hold_rate(company_id: UUID, purposes: Sequence[tuple[UUID, Money]], terms: RateTerms, *, by: Actor) -> None:
    """From now until the day in `terms` each of these payments can be made at that rate, once, whatever the rate does.

    Refuses 409 when a newer rate was published than the one in the terms, and beyond the position's limit.
    """
    with part():
        rules = rules_at(DEFAULT_MARKET)
        rates = fresh_rates(rules)
        if (rates.source, rates.published_on) != (terms.source, terms.rated_on):
            raise Refused("payments.fx_rate_moved", _("A newer exchange rate has been published. Please read the terms again."))
        hold_positions()
        prices = prices_at(terms, [amount for _purpose, amount in purposes])
        insert(
            *(
                FxLock(
                    company_id=company_id, purpose=purpose, give_minor=price.give.minor, give_currency=terms.pay_in,
                    spread_minor=price.spread.minor, spread_bps=terms.spread_bps, get_minor=price.get.minor,
                    get_currency=terms.currency, give_rate=terms.pay_rate, get_rate=terms.rate, rated_on=terms.rated_on,
                    source=terms.source, expires_at=terms.ends_at, by=by.label,
                )
                for (purpose, _amount), price in zip(purposes, prices, strict=True)
            )
        )  # fmt: skip
        whole = Price(
            total([price.give for price in prices], terms.pay_in),
            total([price.spread for price in prices], terms.pay_in),
            total([price.get for price in prices], terms.currency),
        )
        refuse_beyond_limit(whole, rates, rules)


def end_held_rates(purposes: Sequence[UUID], *, by: Actor) -> None:
    """These are paid, or need not be paid: their rates are held for nobody any more. Safe to repeat."""
    if purposes:
        tell(_END, [by.label, list(purposes)])


_END = """
    INSERT INTO payments_fxlockend (lock_id, "by") SELECT id, %s FROM payments_fxlock WHERE purpose = ANY(%s::uuid[])
    ON CONFLICT (lock_id) DO NOTHING
"""
