"""The brake and the simulator as arithmetic: what holds whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base.ids import new_id
from everfair.markets.rules import RULES
from everfair.trust.values.admission import (
    HORIZON,
    Campaign,
    Load,
    Start,
    Taken,
    Waiting,
    admission_day,
    admitted_next,
    advise,
    allowance,
    brake_of,
    days_after,
    days_before,
    fraud_estimate,
    fraud_factor,
    simulate,
    spread,
    wait_of,
)

BRAKE = brake_of({name: rule.default for name, rule in RULES.items()})
QUIET = Load(on_duty=2, decided=(), granted=0, bad=0)
START = Start(waiting=0, usual=Decimal(2), per_reviewer=Decimal(4), estimate=Decimal("0.01"))
campaigns = st.builds(
    Campaign,
    applicants=st.integers(1, 5000),
    days=st.integers(1, 60),
    fraud=st.decimals(0, 1, places=3),
    reviewers=st.integers(1, 60),
)
starts = st.builds(
    Start, waiting=st.integers(0, 500), usual=st.decimals(0, 30, places=2), per_reviewer=st.decimals("0.1", 12, places=2),
    estimate=st.decimals("0.001", "0.2", places=3),
)  # fmt: skip


def test_until_the_reviewers_speed_is_known_the_number_to_begin_with_counts() -> None:
    known = replace(QUIET, decided=tuple(map(Decimal, (7, 9, 30, 8, 8))))

    assert (allowance(QUIET, BRAKE).total, allowance(QUIET, BRAKE).is_measured) == (20, False)
    assert (allowance(known, BRAKE).total, allowance(known, BRAKE).capacity) == (8, 8)
    assert allowance(replace(known, decided=(Decimal(1),) * 9), BRAKE).steady == BRAKE.floor


def test_whoever_is_quicker_today_is_given_more_today() -> None:
    slow = replace(QUIET, decided=(Decimal(6),) * 9)

    assert [allowance(replace(slow, decided_today=Decimal(n)), BRAKE).total for n in (0, 3, 10)] == [6, 9, 16]


def test_twice_the_fraud_above_the_threshold_is_half_the_admissions() -> None:
    """300 companies with 7 frauds: (7 + 0.01 × 100) / 400 = 2 %, the threshold. With 15 it is 4 %, and half is left."""
    assert fraud_estimate(300, 7, BRAKE) == Decimal("0.02")
    assert fraud_factor(fraud_estimate(300, 7, BRAKE), BRAKE) == 1
    assert allowance(replace(QUIET, granted=300, bad=15), BRAKE).beyond == 10
    assert fraud_estimate(1, 1, BRAKE) < Decimal("0.02")


@given(st.integers(0, 5000), st.data())
def test_at_the_brake_no_more_frauds_are_expected_in_a_day_than_at_the_threshold(granted: int, data: st.DataObject) -> None:
    load = replace(QUIET, granted=granted, bad=data.draw(st.integers(0, granted)))
    found = allowance(load, BRAKE)

    assert 0 < found.estimate < 1
    assert found.beyond == 1 or found.beyond * found.estimate <= found.total * max(
        BRAKE.threshold, min(found.estimate, BRAKE.threshold)
    )
    assert allowance(replace(load, granted=granted + 1, bad=load.bad + 1), BRAKE).beyond <= found.beyond


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 30), st.integers(0, 10), st.integers(0, 80))
def test_nobody_passes_another_and_no_more_come_than_the_day_allows(
    line: list[bool], arrival: int, renewal: int, in_hand: int
) -> None:
    waiting = [Waiting(new_id(), renews) for renews in line]
    day = allowance(replace(QUIET, granted=100, bad=9), BRAKE)

    came = admitted_next(waiting, day, Taken(arrival, renewal), in_hand)

    places = {one.id: n for n, one in enumerate(waiting)}
    assert len(came) == len(dict(came)) <= max(0, min(day.total - arrival - renewal, day.in_hand_most - in_hand))
    in_order = [places[pk] for pk, lane in came if lane == "arrival"]
    ahead_of_them = {places[pk] for pk, _lane in came}
    assert all(n in ahead_of_them for n in range(max(in_order, default=-1)))
    renewing = [places[pk] for pk, lane in came if lane == "renewal"]
    assert renewing == [n for n, renews in enumerate(line) if renews][: len(renewing)]
    assert len(in_order) <= max(0, day.beyond - arrival)
    assert len(renewing) <= max(0, day.kept - renewal)


@given(st.integers(1, 500), st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_who_stands_further_back_never_comes_earlier(place: int, room: int, too_much: int, per_day: int) -> None:
    assert wait_of(place, room, too_much, per_day) <= wait_of(place + 1, room, too_much, per_day)
    assert (wait_of(place, room, 0, per_day) == 0) == (place <= room)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_working_days_are_counted_forth_and_back(day: date, count: int) -> None:
    start = admission_day(day)
    there = days_after(start, count)

    assert start.weekday() < 5
    assert 0 <= (day - start).days <= 2
    assert days_before(there, count) == start
    assert sum((start + timedelta(days=n + 1)).weekday() < 5 for n in range((there - start).days)) == count


@settings(max_examples=60)
@given(campaigns, starts)
def test_who_comes_is_admitted_or_waits_and_no_day_admits_more_than_it_may(campaign: Campaign, start: Start) -> None:
    found = simulate(campaign, start, BRAKE)

    arrived, admitted = sum(day.arrived for day in found.days), sum(day.admitted for day in found.days)
    assert start.waiting + arrived == admitted + found.days[-1].waiting
    assert all(day.admitted <= found.per_day for day in found.days)
    assert all(day.waiting == 0 or day.admitted == found.per_day for day in found.days)
    assert found.ends or len(found.days) == HORIZON
    assert 0 <= found.frauds <= admitted
    assert simulate(campaign, start, BRAKE) == found


@settings(max_examples=60)
@given(campaigns, starts)
def test_more_reviewers_never_make_anybody_wait_longer(campaign: Campaign, start: Start) -> None:
    more = simulate(replace(campaign, reviewers=campaign.reviewers + 3), start, BRAKE)

    assert more.longest_wait <= simulate(campaign, start, BRAKE).longest_wait


@settings(max_examples=30, deadline=None)
@given(campaigns, starts)
def test_what_is_advised_would_do(campaign: Campaign, start: Start) -> None:
    found = advise(campaign, start, BRAKE)

    for other in (
        campaign if found.fits else None,
        replace(campaign, reviewers=found.reviewers) if found.reviewers else None,
        replace(campaign, days=found.days) if found.days else None,
    ):
        if other is not None:
            forecast = simulate(other, start, BRAKE)
            assert forecast.ends
            assert forecast.longest_wait <= BRAKE.patience


def test_a_campaign_by_hand() -> None:
    """Two reviewers decide eight a day. 100 come in five days with two usual ones each day: 22 a day, of which 14 stay."""
    found = simulate(Campaign(100, 5, Decimal("0.02"), 2), START, BRAKE)

    assert [day.waiting for day in found.days[:6]] == [14, 28, 42, 56, 70, 64]
    assert (found.longest_line, found.longest_wait, found.per_day) == (70, 9, 8)
    assert found.frauds == pytest.approx(Decimal("2") + Decimal("0.01") * 2 * len(found.days))
    assert advise(Campaign(100, 5, Decimal("0.02"), 2), START, BRAKE).fits
    crowded = advise(Campaign(400, 5, Decimal("0.02"), 2), START, BRAKE)
    assert (crowded.fits, crowded.reviewers) == (False, 7)


def test_chance_is_the_same_for_the_same_seed_and_lies_around_the_even_case() -> None:
    campaign = Campaign(100, 5, Decimal("0.02"), 2)

    low, high = spread(campaign, START, BRAKE, 7)

    assert spread(campaign, START, BRAKE, 7) == (low, high)
    assert low <= simulate(campaign, START, BRAKE).longest_wait <= high
