"""What was known of the past on the day of a question: counts of how like cases ended, never of anything that ended later.

A question has keys («supplier» → its id, «route» → both ends) and a day. For each key it gets figures of the outcomes that were
known before that day. Lateness, the learned ranking and the benches all count here, so none of them can look ahead.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

# How many outcomes of its own a key needs to weigh as much as what is usual.
PRIOR = 10.0


@dataclass(frozen=True, slots=True)
class Question:
    """One case: asked `on` a day under its keys. `bad` is how it ended, known from the day after `known_on`; None: not ended."""

    id: str
    on: date
    keys: Mapping[str, Hashable]
    bad: bool | None = None
    known_on: date | None = None


@dataclass(slots=True)
class Tally:
    """Outcomes in the order in which they became known: `bads[n]` of the first n were bad."""

    days: list[date] = field(default_factory=list)
    bads: list[int] = field(default_factory=lambda: [0])

    def add(self, day: date, bad: bool) -> None:
        self.days.append(day)
        self.bads.append(self.bads[-1] + bad)

    def since(self, day: date | None = None) -> tuple[int, int]:
        """(outcomes, bad ones) known on that day or later; of all times without a day."""
        start = bisect_left(self.days, day) if day else 0
        return len(self.days) - start, self.bads[-1] - self.bads[start]


NOTHING = Tally()


def rate(tally: tuple[int, int], usual: float, prior: float = PRIOR) -> float:
    """The share of bad outcomes, drawn towards what is usual as long as there are few."""
    count, bads = tally
    return (bads + prior * usual) / (count + prior)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one key of one question: outcomes and bad ones of all times, the rate of all times and of the last `days`."""

    count: int
    bads: int
    rate: float
    recent: float
    # How many times the usual of the last days this key's is, as a logarithm: it stays true when the usual itself moves.
    lift: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The usual of all times and of the last days, and what is known of each key, on the day of the question."""

    usual: float
    recent: float
    keys: Mapping[str, Known]

    def figures(self, *names: str) -> dict[str, float]:
        """Features by name: `figures("lift")` gives «lift supplier» and so on; «seen» is the logarithm of the count."""
        found = {}
        for key, known in self.keys.items():
            for name in names:
                found[f"{name} {key}"] = math.log1p(known.count) if name == "seen" else float(getattr(known, name))
        return found


def answers(questions: Iterable[Question], *, days: int = 365, prior: float = PRIOR) -> dict[str, Answer]:
    """By id, what was known on each question's day: of outcomes with `known_on` before it, in one pass."""
    asked: Sequence[Question] = sorted(questions, key=lambda one: one.on)
    ended = sorted((one for one in asked if one.known_on is not None and one.bad is not None), key=lambda one: one.known_on)  # type: ignore[arg-type, return-value]
    tallies: dict[tuple[str, Hashable], Tally] = {}
    every = Tally()
    told = 0
    found: dict[str, Answer] = {}
    for question in asked:
        while told < len(ended) and (day := ended[told].known_on) is not None and day < question.on:
            bad = bool(ended[told].bad)
            every.add(day, bad)
            for key in ended[told].keys.items():
                tallies.setdefault(key, Tally()).add(day, bad)
            told += 1
        start = question.on - timedelta(days=days)
        # With nothing known one in twenty is taken for bad, which the first outcomes soon overrule.
        usual = rate(every.since(), 0.05, 20)
        recent = rate(every.since(start), usual, 20)
        keys = {}
        for name, value in question.keys.items():
            tally = tallies.get((name, value), NOTHING)
            lately = rate(tally.since(start), recent, prior)
            count, bads = tally.since()
            keys[name] = Known(count, bads, rate((count, bads), usual, prior), lately, math.log(lately / recent))
        found[question.id] = Answer(usual, recent, keys)
    return found


__all__ = ["PRIOR", "Answer", "Known", "Question", "answers"]
