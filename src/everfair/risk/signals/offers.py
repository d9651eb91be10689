"""What is offered: prices far below the market, low minimum orders where frauds were."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median

from everfair.risk.facts import Finding, Prices, Supplier
from everfair.risk.values import Settings


def price_below(supplier: Supplier, prices: Prices, at: date, settings: Settings) -> Finding | None:
    """Offers far below the category's median and no longer within its ordinary width. One clearance among many offers says less."""
    since = at - timedelta(days=settings["price.days"])
    ratios, seen = [], 0
    for listing in supplier.listings:
        usual = prices.median.get(listing.category, 0.0)
        if not since <= listing.on <= at or usual <= 0 or listing.price <= 0:
            continue
        seen += 1
        ratio = listing.price / usual
        wide = listing.price > prices.low.get(listing.category, usual) * settings["price.low_room"]
        if ratio <= settings["price.bottom"] or (ratio <= settings["price.ratio"] and not wide):
            ratios.append(ratio)
    if not ratios:
        return None
    depth = median(ratios)
    room = settings["price.ratio"] - settings["price.bottom"]
    deep = 0.4 + 0.6 * min(1.0, (settings["price.ratio"] - depth) / room)
    points = settings["price.points"] * deep * (0.4 + 0.6 * len(ratios) / seen)
    return Finding("price_below", points, (("offers", str(len(ratios))), ("of", str(seen)), ("percent", f"{depth * 100:.0f}")))


def hot_low_moq(supplier: Supplier, prices: Prices, at: date, settings: Settings) -> Finding | None:
    """In a category where frauds were found more often, from a few pieces on; it says more when the price is low too."""
    since = at - timedelta(days=settings["price.days"])
    low = [
        listing for listing in supplier.listings
        if since <= listing.on <= at and listing.category in prices.hot and listing.moq <= settings["moq.low"]
    ]  # fmt: skip
    if not low:
        return None
    cheap = any(listing.price < prices.median.get(listing.category, 0.0) * settings["moq.below"] for listing in low)
    points = settings["moq.points"] * (1.0 if cheap else 0.5)
    smallest = min(low, key=lambda listing: listing.moq)
    return Finding(
        "hot_low_moq", points, (("offers", str(len(low))), ("moq", str(smallest.moq)), ("category", smallest.category))
    )
