"""The one place that calls scikit-learn, which is an extra: imported when something is learned, never before.

Everything is seeded and uses one thread: the same rows always give the same model, and two threads that wait for each other on a
busy machine took a hundred times as long.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.risk import kept
from everfair.risk.measures import auc

# Trees by (rounds, leaves, least cases in a leaf). The simpler model stands first and wins a tie.
TREES = {"few trees": (80, 4, 40), "trees": (150, 8, 30), "many trees": (200, 15, 40)}
MODELS = ("weighted sum", *TREES)
# Below this the figures of a feature and the scores do not go together: neither up nor down.
LEANS_FROM = 0.1


def library() -> SimpleNamespace:
    """Refuses with `risk.no_library` where the extra is not installed."""
    try:
        import numpy
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError as missing:
        raise Refused(
            "risk.no_library",
            _(
                "Learning a ranking needs scikit-learn: install it with "
                "“.boot/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements/learning.txt”."
            ),
        ) from missing
    return SimpleNamespace(
        np=numpy, boosting=HistGradientBoostingClassifier, logistic=LogisticRegression, threads=threadpool_limits
    )


class Fitted:
    """A model of one of MODELS learned from rows `x` (NaN: missing) and ends `y` (1: bad). Scores are log-odds."""

    def __init__(self, name: str, x: Any, y: Any, seed: int) -> None:
        lib = library()
        self.np, self.threads = lib.np, lib.threads
        self.trees = name in TREES
        with lib.threads(limits=1):
            if self.trees:
                rounds, leaves, least = TREES[name]
                self.model = lib.boosting(
                    max_iter=rounds, max_leaf_nodes=leaves, min_samples_leaf=least, learning_rate=0.05, l2_regularization=10.0,
                    early_stopping=False, random_state=seed,
                ).fit(x, y)  # fmt: skip
            else:
                there = [column[~self.np.isnan(column)] for column in x.T]
                self.fill = self.np.array([self.np.median(column) if len(column) else 0.0 for column in there])
                filled = self.np.where(self.np.isnan(x), self.fill, x)
                self.centre, self.scale = filled.mean(axis=0), filled.std(axis=0) + 1e-9
                self.model = lib.logistic(C=0.01, max_iter=2000, random_state=seed).fit(self._away(x), y)

    def _away(self, x: Any) -> Any:
        filled = self.np.where(self.np.isnan(x), self.fill, x)
        return self.np.clip((filled - self.centre) / self.scale, -4.0, 4.0)

    def scores(self, x: Any) -> list[float]:
        with self.threads(limits=1):
            return [float(score) for score in self.model.decision_function(x if self.trees else self._away(x))]

    def kept(self) -> kept.Model:
        """The same model as plain numbers. Trees are read from where the library keeps them: a test says when that moves."""
        if not self.trees:
            figures = (self.fill, self.centre, self.scale, self.model.coef_[0])
            return kept.Line(float(self.model.intercept_[0]), *(tuple(float(one) for one in part) for part in figures))
        start = float(self.model._baseline_prediction.ravel()[0])
        return kept.Trees(start, tuple(_nodes(round_[0].nodes) for round_ in self.model._predictors))


def _nodes(nodes: Any) -> tuple[kept.Node, ...]:
    most = sys.float_info.max  # the library says «every figure, only what is missing goes right» by infinity, which JSON has not
    return tuple(
        float(node["value"])
        if node["is_leaf"]
        else (
            int(node["feature_idx"]),
            min(most, float(node["num_threshold"])),
            bool(node["missing_go_to_left"]),
            int(node["left"]),
            int(node["right"]),
        )
        for node in nodes
    )


def calibrated(ends: Sequence[int], scores: Sequence[float]) -> tuple[float, float]:
    """(steep, shift) so that the logistic of steep × score + shift is the chance of a bad end, after Platt. Scores that
    rank the wrong way round are worth nothing: every case then gets the same chance. With one end only they stay as they are."""
    if len(set(ends)) < 2:
        return 1.0, 0.0
    lib = library()
    line = lib.logistic(C=1000.0, max_iter=2000).fit(lib.np.array(scores).reshape(-1, 1), lib.np.array(ends))
    if line.coef_[0][0] > 0:
        return float(line.coef_[0][0]), float(line.intercept_[0])
    share = sum(ends) / len(ends)
    return 0.0, float(lib.np.log(share / (1 - share)))


def worth(model: Fitted, x: Any, y: Any, seed: int) -> Iterator[tuple[float, int]]:
    """Of each column: how much AUC is lost when its figures are dealt out anew, and where it leans (see learning.Weight)."""
    np = model.np
    bad = [bool(one) for one in y]
    scores = model.scores(x)
    whole = auc(bad, scores)
    deal = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    for column in range(x.shape[1]):
        order = list(range(len(bad)))
        deal.shuffle(order)
        dealt = x.copy()
        dealt[:, column] = x[order, column]
        there = ~np.isnan(x[:, column])
        figures, beside = x[there, column], np.array(scores)[there]
        moves = len(figures) > 1 and figures.std() > 0 and beside.std() > 0
        together = float(np.corrcoef(figures, beside)[0, 1]) if moves else 0.0
        yield whole - auc(bad, model.scores(dealt)), (abs(together) >= LEANS_FROM) * (1 if together > 0 else -1)


__all__ = ["MODELS", "Fitted", "calibrated", "library", "worth"]
