"""The sanction is a function of the points that count: in any order, with days between, and without those that were struck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.markets.rules import RULES
from everfair.trust.ladder import Mark, Started, in_force, ladder, living, rung_for, started

BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
RUNGS = ladder({name: rule.default for name, rule in RULES.items()})


def mark(points: int, day: float, *, lasts: int = 365) -> Mark:
    at = BEGIN + timedelta(days=day)
    return Mark(points, at, (at + timedelta(days=lasts)).date())


def code(one: Started | None) -> str:
    return one.rung.code if one else ""


def codes(*marks: Mark) -> list[str]:
    return [code(one) for one in started(marks, RUNGS)]


@pytest.mark.parametrize(
    ("points", "rung"),
    [(0, ""), (5, ""), (6, "warning"), (11, "warning"), (12, "first"), (23, "first"), (24, "second"), (35, "second"),
     (36, "third"), (47, "third"), (48, "ended"), (900, "ended")],
)  # fmt: skip
def test_so_many_points_reach_this_rung(points: int, rung: str):
    found = rung_for(points, RUNGS)

    assert (found.code if found else "") == rung


def test_each_rung_lasts_as_long_as_its_rule_says():
    days = [
        (one.rung.code, None if one.until is None else (one.until - one.since).days)
        for one in started([mark(6, n) for n in range(8)], RUNGS)
    ]

    assert days == [("warning", 0), ("first", 7), ("second", 14), ("third", 21), ("ended", None)]


def test_more_points_on_the_same_rung_begin_nothing():
    assert codes(mark(12, 0), mark(3, 20), mark(6, 30)) == ["first"]


def test_points_that_died_make_room_and_the_rung_is_reached_anew():
    assert codes(mark(12, 0), mark(12, 400)) == ["first", "first"]
    assert codes(mark(12, 0), mark(12, 364)) == ["first", "second"]


def test_a_membership_that_ended_stays_ended_when_points_die():
    begun = started([mark(24, 0), mark(24, 300)], RUNGS)

    assert code(in_force(begun, BEGIN + timedelta(days=900))) == "ended"


def test_what_is_over_is_not_in_force():
    begun = started([mark(12, 0)], RUNGS)

    assert code(in_force(begun, BEGIN + timedelta(days=6.9))) == "first"
    assert in_force(begun, BEGIN + timedelta(days=7)) is None


def test_the_last_day_of_points_counts():
    one = Mark(12, BEGIN, BEGIN.date() + timedelta(days=365))

    assert living([one], one.until) == 12
    assert living([one], one.until + timedelta(days=1)) == 0


few = st.lists(st.sampled_from([1, 3, 6, 12, 24, 48]), max_size=8)
far = st.lists(st.tuples(st.sampled_from([1, 3, 6, 12, 24, 48]), st.integers(0, 900)), max_size=8)


@given(few, st.randoms())
def test_the_order_does_not_matter(points: list[int], chance):
    """Within a day the same points reach the same rung at last, whoever was first; the heaviest that began is the one they all reach."""
    mixed = list(points)
    chance.shuffle(mixed)
    reached = []
    for order in (points, mixed):
        begun = started([mark(value, n / 1000) for n, value in enumerate(order)], RUNGS)
        reached.append(code(max(begun, key=lambda one: one.rung.weight, default=None)))

    whole = rung_for(sum(points), RUNGS)
    assert reached[0] == reached[1] == (whole.code if whole else "")


@given(far, st.randoms())
def test_only_the_marks_count_and_not_how_they_are_listed(many: list[tuple[int, int]], chance):
    marks = [mark(points, day) for points, day in many]
    mixed = list(marks)
    chance.shuffle(mixed)

    assert started(marks, RUNGS) == started(mixed, RUNGS)


@given(far, st.data())
def test_striking_undoes(many: list[tuple[int, int]], data):
    """Points that are struck leave what there would be had they never been: nothing remembers them."""
    marks = [mark(points, day) for points, day in many]
    kept = [one for one in marks if data.draw(st.booleans())]
    lighter, heavier = (code_weight(in_force(started(m, RUNGS), BEGIN + timedelta(days=901))) for m in (kept, marks))

    assert started([*kept, *[Mark(0, one.at, one.until) for one in marks if one not in kept]], RUNGS) == started(kept, RUNGS)
    assert lighter <= heavier or any(one.rung.code == "ended" for one in started(marks, RUNGS)) is False


@given(far)
def test_rungs_begin_one_after_the_other_and_only_upwards_while_nothing_dies(many: list[tuple[int, int]]):
    begun = started([mark(points, day / 10) for points, day in many], RUNGS)

    assert all(a.since < b.since and a.rung.weight < b.rung.weight for a, b in pairwise(begun))


def code_weight(one: Started | None) -> int:
    return one.rung.weight if one else -1
