"""The exchange rate that a contract holds, as programs read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from everfair.base.api import MoneyOut, Schema
from everfair.base.money import Money
from everfair.trade.queries.held_rate import rate_terms


class HeldRateOut(Schema):
    """For a buyer who pays in `pay_in`: one euro is `pay_rate` of it and `rate` of the contract's currency, by `source` on `rated_on`.
    `held` costs `costs`, the spread (`spread_bps` of it) included, until `holds_until`; that long the platform bears what the rate does
    (`bears_until`), afterwards the buyer (`bears_after`), who then pays at a price of that day."""

    pay_in: str
    pay_rate: str
    rate: str
    source: str
    rated_on: date
    spread_bps: int
    until: date
    holds_until: datetime
    held: MoneyOut
    costs: MoneyOut
    bears_until: Literal["platform"]
    bears_after: Literal["buyer"]


def held_rate_out(document: Mapping[str, Any]) -> HeldRateOut | None:
    terms = rate_terms(document)
    if terms is None:
        return None
    clause = document["exchange"]
    return HeldRateOut(
        **{name: clause[name] for name in ("pay_in", "pay_rate", "rate", "source", "rated_on", "spread_bps", "until")},
        holds_until=terms.ends_at,
        held=MoneyOut.of(Money(clause["held_minor"], terms.currency)),
        costs=MoneyOut.of(Money(clause["costs_minor"], terms.pay_in)),
        bears_until=clause["bears"]["until"],
        bears_after=clause["bears"]["after"],
    )
