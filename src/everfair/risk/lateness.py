"""How likely an order is delivered late, from this installation's own deliveries, and why: counting, no learning, no library.

The figures are those of `risk.past`, which a learned ranking reads too: how much oftener than usual the like was late in the last
year. Pure functions: the caller brings orders as questions whose `bad` means «delivered after the promised day».
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from everfair.risk.past import Answer, Known, Question, answers

# By what orders are alike: keys a question must have, in the order in which reasons are named when they weigh the same.
# Means of transport and goods said nothing of the years 2010 and 2011 in `bench.late_deliveries`.
ALIKE = ("supplier", "route", "destination")
# Deliveries known in all, before anything is said.
NEEDED = 30
# A reason is named when it is this many times the usual, or its like.
TELLING = 1.25


@dataclass(frozen=True, slots=True)
class Reason:
    """`late` of `ended` deliveries of all times under this key were late; in the last year `times` as often as usual."""

    alike: str
    ended: int
    late: int
    times: float

    def sentence(self) -> str:
        figures = {"ended": self.ended, "late": self.late, "times": f"{self.times:.1f}"}
        return {
            "supplier": _(
                "%(late)s of %(ended)s deliveries of this supplier were late: lately %(times)s times as often as usual."
            ),
            "route": _(
                "%(late)s of %(ended)s deliveries between these places were late: lately %(times)s times as often as usual."
            ),
            "destination": _(
                "%(late)s of %(ended)s deliveries to this country were late: lately %(times)s times as often as usual."
            ),
        }[self.alike] % figures


@dataclass(frozen=True, slots=True)
class LateRisk:
    """The chance of being late, the usual one of the last year, and what speaks for a difference, the strongest first."""

    chance: float
    usual: float
    reasons: tuple[Reason, ...]


def late_risks(orders: Sequence[Question], deliveries: Sequence[Question]) -> dict[str, LateRisk]:
    """By the order's id; nothing for an order before whose day fewer than NEEDED deliveries had ended.

    A delivery that is one of the orders, too, tells nothing of itself: only what was known before its day counts.
    """
    asked = {order.id for order in orders}
    every = [*orders, *(one for one in deliveries if one.id not in asked)]
    counted = [_with_all(one) for one in every]
    return {id: _risk(answer) for id, answer in answers(counted).items() if id in asked and answer.keys["all"].count >= NEEDED}


def weigh(answer: Answer) -> float:
    """The mean of the lifts: alike orders overlap (a route is one of its supplier's), so they are not multiplied."""
    return sum(answer.keys[alike].lift for alike in ALIKE) / len(ALIKE)


def _with_all(one: Question) -> Question:
    return Question(one.id, one.on, {**{alike: one.keys[alike] for alike in ALIKE}, "all": ""}, one.bad, one.known_on)


def _risk(answer: Answer) -> LateRisk:
    usual_odds = answer.recent / (1 - answer.recent)
    odds = usual_odds * math.exp(weigh(answer))
    telling = [(alike, answer.keys[alike]) for alike in ALIKE if abs(answer.keys[alike].lift) >= math.log(TELLING)]
    telling.sort(key=lambda pair: -abs(pair[1].lift))
    return LateRisk(odds / (1 + odds), answer.recent, tuple(_reason(alike, known) for alike, known in telling))


def _reason(alike: str, known: Known) -> Reason:
    return Reason(alike, known.count, known.bads, math.exp(known.lift))


__all__ = ["ALIKE", "NEEDED", "LateRisk", "Reason", "late_risks", "weigh"]
