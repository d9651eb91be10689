"""A ranking of cases, learned from those whose end is known: an extra beside the rules, which it never replaces unseen.

Features are a plain mapping from names to figures, some of them missing: points of signals, counts of the past, sizes, each as it was
on the day the case was asked. Time is cut by the day on which an end was known: what is tested ended after all that was learned from
had. A weighted sum and small trees compete on the middle of the known time; its last fifth is kept for the report, which sets the
ranking beside the rules on the same cases. Needs scikit-learn to learn and nothing to rank; what was learned is kept as JSON
(risk/kept.py), never pickled.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.risk import kept
from everfair.risk.fitting import MODELS, Fitted, calibrated, library, worth
from everfair.risk.measures import auc, first, precision_at
from everfair.risk.reporting import Report, Weight

# Bad cases and good ones without which nothing is learned; and as many of either in the newest fifth, and before any part.
NEEDED, NEEDED_PART = 50, 10
# Tenths of the known cases, by time: the last two are the newest fifth, the four before them choose among the models.
PARTS, NEWEST, CHOOSING = 10, 8, (4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Case:
    """What was known of a case on the day it was asked; `rules` is the score the rules gave it that day."""

    id: str
    on: date
    features: Mapping[str, float | None]
    rules: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended, and the day on which that was known."""

    bad: bool
    known_on: date


@dataclass(frozen=True, slots=True)
class Ranked:
    id: str
    chance: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """`chance` of a bad end = logistic of steep × score + shift. It never goes without its report."""

    columns: tuple[str, ...]
    model: kept.Model
    steep: float
    shift: float
    report: Report

    def score(self, features: Mapping[str, float | None]) -> float:
        """Higher is likelier to end badly; only good for standing in order."""
        return self.model.score(_row(features, self.columns))

    def chance(self, features: Mapping[str, float | None]) -> float:
        return _chance(self.steep * self.score(features) + self.shift)

    def rank(self, cases: Sequence[Case]) -> list[Ranked]:
        """The likeliest bad end first; equals by id, so that the same cases always stand in the same order."""
        scored = sorted(((self.score(case.features), case.id) for case in cases), key=lambda one: (-one[0], one[1]))
        return [Ranked(id, _chance(self.steep * score + self.shift)) for score, id in scored]

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns), "model": kept.to_json(self.model), "steep": self.steep, "shift": self.shift,
            "report": asdict(self.report),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ranking:
        """Raises ValueError when it is not what as_json() wrote."""
        try:
            columns = tuple(str(name) for name in data["columns"])
            report = Report(**{**data["report"], "weights": tuple(Weight(**one) for one in data["report"]["weights"])})
            return cls(columns, kept.from_json(data["model"], len(columns)), float(data["steep"]), float(data["shift"]), report)
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"What was kept of a learned ranking cannot be read: {wrong!r}") from wrong


def fit(cases: Sequence[Case], outcomes: Mapping[str, Outcome], until: date, *, among: int = 100, seed: int = 7) -> Ranking:
    """Learns from the cases whose outcome was known `until` that day. The same input gives the same ranking.

    Refuses with `risk.few_outcomes` and how many it needs, with `risk.no_library` without scikit-learn.
    """
    pairs = [(case, outcomes[case.id]) for case in cases if case.id in outcomes and outcomes[case.id].known_on <= until]
    pairs.sort(key=lambda pair: (pair[1].known_on, pair[0].on, pair[0].id))
    _enough([outcome.bad for _case, outcome in pairs], NEEDED)
    known = _Known(pairs, seed)
    newest = known.part(NEWEST) + known.part(NEWEST + 1)
    for places in (newest, known.before(NEWEST)):
        _enough([bool(known.y[at]) for at in places], NEEDED_PART)
    folds = [part for part in CHOOSING if known.both(known.before(part), NEEDED_PART) and known.both(known.part(part), 1)]
    if not folds:
        raise _few([outcome.bad for _case, outcome in pairs], NEEDED)
    tried = {
        name: {part: known.learn(name, known.before(part)).scores(known.x[known.part(part)]) for part in folds} for name in MODELS
    }
    rivals = {name: known.mean_auc(tried[name]) for name in MODELS}
    best = max(MODELS, key=lambda name: rivals[name])
    judged = known.learn(best, known.before(NEWEST))
    scores = judged.scores(known.x[newest])
    steep, shift = known.calibrate(
        [pair for part in folds[-2:] for pair in zip(known.part(part), tried[best][part], strict=True)]
    )
    bad, rules = [bool(known.y[at]) for at in newest], [pairs[at][0].rules for at in newest]
    weights = [
        Weight(name, lost * 100, leans)
        for name, (lost, leans) in zip(known.columns, worth(judged, known.x[newest], known.y[newest], seed), strict=True)
    ]
    among = min(among, len(newest))
    report = Report(
        model=best, learned=len(pairs), learned_bad=int(known.y.sum()), tested=len(newest), tested_bad=sum(bad),
        tested_from=known.starts[NEWEST].isoformat(), auc=auc(bad, scores), rules_auc=auc(bad, rules), among=among,
        precision=precision_at(bad, scores, among), rules_precision=precision_at(bad, rules, among),
        differ=len(set(first(scores, among)) - set(first(rules, among))),
        expected=sum(_chance(steep * score + shift) for score in scores) / len(scores), rivals=rivals,
        weights=tuple(sorted(weights, key=lambda one: (-one.pairs, one.feature))),
    )  # fmt: skip
    steep, shift = known.calibrate(list(zip(newest, scores, strict=True)))
    return Ranking(known.columns, known.learn(best, list(range(len(pairs)))).kept(), steep, shift, report)


class _Known:
    """The cases whose end is known, in the order in which it became known, in tenths that begin with a day of their own."""

    def __init__(self, pairs: Sequence[tuple[Case, Outcome]], seed: int) -> None:
        np = library().np
        self.seed = seed
        self.columns = tuple(sorted({name for case, _outcome in pairs for name in case.features}))
        self.x = np.array([_row(case.features, self.columns) for case, _outcome in pairs], dtype=float)
        self.y = np.array([outcome.bad for _case, outcome in pairs], dtype=int)
        self.days = [outcome.known_on for _case, outcome in pairs]
        self.starts = [self.days[len(pairs) * part // PARTS] for part in range(PARTS)]

    def part(self, part: int) -> list[int]:
        end = len(self.days) if part + 1 == PARTS else bisect_left(self.days, self.starts[part + 1])
        return list(range(bisect_left(self.days, self.starts[part]), end))

    def before(self, part: int) -> list[int]:
        """What had ended before that tenth began."""
        return list(range(bisect_left(self.days, self.starts[part])))

    def both(self, places: Sequence[int], least: int) -> bool:
        bads = int(self.y[places].sum()) if places else 0
        return min(bads, len(places) - bads) >= least

    def learn(self, name: str, places: Sequence[int]) -> Fitted:
        return Fitted(name, self.x[places], self.y[places], self.seed)

    def calibrate(self, scored: Sequence[tuple[int, float]]) -> tuple[float, float]:
        return calibrated([int(self.y[at]) for at, _score in scored], [score for _at, score in scored])

    def mean_auc(self, tried: Mapping[int, Sequence[float]]) -> float:
        """Over the tenths, each by the number of its rarer end."""
        weighed = total = 0.0
        for part, scores in tried.items():
            bad = [bool(self.y[at]) for at in self.part(part)]
            weight = min(sum(bad), len(bad) - sum(bad))
            weighed, total = weighed + weight * auc(bad, scores), total + weight
        return weighed / total


def _few(bad: Sequence[bool], needed: int) -> Refused:
    figures = {"needed": needed, "bads": sum(bad), "goods": len(bad) - sum(bad)}
    if needed == NEEDED_PART:
        return Refused(
            "risk.few_outcomes",
            _(
                "Of the newest fifth of the cases, and of what had ended before it, %(needed)s must have ended badly and as many well: there are %(bads)s and %(goods)s."
            )
            % figures,
        )
    return Refused(
        "risk.few_outcomes",
        _(
            "A ranking is learned from at least %(needed)s cases that ended badly and as many that ended well, spread over time: there are %(bads)s and %(goods)s."
        )
        % figures,
    )


def _enough(bad: Sequence[bool], needed: int) -> None:
    if min(sum(bad), len(bad) - sum(bad)) < needed:
        raise _few(bad, needed)


def _row(features: Mapping[str, float | None], columns: Sequence[str]) -> list[float]:
    return [math.nan if (figure := features.get(name)) is None else float(figure) for name in columns]


def _chance(log_odds: float) -> float:
    """The logistic function, which neither end of the line makes overflow."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


__all__ = ["NEEDED", "NEEDED_PART", "Case", "Outcome", "Ranked", "Ranking", "Report", "Weight", "fit"]
