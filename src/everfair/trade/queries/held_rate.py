"""The rate that a contract holds for a buyer who pays in another currency: its clause in the terms, and the clause in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from everfair.base.formats import number, percent, plain_day, plain_money
from everfair.base.money import Money, total
from everfair.payments.queries import offered_rate, prices_at
from everfair.payments.values import RATE_SOURCE_WORDS, RateTerms
from everfair.reference.queries import currency_name
from everfair.trade.values import TermsStage

# Who bears what the rate does: the platform to the last day, whoever pays afterwards.
BEARS = {"until": "platform", "after": "buyer"}


def rate_clause(pay_in: str, currency: str, stages: Sequence[TermsStage]) -> dict[str, Any]:
    """What terms drafted now say of it, as plain values under `exchange`; nothing when the buyer pays in the order's own currency.

    `held_minor` is all the stages in the order's currency, `costs_minor` what they cost at that rate with the spread in it. Refuses
    as `offered_rate` does.
    """
    if pay_in in ("", currency):
        return {}
    terms = offered_rate(currency, pay_in)
    amounts = [stage.amount for stage in stages]
    return {
        "exchange": {
            "pay_in": pay_in,
            "pay_rate": f"{terms.pay_rate.normalize():f}",
            "rate": f"{terms.rate.normalize():f}",
            "source": terms.source,
            "rated_on": terms.rated_on.isoformat(),
            "spread_bps": terms.spread_bps,
            "until": terms.until.isoformat(),
            "held_minor": total(amounts, currency).minor,
            "costs_minor": total([price.give for price in prices_at(terms, amounts)], pay_in).minor,
            "bears": BEARS,
        }
    }


def rate_terms(document: Mapping[str, Any]) -> RateTerms | None:
    """The clause of stored or drafted terms; None where they have none."""
    clause = document.get("exchange")
    if clause is None:
        return None
    return RateTerms(
        pay_in=clause["pay_in"],
        currency=document["currency"],
        pay_rate=Decimal(clause["pay_rate"]),
        rate=Decimal(clause["rate"]),
        rated_on=date.fromisoformat(clause["rated_on"]),
        source=clause["source"],
        spread_bps=clause["spread_bps"],
        until=date.fromisoformat(clause["until"]),
    )


def rate_in_words(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The clause as (what, how much) in its reader's words; nothing for terms without one."""
    terms = rate_terms(document)
    if terms is None:
        return []
    clause = document["exchange"]
    held, costs = Money(clause["held_minor"], terms.currency), Money(clause["costs_minor"], terms.pay_in)
    return [
        (_("The buyer pays in"), f"{terms.pay_in} · {currency_name(terms.pay_in, get_language() or 'en')}"),
        (_("Locked rate"), f"1 {terms.pay_in} = {number(terms.shown_rate)} {terms.currency}"),
        (_("Reference rates"), f"{RATE_SOURCE_WORDS[terms.source]}, {plain_day(terms.rated_on)}"),
        (_("Spread"), percent(Decimal(terms.spread_bps) / 10_000, 2)),
        (_("Locked for"), _("%(held)s cost %(costs)s, the spread included") % _plain(held=held, costs=costs)),
        (_("Holds until"), _("the end of %(day)s (UTC)") % {"day": plain_day(terms.until)}),
        (_("Until then"), _("The platform bears a difference of rates: what is paid by then is paid at this rate.")),
        (
            pgettext("after a day", "Afterwards"),
            _(
                "The buyer bears a difference of rates: what is paid later is paid at a price of its day. "
                "The seller receives the same %(currency)s."
            )
            % {"currency": terms.currency},
        ),
    ]


def _plain(**amounts: Money) -> dict[str, str]:
    return {name: plain_money(amount) for name, amount in amounts.items()}
