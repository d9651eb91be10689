"""The arithmetic of standing: by hand, and what holds whatever the facts are."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.markets.rules import RULES
from everfair.trust.values.standing import (
    MEASURES,
    NOTHING,
    PILLARS,
    Counted,
    Tally,
    as_json,
    averages_of,
    draw,
    from_json,
    mark_company,
    pillar_of,
    pillars_of,
    points_of,
    raises_of,
    stars_of,
    weights_of,
)
from tests.trust.standing import tally

BY_NAME = {m.name: m for m in MEASURES}
RULED = {name: rule.default for name, rule in RULES.items()}
USUAL = averages_of({}, RULED)
BEST = {"rate": D(1), "stars": D(5), "hours": D(0)}


def counted(orders: int, tallies: dict[str, Tally]) -> dict[str, Counted]:
    return {"quarter": Counted(orders, tallies), "year": Counted(orders, tallies)}


def test_delivery_by_hand():
    """41 of 48 on time where 88 of 100 is usual: (41 + 10·0.88) / 58 = 0.85862068; no stars known, so 4 are usual: 75 points."""
    pillar = pillar_of("delivery", {"on_time": tally(48, 41)}, USUAL | {"on_time": D("0.88")}, RULED)

    assert pillar.marks[0].drawn == D("0.85862068")
    assert pillar.marks[0].points == D("85.862068")
    assert [mark.weight for mark in pillar.marks] == [D("0.8"), D("0.2")]
    assert pillar.points == D("83.68")  # 0.8 · 85.862068 + 0.2 · 75 = 83.6896544, downwards


def test_service_by_hand():
    """Ten answers after 14 hours on the mean where 18 are usual: (140 + 180) / 20 = 16 hours, (96 − 16) / 84 of 100 points."""
    pillar = pillar_of("service", {"hours": tally(10, 140)}, USUAL, RULED)

    hours = pillar.marks[0]
    assert (hours.drawn, round(hours.points, 4)) == (D(16), D("95.2381"))
    assert pillar.points == D("86.58")  # 0.35 · 95.2381 + 0.2 · 85 + 0.25 · 85 + 0.2 · 75


def test_a_market_of_few_facts_is_drawn_to_the_rule():
    assert averages_of({"on_time": tally(90, 90)}, RULED)["on_time"] == D("0.985")  # (90 + 8.5) / 100
    assert USUAL["on_time"] == D("0.85")


@pytest.mark.parametrize(
    ("lowest", "stars"),
    [("59.99", 0), ("60", 1), ("69.99", 1), ("70", 2), ("80", 3), ("84.99", 3), ("85", 4), ("90", 5), ("100", 5)],
)
@pytest.mark.parametrize("pillar", PILLARS)
def test_the_lowest_pillar_decides(pillar, lowest, stars):
    assert stars_of(dict.fromkeys(PILLARS, D(100)) | {pillar: D(lowest)}, RULED) == stars


def test_few_orders_give_no_stars_and_a_long_past_stands_in_for_a_quiet_quarter():
    four = counted(4, {"on_time": tally(4, 4)})
    assert mark_company(four, USUAL, RULED).stars is None

    quiet = {"quarter": Counted(2, {"on_time": tally(2, 2)}), "year": Counted(40, {"on_time": tally(40, 10)})}
    marked = mark_company(quiet, USUAL, RULED)
    assert (marked.window, marked.stars) == ("year", 0)
    assert marked.points["delivery"] == marked.pillars["year"]["delivery"].points < 60


def test_one_bad_order_of_one_is_no_verdict_and_thirty_of_thirty_are():
    one = pillar_of("goods", {"orders": tally(1, 0)}, USUAL, RULED).points
    thirty = pillar_of("goods", {"orders": tally(30, 0)}, USUAL, RULED).points

    assert one > 70
    assert thirty < 40


def test_weights_of_a_pillar_are_one_together_whatever_the_rules_say():
    for name in PILLARS:
        assert sum(weights_of(name, RULED).values()) == 1
    greedy = RULED | {"trust.weight_claims": D(1), "trust.weight_calm": D(1), "trust.weight_service_stars": D(1)}
    assert weights_of("service", greedy)["hours"] == 0
    assert round(sum(weights_of("service", greedy).values()), 20) == 1


def test_what_would_raise_a_pillar_is_the_fewest_facts_that_do():
    pillar = pillar_of("delivery", {"on_time": tally(10, 5)}, USUAL, RULED)
    assert pillar.points == D("69.00")  # 0.8 · 67.5 + 15

    [first, *_others] = raises_of(pillar, RULED)
    assert (first.measure, first.points, first.stars) == ("on_time", D(70), 2)
    lifted = [pillar_of("delivery", {"on_time": tally(10 + n, 5 + n)}, USUAL, RULED).points for n in (first.more - 1, first.more)]
    assert lifted[0] < 70 <= lifted[1]
    assert (
        raises_of(pillar_of("delivery", {"on_time": tally(900, 900), "delivery_stars": tally(900, 4500)}, USUAL, RULED), RULED)
        == []
    )


def tallies() -> st.SearchStrategy[dict[str, Tally]]:
    def of(measure: Any) -> st.SearchStrategy[Tally]:
        least, most = {"rate": (0, 1), "stars": (1, 5), "hours": (0, 96)}[measure.unit]
        facts = st.lists(st.decimals(least, most, places=2), max_size=30)
        return facts.map(lambda values: Tally(D(len(values)), sum(values, D(0))))

    return st.fixed_dictionaries({m.name: of(m) for m in MEASURES})


@given(tallies(), st.sampled_from(sorted(BY_NAME)), st.integers(1, 40))
def test_more_good_facts_never_lower_a_pillar_nor_the_stars(known, name, more):
    good = known[name] + Tally(D(more), BEST[BY_NAME[name].unit] * more)
    before = mark_company(counted(9, known), USUAL, RULED)
    after = mark_company(counted(9 + more, known | {name: good}), USUAL, RULED)

    assert all(after.points[pillar] >= before.points[pillar] for pillar in PILLARS)
    assert before.stars is not None
    assert after.stars is not None
    assert after.stars >= before.stars


@given(tallies())
def test_every_number_is_between_nothing_and_a_hundred_and_between_ones_own_and_the_market(known):
    for pillar in pillars_of(known, USUAL, RULED).values():
        assert 0 <= pillar.points <= 100
        for mark in pillar.marks:
            own = mark.total / mark.n if mark.n else mark.average
            assert min(own, mark.average) - D("1e-7") <= mark.drawn <= max(own, mark.average)


@given(st.lists(st.decimals(0, 96, places=4), max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(hours, chance):
    def told(values: list[D]) -> D:
        found = NOTHING
        for value in values:
            found = found + Tally(D(1), value)
        return draw(found, USUAL["hours"], D(10))

    shuffled = list(hours)
    chance.shuffle(shuffled)
    assert told(hours) == told(shuffled)


@given(tallies(), st.integers(0, 20))
def test_what_is_kept_is_what_was_marked(known, orders):
    marked = mark_company(counted(orders, known), USUAL, RULED)

    read = from_json(as_json(marked, USUAL))
    names = ("window", "pillars", "orders", "days", "least")
    assert [getattr(read, name) for name in names] == [getattr(marked, name) for name in names]


@given(st.decimals(0, 400, places=3))
def test_a_slower_answer_has_no_more_points(hours):
    assert points_of("hours", hours, RULED) >= points_of("hours", hours + 1, RULED)
