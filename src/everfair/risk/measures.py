"""How good a ranking is, in plain figures: the same for rules, for what was learned, and in the benches.

`bad` says of each case how it ended, `scores` how high it was ranked; both in the same order, equal scores share their places.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence


def auc(bad: Sequence[bool], scores: Sequence[float]) -> float:
    """The share of all pairs of a bad and a good case in which the bad one stands higher; 0.5 is chance, NaN without both kinds."""
    order = sorted(range(len(bad)), key=lambda at: scores[at])
    pairs_won = 0.0
    goods = 0
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        bads_here = sum(bad[one] for one in order[at:end])
        goods_here = end - at - bads_here
        pairs_won += bads_here * (goods + goods_here / 2)
        goods += goods_here
        at = end
    bads = len(bad) - goods
    return pairs_won / (bads * goods) if bads and goods else float("nan")


def first(scores: Sequence[float], count: int) -> list[int]:
    """The places of the `count` highest scores, the earlier first among equals."""
    return sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:count]


def precision_at(bad: Sequence[bool], scores: Sequence[float], count: int) -> float:
    """How many of the first `count` are bad, as a share; NaN for none."""
    chosen = first(scores, count)
    return sum(bad[at] for at in chosen) / len(chosen) if chosen else float("nan")


def found_at(bad: Sequence[bool], scores: Sequence[float], count: int) -> float:
    """The share of all bad cases that stands among the first `count`; NaN when nothing is bad."""
    every = sum(bad)
    return sum(bad[at] for at in first(scores, count)) / every if every else float("nan")


def auc_interval(
    bad: Sequence[bool], scores: Sequence[float], groups: Sequence[Hashable], *, draws: int = 500, seed: int = 1
) -> tuple[float, float]:
    """Between which figures 95 of 100 drawn samples have their AUC. Whole groups are drawn, since what belongs together ends alike."""
    members: dict[Hashable, list[int]] = {}
    for at, group in enumerate(groups):
        members.setdefault(group, []).append(at)
    packs = list(members.values())
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    drawn = []
    for _draw in range(draws):
        sample = [at for pack in chance.choices(packs, k=len(packs)) for at in pack]
        drawn.append(auc([bad[at] for at in sample], [scores[at] for at in sample]))
    usable = sorted(one for one in drawn if one == one)
    if not usable:
        return float("nan"), float("nan")
    return usable[int(len(usable) * 0.025)], usable[min(len(usable) - 1, int(len(usable) * 0.975))]


__all__ = ["auc", "auc_interval", "first", "found_at", "precision_at"]
