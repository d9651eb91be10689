"""How it is sold and paid: a burst of volume, rails from which nothing comes back."""

from __future__ import annotations

from datetime import date, timedelta

from everfair.risk.facts import Finding, Prices, Supplier
from everfair.risk.values import WEAK_RAILS, Settings


def sudden_volume(supplier: Supplier, prices: Prices, at: date, settings: Settings) -> Finding | None:
    """Many new buyers within days, at several times the pace before. Buyers are counted, not deals: split orders are one buyer's."""
    days, before = settings["volume.days"], settings["volume.before"]
    burst, start = at - timedelta(days=days), at - timedelta(days=days + before)
    earlier = [deal for deal in supplier.deals if start <= deal.on <= burst]
    known = {deal.buyer for deal in supplier.deals if deal.on <= burst}
    recent = [deal for deal in supplier.deals if burst < deal.on <= at]
    fresh = {deal.buyer for deal in recent} - known
    if len(fresh) < settings["volume.buyers"]:
        return None
    value = sum(deal.value for deal in recent)
    pace = sum(deal.value for deal in earlier) * days / before
    times = value / pace if pace > 0 else 0.0
    if pace > 0 and times < settings["volume.times"]:
        return None
    # Who has just come has no pace before: more buyers are needed to say as much.
    strength = (
        min(1.0, times / (3 * settings["volume.times"])) if pace > 0 else min(1.0, len(fresh) / (3 * settings["volume.buyers"]))
    )
    points = settings["volume.points"] * (0.5 + 0.5 * strength)
    return Finding(
        "sudden_volume",
        points,
        (("buyers", str(len(fresh))), ("days", f"{days:.0f}"), ("value", f"{value:.0f}"), ("times", f"{times:.0f}")),
    )


def weak_rail(supplier: Supplier, prices: Prices, at: date, settings: Settings) -> Finding | None:
    """Paid by what cannot be charged back. A bank transfer alone is ordinary in trade and says little."""
    since = at - timedelta(days=settings["rail.days"])
    recent = [deal for deal in supplier.deals if since <= deal.on <= at]
    weak = [deal for deal in recent if deal.rail in WEAK_RAILS]
    if not weak:
        return None
    weight = sum(1.0 if deal.rail == "cash_service" else settings["rail.transfer"] for deal in weak)
    points = settings["rail.points"] * weight / (len(recent) + 1)
    cash = sum(deal.rail == "cash_service" for deal in weak)
    return Finding("weak_rail", points, (("deals", str(len(weak))), ("of", str(len(recent))), ("cash", str(cash))))
