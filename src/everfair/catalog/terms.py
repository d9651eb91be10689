"""What an offer may say about quantities and prices, whichever door it comes through."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from everfair.catalog.refusals import Wrong
from everfair.catalog.values import LARGEST_QUANTITY, LARGEST_UNIT_PRICE, QUANTITY_DECIMALS, TIERS
from everfair.markets.values import Market
from everfair.reference.values import Unit


@dataclass(frozen=True, slots=True)
class Terms:
    """Quantities and prices as read, not yet judged. `tiers` are (from this quantity, price)."""

    currency: str
    tiers: tuple[tuple[Decimal, Decimal], ...]
    price_per: Decimal
    moq: Decimal
    multiple: Decimal
    unit: Unit


def wrong_terms(terms: Terms, market: Market) -> Iterator[Wrong]:
    """Everything that the rules of the market forbid: at most ten tiers, rising quantities, prices that never rise, an MOQ that
    has a price, quantities that the unit allows."""
    if terms.currency not in market.currencies:
        yield Wrong("currency", "currency_not_here", {"currencies": ", ".join(market.currencies)})
    for row, (start, _price) in enumerate(terms.tiers):
        if found := wrong_quantity("tiers", start, terms.unit):
            yield replace(found, cell=(row, 0))
    for field, quantity in (("moq", terms.moq), ("multiple", terms.multiple)):
        if found := wrong_quantity(field, quantity, terms.unit):
            yield found
    if terms.price_per != terms.price_per.to_integral_value() or not 0 < terms.price_per < LARGEST_QUANTITY:
        yield Wrong("price_per", "number_too_large" if terms.price_per > 1 else "number_positive", {})
    if len(terms.tiers) > TIERS:
        yield Wrong("tiers", "tier_too_many", {"limit": TIERS})
    for row, (_start, price) in enumerate(terms.tiers):
        if price <= 0:
            yield Wrong("tiers", "number_positive", {}, (row, 1))
        elif price > LARGEST_UNIT_PRICE:
            yield Wrong("tiers", "number_too_large", {}, (row, 1))
    for row, ((start, price), (following, next_price)) in enumerate(itertools.pairwise(terms.tiers), 1):
        if following <= start:
            yield Wrong("tiers", "tier_order", {"quantity": f"{following:f}"}, (row, 0))
        elif next_price > price:
            yield Wrong("tiers", "tier_rising", {"quantity": f"{following:f}"}, (row, 1))
    if terms.tiers and terms.moq < terms.tiers[0][0]:
        yield Wrong("moq", "moq_below_first_tier", {"moq": f"{terms.moq:f}", "first": f"{terms.tiers[0][0]:f}"})


def wrong_quantity(field: str, quantity: Decimal, unit: Unit) -> Wrong | None:
    if not quantity.is_finite() or quantity <= 0:
        return Wrong(field, "number_positive", {})
    if quantity > LARGEST_QUANTITY:
        return Wrong(field, "number_too_large", {})
    places = min(unit.decimals, QUANTITY_DECIMALS)
    if quantity != round(quantity, places):
        if places:
            return Wrong(field, "quantity_decimals", {"limit": places})
        return Wrong(field, "quantity_whole", {"quantity": f"{quantity:f}"})
    return None
