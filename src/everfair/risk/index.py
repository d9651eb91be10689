"""Everything that signals need besides the supplier itself, kept up to date one supplier at a time. In memory and pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from everfair.risk.facts import Prices, Supplier
from everfair.risk.graph import Holders, Pictures
from everfair.risk.signals import Brought, StaffFinding, is_unshipped, staff
from everfair.risk.values import SERIOUS, Settings, settings_at

# The platform's own shares are counted on a part of all suppliers, this many at most, and anew after this many days.
SAMPLE, SHARES_HOLD_DAYS = 2_000, 7
# Who of the staff stands out is counted anew after as many days: it moves as slowly.
STAFF_HOLD_DAYS = 7


@dataclass
class Ratings:
    """Who rated whom in one category: rater → suppliers, supplier → how many raters, and how many such pairs there are."""

    rated: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sizes: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def put(self, supplier: str, raters: frozenset[str]) -> None:
        for rater in raters:
            self.rated[rater].add(supplier)
        self.sizes[supplier] = len(raters)
        self.total += len(raters)

    def take(self, supplier: str, raters: frozenset[str]) -> None:
        for rater in raters:
            self.rated[rater].discard(supplier)
        del self.sizes[supplier]
        self.total -= len(raters)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who stands out on a day, and how many of how many each of them brought are complained of."""

    at: date
    found: list[StaffFinding]
    counts: dict[str, tuple[int, int]]


def main_category(supplier: Supplier) -> str:
    """In what it has most offers; the first by name among equals, «» without offers."""
    counts = Counter(listing.category for listing in supplier.listings)
    return min(counts, key=lambda category: (-counts[category], category)) if counts else ""


class Index:
    """All suppliers by price, trait, picture, rater and salesperson. Nothing is derived from `known_bad`: it may grow at any time."""

    def __init__(self, suppliers: Iterable[Supplier], known_bad: set[str], hot: frozenset[str]) -> None:
        self.suppliers: dict[str, Supplier] = {}
        self.known_bad = known_bad
        self.holders = Holders()
        self.pictures = Pictures(int(settings_at(date.max)["photo.distance"]))
        self.prices = Prices(median={}, low={}, hot=hot)
        self._ratings: defaultdict[str, Ratings] = defaultdict(Ratings)
        self._raters: dict[str, tuple[str, frozenset[str]]] = {}
        self._asked: dict[str, dict[str, float]] = {}
        self._market: defaultdict[str, list[float]] = defaultdict(list)
        self._shares: tuple[date, dict[str, float]] | None = None
        self._staff: Staff | None = None
        for supplier in suppliers:
            self._put(supplier)
            for category, price in self._asked[supplier.id].items():
                self._market[category].append(price)
        for category, asked in self._market.items():
            asked.sort()
            self._count(category)

    def update(self, supplier: Supplier) -> None:
        """What is known of one supplier now, new or changed: it replaces what was."""
        before = self._asked.get(supplier.id, {})
        self._put(supplier)
        now = self._asked[supplier.id]
        for category in {*before, *now}:
            if before.get(category) == now.get(category):
                continue
            asked = self._market[category]
            if category in before:
                del asked[bisect_left(asked, before[category])]
            if category in now:
                insort(asked, now[category])
            self._count(category)

    # What one score asks of the others.

    def usual(self, at: date) -> dict[str, float]:
        """The platform's own shares of unshipped deals, complaints and lost disputes, so that a strike or a hard winter accuses nobody."""
        if self._shares is None or abs((at - self._shares[0]).days) >= SHARES_HOLD_DAYS:
            self._shares = (at, self._count_shares(at))
        return self._shares[1]

    def ratings_of(self, category: str) -> Ratings:
        """Who rated whom among the suppliers that mainly sell this."""
        return self._ratings[category]

    def salesperson(self, name: str | None, at: date) -> tuple[bool, tuple[int, int]]:
        """Whether this salesperson stands out that day, and how many of how many it brought are complained of."""
        counts = self._staff_at(at).counts.get(name or "")
        return counts is not None, counts or (0, 0)

    def _staff_at(self, at: date) -> Staff:
        kept = self._staff
        if kept is None or abs((at - kept.at).days) >= STAFF_HOLD_DAYS:
            kept = self._staff = self._count_staff(at)
        return kept

    def _count_staff(self, at: date) -> Staff:
        settings = settings_at(at)
        brought = [
            self._brought(row, at, settings) for row in self.suppliers.values() if row.salesperson and row.registered_on <= at
        ]
        brought.sort(key=lambda row: (row.salesperson, row.category))
        bad = Counter(row.salesperson for row in brought if row.bad)
        everybody = Counter(row.salesperson for row in brought)
        found = staff(brought, settings)
        return Staff(at, found, {row.salesperson: (bad[row.salesperson], everybody[row.salesperson]) for row in found})

    def _brought(self, supplier: Supplier, at: date, settings: Settings) -> Brought:
        since = at - timedelta(days=settings["outcome.days"] * 3)
        angry = {row.buyer for row in supplier.complaints if row.kind in SERIOUS and since <= row.on <= at}
        buyers = angry | {deal.buyer for deal in supplier.deals if since <= deal.on <= at}
        bad = supplier.id in self.known_bad or len(angry) >= max(settings["staff.buyers"], settings["staff.share"] * len(buyers))
        return Brought(supplier.salesperson or "", main_category(supplier), bad, supplier.reviewers)

    def _put(self, supplier: Supplier) -> None:
        self.suppliers[supplier.id] = supplier
        self.holders.put(supplier.id, supplier.traits)
        self.pictures.put(supplier.id, frozenset(listing.photo for listing in supplier.listings if listing.photo))
        prices: defaultdict[str, list[float]] = defaultdict(list)
        for listing in supplier.listings:
            if listing.price > 0:
                prices[listing.category].append(listing.price)
        # One voice for each supplier in a category: who lists a thousand offers does not move the market.
        self._asked[supplier.id] = {category: median(asked) for category, asked in prices.items()}
        self._put_ratings(supplier)

    def _put_ratings(self, supplier: Supplier) -> None:
        now = (main_category(supplier), frozenset(rating.buyer for rating in supplier.ratings))
        before = self._raters.get(supplier.id, ("", frozenset()))
        if now == before:
            return
        self._ratings[before[0]].take(supplier.id, before[1])
        self._ratings[now[0]].put(supplier.id, now[1])
        self._raters[supplier.id] = now

    def _count(self, category: str) -> None:
        asked = self._market[category]
        if asked:
            self.prices.median[category] = asked[len(asked) // 2]
            self.prices.low[category] = asked[len(asked) // 10]
        else:
            self.prices.median.pop(category, None)
            self.prices.low.pop(category, None)

    def _count_shares(self, at: date) -> dict[str, float]:
        settings = settings_at(at)
        since = at - timedelta(days=settings["outcome.days"])
        due = late = deals = complained = lost = 0
        ids = list(self.suppliers)
        for id in ids[:: max(1, len(ids) // SAMPLE)]:
            supplier = self.suppliers[id]
            if id in self.known_bad:
                continue
            for deal in supplier.deals:
                if since <= deal.on <= at:
                    deals += 1
                    lost += deal.lost_dispute
                    if (open_ := is_unshipped(deal, at, settings)) is not None:
                        due += 1
                        late += open_
            complained += len({row.buyer for row in supplier.complaints if since <= row.on <= at and row.kind in SERIOUS})
        # Few deals say little: as many again are taken to be as usual.
        again = 200

        def share(found: int, of: int, name: str) -> float:
            return min(0.3, (found + again * settings[f"{name}.usual"]) / (of + again))

        return {
            "unshipped": share(late, due, "unshipped"),
            "complaints": share(complained, deals, "complaints"),
            "lost": share(lost, deals, "lost"),
        }
