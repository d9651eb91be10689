"""Offers side by side: one row for each thing that traders compare, the best value of it marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from everfair.base.money import Money, UnitPrice
from everfair.discovery.values import FoundOffer, days_for


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is what the template draws; None where the supplier says nothing."""

    value: Any
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows`: name → cells in the order of the offers. `quantity`: what the prices and lead times are for."""

    quantity: Decimal
    rows: dict[str, list[Cell]]
    is_one_currency: bool


def compare(offers: Sequence[FoundOffer], quantity: Decimal | None = None) -> Comparison:
    """Everything for this quantity; without one for the smallest that each of them sells.

    Prices are compared in one currency and one unit only, quantities in one unit only; what is equal everywhere is not marked.
    """
    wanted = quantity if quantity is not None else max((offer.moq for offer in offers), default=Decimal(1))
    currencies = {offer.currency for offer in offers if offer.tiers_json != "[]" or offer.sample_price_minor is not None}
    same_unit = len({offer.unit for offer in offers}) < 2
    same_money = len(currencies) < 2
    prices = [price_for(offer, wanted) for offer in offers]
    days = [_days(offer, wanted) for offer in offers]
    samples = [None if (minor := offer.sample_price_minor) is None else Money(minor, offer.currency) for offer in offers]
    rows = {
        "price": _marked(prices, lambda price: price.amount / price.per if same_unit and same_money else None),
        "tiers": [Cell([(start, UnitPrice(price, o.currency, o.price_per)) for start, price in o.tiers]) for o in offers],
        "moq": _marked([offer.moq for offer in offers], lambda moq: moq if same_unit else None),
        "lead_time": _marked(days, lambda each: each),
        "sample": _marked(samples, lambda sample: sample.minor if same_money else None),
        "origin": [Cell(offer.origin or None) for offer in offers],
        "verified": [Cell(offer.verified) for offer in offers],
    }
    return Comparison(wanted, rows, same_money)


def price_for(offer: FoundOffer, quantity: Decimal) -> UnitPrice | None:
    """The price of one tier; None when it is on request or the quantity lies below what the supplier sells."""
    found = None
    if quantity < offer.moq:
        return None
    for start, price in offer.tiers:
        if quantity < start:
            break
        found = UnitPrice(price, offer.currency, offer.price_per)
    return found


def _days(offer: FoundOffer, quantity: Decimal) -> int | None:
    return days_for(json.loads(offer.lead_times_json), max(quantity, offer.moq))


def _marked(values: Sequence[Any], measure: Callable[[Any], Any]) -> list[Cell]:
    """The least is the best, unless all are the same or nothing can be compared."""
    measured = [None if value is None else measure(value) for value in values]
    known = [each for each in measured if each is not None]
    best = min(known) if len(known) > 1 and min(known) != max(known) else None
    return [Cell(value, best is not None and each == best) for value, each in zip(values, measured, strict=True)]
