"""Findings of one supplier, added up by kind of evidence. A score has reasons; a hold is only ever proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from everfair.risk import signals
from everfair.risk.facts import Finding, Supplier
from everfair.risk.graph import nearness
from everfair.risk.index import Index, main_category
from everfair.risk.signals import StaffFinding
from everfair.risk.values import SIGNALS, Settings, settings_at

# What a neighbour is judged by is counted anew when something becomes known of it, and after so many days.
OWN_HOLDS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Score:
    """What speaks against one supplier at a moment: `points` after the caps, and every finding, the weightiest first."""

    id: str
    points: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """`action`: «hold» or «watch». A person decides."""

    id: str
    action: str
    score: Score


class World(Index):
    """All suppliers as they are known, and what can be asked of them together. In memory and pure.

    Filled once from all suppliers, then `update` and `score` cost about a millisecond each.
    `known_bad` is the caller's own set of ids (confirmed frauds, blocked accounts): add to it when a person confirmed something.
    `hot` are the categories in which frauds were found more often. The platform's usual shares are counted anew each week, the
    salespeople who stand out each day.
    """

    def __init__(self, suppliers: Iterable[Supplier], known_bad: set[str], hot: frozenset[str]) -> None:
        super().__init__(suppliers, known_bad, hot)
        self._own: dict[str, tuple[date, float]] = {}

    def update(self, supplier: Supplier) -> None:
        """What is known of one supplier now, new or changed: it replaces what was."""
        self._own.pop(supplier.id, None)
        super().update(supplier)

    def score(self, id: str, at: date) -> Score:
        """The score of one supplier as of that day. An unknown id is a KeyError."""
        return score(self.suppliers[id], self, at)

    def proposals(self, at: date, ids: Iterable[str]) -> list[Proposal]:
        """What is proposed for these, highest first; nothing for those who are known already. It decides nothing."""
        found = (propose(self.score(id, at), at) for id in sorted(set(ids)) if id not in self.known_bad)
        return sorted((row for row in found if row is not None), key=lambda row: (-row.score.points, row.id))

    def staff(self, at: date) -> list[StaffFinding]:
        """Salespeople whose suppliers are complained of significantly more than others', as of that day; counted anew."""
        return self._count_staff(at).found

    def own(self, id: str, at: date) -> float:
        """Points of one supplier without links and collusion, as of that day: what its neighbours are judged by."""
        kept = self._own.get(id)
        if kept is None or abs((at - kept[0]).days) >= OWN_HOLDS_DAYS:
            settings = settings_at(at)
            kept = self._own[id] = (at, total(_own(self.suppliers[id], self, at, settings), settings))
        return kept[1]


def score(supplier: Supplier, world: World, at: date) -> Score:
    """Everything that speaks for and against one supplier as of that day."""
    settings = settings_at(at)
    findings = [
        *_own(supplier, world, at, settings),
        *_links(supplier, world, at, settings),
        *_collusion(supplier, world, at, settings),
    ]
    kept = sorted(findings, key=lambda row: (-row.points, row.signal))
    return Score(supplier.id, round(total(kept, settings), 1), tuple(kept))


def propose(score: Score, at: date) -> Proposal | None:
    """«hold» from enough points out of at least two kinds of evidence (what buyers did not get may stand alone), «watch» from fewer."""
    settings = settings_at(at)
    if score.points < settings["watch"]:
        return None
    sums = by_kind(score.findings, settings)
    speaking = sum(points >= settings["kind.speaks"] for points in sums.values())
    alone = sums.get("outcome", 0.0) >= settings["hold"]
    hold = score.points >= settings["hold"] and (speaking >= settings["hold.kinds"] or alone)
    return Proposal(score.id, "hold" if hold else "watch", score)


def by_kind(findings: tuple[Finding, ...] | list[Finding], settings: Settings) -> dict[str, float]:
    """Points of each kind of evidence against the supplier, each up to its cap."""
    sums: defaultdict[str, float] = defaultdict(float)
    for finding in findings:
        if finding.points > 0:
            sums[SIGNALS[finding.signal]] += finding.points
    return {kind: min(points, settings[f"cap.{kind}"]) for kind, points in sums.items()}


def total(findings: list[Finding], settings: Settings) -> float:
    """The sum. A good record takes from what merely looks odd, never from what buyers did not get or from closeness to confirmed fraud."""
    sums = by_kind(findings, settings)
    firm = sums.get("outcome", 0.0) + sums.get("links", 0.0)
    odd = sum(sums.values()) - firm
    good = -sum(finding.points for finding in findings if finding.points < 0)
    return firm + max(0.0, odd - good)


def _own(supplier: Supplier, world: World, at: date, settings: Settings) -> list[Finding]:
    prices, usual = world.prices, world.usual(at)
    washed = frozenset(_washed(supplier, world, settings))
    found = (
        signals.price_below(supplier, prices, at, settings),
        signals.hot_low_moq(supplier, prices, at, settings),
        signals.sudden_volume(supplier, prices, at, settings),
        signals.weak_rail(supplier, prices, at, settings),
        signals.bait(supplier, prices, at, settings),
        signals.unshipped(supplier, prices, at, settings, usual),
        signals.complaints(supplier, prices, at, settings, usual),
        signals.lost_disputes(supplier, prices, at, settings, usual),
        signals.record(supplier, at, settings, washed),
    )
    return [finding for finding in found if finding is not None]


def _links(supplier: Supplier, world: World, at: date, settings: Settings) -> list[Finding]:
    def bad(id: str) -> float:
        return 1.0 if id in world.known_bad else 0.0

    def suspect(id: str) -> float:
        if id in world.known_bad:
            return 0.0
        points = world.own(id, at)
        return min(1.0, points / settings["hold"]) if points >= settings["link.suspect_from"] else 0.0

    others = {
        kind: [world.suppliers[id] for id in sorted(ids) if id in world.suppliers and world.suppliers[id].registered_on <= at]
        for kind, ids in world.holders.tied(supplier.id, settings["link.near"]).items()
    }
    photos = sorted(world.pictures.of.get(supplier.id, ()))
    found = (
        signals.known_fraud(nearness(supplier.id, world.holders, bad, settings), settings),
        signals.suspect_neighbours(nearness(supplier.id, world.holders, suspect, settings, depth=1), settings),
        signals.tied(supplier, {kind: rows for kind, rows in others.items() if rows}, settings),
        signals.same_photos([world.pictures.near(photo) - {supplier.id} for photo in photos], world.known_bad, settings),
    )
    return [finding for finding in found if finding is not None]


def _collusion(supplier: Supplier, world: World, at: date, settings: Settings) -> list[Finding]:
    named, brought = world.salesperson(supplier.salesperson, at)
    raters = frozenset(rating.buyer for rating in supplier.ratings if rating.on <= at)
    ring = None
    if len(raters) >= settings["ring.least"]:
        ratings = world.ratings_of(main_category(supplier))
        ring = signals.review_ring(raters, ratings.rated, ratings.sizes, ratings.total, supplier.id, settings)
    found = (
        signals.salesperson(named, brought, settings),
        signals.wash_trading(supplier, _washed(supplier, world, settings), at, settings),
        ring,
    )
    return [finding for finding in found if finding is not None]


def _washed(supplier: Supplier, world: World, settings: Settings) -> dict[str, str]:
    """Buyers of this supplier who are suppliers themselves and share what few share with it, or sell to it over at most one other."""
    found: dict[str, str] = {}
    for buyer in {deal.buyer for deal in supplier.deals}:
        other = world.suppliers.get(buyer)
        if other is None:
            continue
        if buyer == supplier.id or any(buyer in ids for ids in world.holders.tied(supplier.id, settings["link.near"]).values()):
            found[buyer] = "trait"
            continue
        sellers = {deal.buyer for deal in other.deals}
        if supplier.id in sellers or any(
            supplier.id in {deal.buyer for deal in world.suppliers[id].deals}
            for id in sellers
            if id in world.suppliers and id != buyer
        ):
            found[buyer] = "circle"
    return found


__all__ = ["Proposal", "Score", "StaffFinding", "World", "by_kind", "propose", "score", "total"]
