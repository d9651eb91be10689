"""What points lead to: a function of the points and their days, and of nothing else. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from everfair.trust.values.discipline import LADDER


@dataclass(frozen=True, slots=True)
class Mark:
    """Points that count from a moment on, to the end of a day (UTC)."""

    points: int
    at: datetime
    until: date

    def lives(self, day: date) -> bool:
        return day <= self.until


@dataclass(frozen=True, slots=True)
class Rung:
    """`days` is 0 for a warning, None for what has no end. `weight` grows with the ladder."""

    code: str
    weight: int
    points: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Started:
    """A rung that was reached: in force from `since` until `until` (None: for good), unless something heavier is."""

    rung: Rung
    since: datetime
    until: datetime | None

    def runs(self, at: datetime) -> bool:
        return self.until is None or self.until > at


def ladder(rules: Mapping[str, Decimal]) -> tuple[Rung, ...]:
    """The rungs as the rules say, from the lightest to the heaviest."""
    found = []
    for weight, (code, terms) in enumerate(LADDER.items()):
        days = int(rules[terms.days]) if terms.days else 0 if not terms.stops else None
        found.append(Rung(code, weight, int(rules[terms.points]), days))
    return tuple(found)


def living(marks: Iterable[Mark], day: date) -> int:
    return sum(mark.points for mark in marks if mark.lives(day))


def rung_for(points: int, rungs: Sequence[Rung]) -> Rung | None:
    """The heaviest rung that so many points reach."""
    return max((rung for rung in rungs if points >= rung.points), key=lambda rung: rung.weight, default=None)


def started(marks: Iterable[Mark], rungs: Sequence[Rung]) -> list[Started]:
    """Every rung that the points reached, when they did: a rung begins when living points come to it that had not before.

    Points that die let nothing begin and nothing end: what runs ends by its own day, and a membership that ended stays so.
    """
    ordered = sorted(marks, key=lambda mark: mark.at)
    found = []
    for at, together in groupby(ordered, key=lambda mark: mark.at):
        known = [mark for mark in ordered if mark.at < at]
        before = rung_for(living(known, at.date()), rungs)
        after = rung_for(living([*known, *together], at.date()), rungs)
        if after is not None and (before is None or after.weight > before.weight):
            found.append(Started(after, at, None if after.days is None else at + timedelta(days=after.days)))
    return found


def in_force(begun: Iterable[Started], at: datetime) -> Started | None:
    """The heaviest that runs at a moment."""
    return max((one for one in begun if one.runs(at)), key=lambda one: (one.rung.weight, one.since), default=None)
