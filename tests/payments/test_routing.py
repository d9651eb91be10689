"""Which rail carries a payment, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.payments.routing import Breaker, Choice, RailFacts, is_barred, is_usable, ranked

TODAY = date(2026, 11, 23)
CEILING = Decimal("0.6")


def rail(code: str, **facts) -> RailFacts:
    facts = {"counterparty": code, "cost": Decimal(1)} | facts
    return RailFacts(code, **facts)


def order(*rails: RailFacts, tried: frozenset[str] = frozenset()) -> list[Choice]:
    return ranked(rails, today=TODAY, ceiling=CEILING, counted_from=50, tried=tried)


def codes(*rails: RailFacts, tried: frozenset[str] = frozenset()) -> list[str]:
    return [choice.code for choice in order(*rails, tried=tried)]


def test_the_cheaper_rail_carries_it_and_the_table_breaks_a_tie():
    assert codes(rail("a", cost=Decimal(3)), rail("b", cost=Decimal(2))) == ["b", "a"]
    assert codes(rail("a"), rail("b")) == ["a", "b"]


def test_a_counterparty_over_its_ceiling_steps_back_for_another():
    heavy = rail("a", share=Decimal("0.61"), counted=50)
    assert order(heavy, rail("b", cost=Decimal(9))) == [Choice("b"), Choice("a", ("over_ceiling",))]


@pytest.mark.parametrize(
    ("share", "counted"), [("0.6", 50), ("0.9", 49)], ids=["at the ceiling", "too few payments to speak of shares"]
)
def test_at_the_ceiling_or_with_few_payments_nothing_is_steered(share, counted):
    assert order(rail("a", share=Decimal(share), counted=counted), rail("b", cost=Decimal(9)))[0] == Choice("a")


def test_alone_or_with_rails_of_the_same_counterparty_it_is_never_refused():
    heavy = rail("a", share=Decimal(1), counted=900)
    assert order(heavy) == [Choice("a")]
    assert order(heavy, rail("b", counterparty="a", share=Decimal(1), counted=900))[0] == Choice("a")


def test_what_fails_comes_after_what_works_and_its_probe_first_when_it_rested():
    assert codes(rail("a", failing=True), rail("b", share=Decimal("0.9"), counted=99)) == ["b", "a"]
    assert order(rail("a", failing=True, probing=True), rail("b", cost=Decimal(2)))[0] == Choice("a", ("probe",))


def test_closed_ended_and_tried_come_last_and_are_not_used_while_another_is():
    found = order(
        rail("a", open=False), rail("b", ends_on=TODAY), rail("c"), rail("d", failing=True), rail("e", ends_on=date(2026, 11, 24)),
        tried=frozenset({"c"}),
    )  # fmt: skip
    assert [choice.code for choice in found] == ["e", "d", "c", "b", "a"]
    assert [is_usable(choice) for choice in found] == [True, True, False, False, False]


def test_what_may_not_carry_it_comes_last_of_all_and_stands_in_for_nobody():
    heavy = rail("a", share=Decimal(1), counted=900)
    found = order(rail("b", barred=("currency",), cost=Decimal(0)), heavy, rail("c", counterparty="a", open=False))
    assert found == [Choice("a"), Choice("c", ("closed",)), Choice("b", ("currency",))]
    assert [is_barred(choice) for choice in found] == [False, False, True]
    assert [is_usable(choice) for choice in found] == [True, False, False]
    (both,) = order(rail("a", barred=("above:500000:USD",)), tried=frozenset({"a"}))
    assert both.reasons == ("above:500000:USD", "tried")


def test_errors_weigh_in_steps_before_the_cost():
    assert codes(rail("a", error_rate=Decimal("0.24")), rail("b", cost=Decimal(2))) == ["a", "b"]
    assert codes(rail("a", error_rate=Decimal("0.25")), rail("b", cost=Decimal(2))) == ["b", "a"]


@given(
    st.lists(
        st.builds(
            RailFacts,
            code=st.sampled_from("abcdef"), counterparty=st.sampled_from("xyz"), cost=st.decimals(0, 9, places=2),
            share=st.decimals(0, 1, places=2), counted=st.integers(0, 99), failing=st.booleans(), open=st.booleans(),
            error_rate=st.decimals(0, 1, places=2), latency_ms=st.integers(0, 9999),
        ),
        min_size=1, max_size=5, unique_by=lambda one: one.code,
    )
)  # fmt: skip
def test_everybody_is_ranked_once_whatever_is_known_and_a_working_open_rail_leads(rails):
    found = order(*rails)
    assert sorted(choice.code for choice in found) == sorted(rail.code for rail in rails)
    if any(one.open and not one.failing for one in rails):
        first = next(one for one in rails if one.code == found[0].code)
        assert first.open
        assert not first.failing


BREAKER = Breaker(failures=5, among=20, rest_s=30)


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ([], "closed"),
        ([(True, 1.0)] * 4, "closed"),
        ([(True, 1.0)] * 5, "open"),
        ([(True, 30.0)] * 5, "probing"),
        ([(False, 1.0)] + [(True, 2.0)] * 19, "closed"),
        ([(True, 1.0)] + [(False, 2.0)] * 15 + [(True, 3.0)] * 3, "closed"),
        ([(True, 1.0)] + [(False, 2.0)] * 15 + [(True, 3.0)] * 4, "open"),
        ([(True, 1.0)] + [(False, 2.0)] * 19 + [(True, 3.0)] * 9, "closed"),
    ],
)
def test_the_breaker_opens_at_five_of_twenty_rests_and_closes_with_a_success(calls, state):
    assert BREAKER.state(calls) == state


def test_a_breaker_does_not_care_how_failures_are_spread():
    for spread in set(permutations([True] * 4 + [False] * 3)):
        assert BREAKER.state([(True, 1.0), *((failed, 2.0) for failed in spread)]) == "open"
