"""Whose help and whose praise: salespeople whose suppliers are complained of, deals with oneself, raters who come in a body."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from everfair.risk.facts import Finding, Supplier
from everfair.risk.signals.chance import beta_binomial_tail, discoveries, poisson_tail
from everfair.risk.values import Settings


@dataclass(frozen=True, slots=True)
class StaffFinding:
    """A salesperson whose suppliers stand out, and why, as (code, figures)."""

    salesperson: str
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """One supplier as far as its salesperson is concerned: whether it is complained of, and what it mainly sells."""

    salesperson: str
    category: str
    bad: bool
    reviewers: tuple[str, ...] = ()


def staff(brought: Iterable[Brought], settings: Settings) -> list[StaffFinding]:
    """Salespeople of whose suppliers significantly more are complained of than of others' in the same categories.

    Beta-binomial: honest salespeople differ among each other, and how much is estimated from the less complained of nine tenths of them,
    so that a few corrupt ones cannot hide behind the spread they make; those who are found are left out of what is expected. Of those named at most a share `staff.q` is named wrongly. Suppliers are counted, never complaints: one
    bad supplier with a hundred complaints names nobody. Shape: one row per supplier; returns those named, the most unlikely first.
    """
    groups: defaultdict[str, list[Brought]] = defaultdict(list)
    everybody = list(brought)
    for row in everybody:
        groups[row.salesperson].append(row)
    names = sorted(groups)
    all_of, bad_of = Counter(row.category for row in everybody), Counter(row.category for row in everybody if row.bad)
    overall = (sum(bad_of.values()) + 0.5) / (len(everybody) + 1) if everybody else 0.0
    named: set[int] = set()
    results: list[tuple[int, int, float, float]] = []
    for _ in range(3):
        out = {names[i] for i in named}
        left = [row for row in everybody if row.salesperson not in out]
        if out and left:
            all_of, bad_of = Counter(row.category for row in left), Counter(row.category for row in left if row.bad)
            overall = (sum(bad_of.values()) + 0.5) / (len(left) + 1)
        expected = {name: _expected(groups[name], all_of, bad_of, overall, inside=name not in out) for name in names}
        spread = _spread([(sum(r.bad for r in groups[n]), len(groups[n]), expected[n]) for n in names if n not in out], settings)
        results = []
        for name in names:
            bad, n = sum(row.bad for row in groups[name]), len(groups[name])
            chance = beta_binomial_tail(bad, n, min(0.99, expected[name] / n), spread)
            results.append((bad, n, expected[name], chance))
        found = {
            i for i in discoveries([row[3] for row in results], settings["staff.q"])
            if results[i][0] >= settings["staff.least"] and results[i][0] >= settings["staff.times"] * results[i][2]
        }  # fmt: skip
        if found == named:
            break
        named = found
    return [
        StaffFinding(names[i], _reasons(groups[names[i]], everybody, results[i]))
        for i in sorted(named, key=lambda i: (results[i][3], names[i]))
    ]


def salesperson(named: bool, brought: tuple[int, int], settings: Settings) -> Finding | None:
    """Its supplier's share of that suspicion. `brought`: how many of how many are complained of."""
    if not named:
        return None
    return Finding("salesperson", settings["staff.points"], (("bad", str(brought[0])), ("of", str(brought[1]))))


def wash_trading(supplier: Supplier, washed: Mapping[str, str], at: date, settings: Settings) -> Finding | None:
    """A good part of its deals is with buyers who share what few share with it, or who are on the other side of a circle.

    `washed`: buyer → «trait» or «circle».
    """
    deals = [deal for deal in supplier.deals if deal.on <= at]
    own = [deal for deal in deals if deal.buyer in washed]
    if not own or len(own) < settings["wash.share"] * len(deals):
        return None
    circles = sum(washed[deal.buyer] == "circle" for deal in own)
    points = settings["wash.points"] * min(1.0, 0.5 + len(own) / len(deals) / 2) * (1.0 if len(own) >= 2 else 0.5)
    return Finding("wash_trading", points, (("deals", str(len(own))), ("of", str(len(deals))), ("circles", str(circles))))


def review_ring(
    raters: frozenset[str], rated: Mapping[str, set[str]], sizes: Mapping[str, int], total: int, own: str, settings: Settings
) -> Finding | None:
    """The same raters praise another supplier, more of them than busy raters would meet by chance.

    `rated`: rater → the suppliers it rated in this one's categories; `sizes`: supplier → its raters there; `total`: ratings there; `own`: its id. By chance
    (configuration model) a rater who rated d suppliers meets one with r raters with d·r / total.
    """
    overlap: Counter[str] = Counter()
    busy = 0
    for rater in raters:
        others = rated.get(rater, set()) - {own}
        busy += len(others)
        overlap.update(others)
    best: tuple[float, int] | None = None
    candidates = max(1, len(overlap))
    for other, common in overlap.items():
        if common < settings["ring.least"] or total <= 0:
            continue
        # A rater who rates few can hardly meet anybody twice: at least what two blind choices would give.
        expected = max(busy * sizes.get(other, 0) / total, len(raters) * sizes.get(other, 0) / total)
        chance = poisson_tail(common, expected) * candidates
        if best is None or (chance, -common) < (best[0], -best[1]):
            best = (chance, common)
    if best is None or best[0] > settings["ring.chance"]:
        return None
    share = best[1] / len(raters)
    return Finding(
        "review_ring", settings["ring.points"] * (0.5 + 0.5 * share), (("raters", str(best[1])), ("of", str(len(raters))))
    )


def _expected(group: list[Brought], all_of: Counter[str], bad_of: Counter[str], overall: float, *, inside: bool) -> float:
    """How many of these would be complained of if their salesperson were like the others: by category, leaving its own out."""
    mine, mine_bad = Counter(row.category for row in group), Counter(row.category for row in group if row.bad)
    expected = 0.0
    for category, n in mine.items():
        if not category:  # without an offer: refused at the door, as most of them are, or new
            expected += n * overall
            continue
        others = all_of[category] - (n if inside else 0)
        bad = bad_of[category] - (mine_bad[category] if inside else 0)
        # Shrunk toward the platform's share: a category with few others says little.
        expected += n * (bad + 20 * overall) / (others + 20)
    return expected


def _spread(rows: list[tuple[int, int, float]], settings: Settings) -> float:
    """How much more honest salespeople differ than chance alone would have it (Pearson's, as a correlation within one), at least `staff.spread`."""
    rows = sorted((row for row in rows if row[1] > 1 and row[2] > 0), key=lambda row: (row[0] - row[2]) / row[2] ** 0.5)
    rows = rows[: len(rows) - len(rows) // 10]
    if len(rows) < 5:
        return settings["staff.spread"]
    numerator = sum((bad - expected) ** 2 / (expected * (1 - min(0.9, expected / n))) - 1 for bad, n, expected in rows)
    # What was cut off is the far end of honest ones too.
    return min(0.5, max(settings["staff.spread"], settings["staff.cut"] * numerator / sum(n - 1 for _, n, _ in rows)))


def _reasons(
    group: list[Brought], everybody: list[Brought], result: tuple[int, int, float, float]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    bad, n, expected, chance = result
    reasons: list[tuple[str, tuple[tuple[str, str], ...]]] = [
        ("more_complained", (("bad", str(bad)), ("of", str(n)), ("expected", f"{expected:.1f}"), ("chance", f"{chance:.1e}")))
    ]
    # The same reviewer decided the bad ones more often than the draw explains.
    draws = Counter(reviewer for row in everybody for reviewer in set(row.reviewers))
    seats = Counter(reviewer for row in group if row.bad for reviewer in set(row.reviewers))
    for reviewer, times in sorted(seats.items()):
        by_draw = bad * draws[reviewer] / len(everybody)
        if times >= 3 and poisson_tail(times, by_draw) * len(draws) < 0.001:
            reasons.append(("same_reviewer", (("reviewer", reviewer), ("times", str(times)), ("expected", f"{by_draw:.1f}"))))
    return tuple(reasons)
