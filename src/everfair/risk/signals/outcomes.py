"""What buyers did not get, and what they got. Shares are held against what is usual on the platform, never against a fixed count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from math import log2

from everfair.risk.facts import Complaint, Deal, Finding, Prices, Supplier
from everfair.risk.signals.chance import beta_binomial_tail, tens
from everfair.risk.values import SERIOUS, Settings


def is_unshipped(deal: Deal, at: date, settings: Settings) -> bool | None:
    """Whether this deal should have left by then and has not; None when it is too early to say."""
    if deal.shipped_on is not None and deal.shipped_on <= at:
        return False
    age = (at - deal.on).days
    if age < 0:
        return None
    if age >= settings["unshipped.days"] or (deal.shipped_on is None and deal.late_days >= settings["unshipped.late"]):
        return True
    return None


def unshipped(
    supplier: Supplier, prices: Prices, at: date, settings: Settings, usual: Mapping[str, float] | None = None
) -> Finding | None:
    """Paid deals that should have left and have not, more than is usual. `usual` are the platform's own shares."""
    since = at - timedelta(days=settings["outcome.days"])
    due = [(deal, late) for deal in supplier.deals if deal.on >= since and (late := is_unshipped(deal, at, settings)) is not None]
    open_ = [deal for deal, late in due if late]
    if not open_:
        return None
    points = _against_chance(len(open_), len(due), "unshipped", settings, usual)
    if len(open_) == 1:
        points = min(points, settings["unshipped.one"])
    if points <= 0:
        return None
    value = sum(deal.value for deal in open_)
    return Finding("unshipped", points, (("deals", str(len(open_))), ("of", str(len(due))), ("value", f"{value:.0f}")))


def complaints(
    supplier: Supplier, prices: Prices, at: date, settings: Settings, usual: Mapping[str, float] | None = None
) -> Finding | None:
    """Buyers who say that nothing came or that it is fake, more than is usual. One buyer counts once, whatever it writes."""
    since = at - timedelta(days=settings["outcome.days"])
    serious = [row for row in supplier.complaints if since <= row.on <= at and row.kind in SERIOUS]
    buyers = {row.buyer for row in serious}
    if not buyers:
        return None
    dealt = {deal.buyer for deal in supplier.deals if since <= deal.on <= at}
    points = _against_chance(len(buyers), len(dealt | buyers), "complaints", settings, usual)
    if len(buyers) == 1:
        points = min(points, settings["complaints.one"])
    burst = _most_within(serious, settings["complaints.burst"])
    if burst >= 3:
        points = min(settings["complaints.cap"], points * 1.15)
    if points <= 0:
        return None
    mean = sum(row.value for row in serious) / len(serious)
    figures = (("buyers", str(len(buyers))), ("of", str(len(dealt | buyers))), ("burst", str(burst)), ("mean", f"{mean:.0f}"))
    return Finding("complaints", points, (*figures, ("days", f"{settings['complaints.burst']:.0f}")))


def lost_disputes(
    supplier: Supplier, prices: Prices, at: date, settings: Settings, usual: Mapping[str, float] | None = None
) -> Finding | None:
    """Disputes that were decided against it."""
    since = at - timedelta(days=settings["outcome.days"])
    recent = [deal for deal in supplier.deals if since <= deal.on <= at]
    lost = sum(deal.lost_dispute for deal in recent)
    points = _against_chance(lost, len(recent), "lost", settings, usual) if lost else 0.0
    return Finding("lost_disputes", points, (("deals", str(lost)), ("of", str(len(recent))))) if points > 0 else None


def record(supplier: Supplier, at: date, settings: Settings, not_counted: frozenset[str] = frozenset()) -> Finding | None:
    """Different buyers who got their goods: it speaks for the supplier, with less than nothing. `not_counted` are buyers who may be itself."""
    since = at - timedelta(days=settings["record.days"])
    buyers = {
        deal.buyer for deal in supplier.deals
        if deal.received_on is not None and since <= deal.received_on <= at and not deal.lost_dispute
    } - not_counted  # fmt: skip
    if len(buyers) < settings["record.buyers"]:
        return None
    return Finding(
        "record", -min(settings["record.cap"], settings["record.points"] * log2(len(buyers))), (("buyers", str(len(buyers))),)
    )


def _against_chance(k: int, n: int, name: str, settings: Settings, usual: Mapping[str, float] | None) -> float:
    share = max(settings[f"{name}.usual"], (usual or {}).get(name, 0.0))
    if k <= share * n:
        return 0.0
    chance = beta_binomial_tail(k, n, round(share, 4), settings["outcome.spread"])
    return min(settings[f"{name}.cap"], settings[f"{name}.points"] * tens(chance))


def _most_within(rows: list[Complaint], days: float) -> int:
    """The most different buyers who complained within so many days."""
    rows = sorted(rows, key=lambda row: row.on)
    within: Counter[str] = Counter()
    most, first = 0, 0
    for row in rows:
        within[row.buyer] += 1
        while (row.on - rows[first].on).days > days:
            within[rows[first].buyer] -= 1
            if not within[rows[first].buyer]:
                del within[rows[first].buyer]
            first += 1
        most = max(most, len(within))
    return most
