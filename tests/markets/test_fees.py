"""Fees are a function of what the seller keeps: any way there costs the same, to the cent (I26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.markets.actions import set_fee_schedule
from everfair.markets.fees import FEE_WORDS, FeeLine, FeeTerms
from everfair.markets.models import FeeSchedule
from everfair.markets.queries import fee_terms_at
from tests import make

WHOLE = Fraction(1)


def line(
    kind: str = "commission", rate: str = "0.02", *, base: str = "released", floor: int = 0, cap: int | None = None
) -> FeeLine:
    return FeeLine(kind, base, Decimal(rate), {"USD": floor} if floor else {}, {} if cap is None else {"USD": cap})


def nets(terms: FeeTerms, kept: int, goods: Fraction = WHOLE, tax: str = "0") -> list[int]:
    return [net for net, _tax in terms.taken(kept, goods, "USD", Fraction(tax))]


@pytest.mark.parametrize(
    ("kept", "net"),
    [(0, 0), (1, 1), (400, 400), (500, 500), (501, 500), (25000, 500), (25100, 502), (50000, 1000), (90000, 1000)],
)
def test_a_floor_takes_no_more_than_there_is_and_a_cap_holds(kept: int, net: int):
    assert nets(FeeTerms((line(floor=500, cap=1000),)), kept) == [net]


def test_floor_and_cap_are_of_their_currency_alone():
    terms = FeeTerms((line(floor=500, cap=600),))

    assert [net for net, _tax in terms.taken(1000, WHOLE, "EUR", Fraction(0))] == [20]


def test_a_fee_on_the_goods_leaves_freight_out():
    terms = FeeTerms((line(base="goods"), line("payment_service", "0.01")))

    assert nets(terms, 100_00, Fraction(3, 4)) == [1_50, 1_00]


def test_tax_is_added_to_each_fee_or_lies_in_it():
    terms = FeeTerms((line(), line("payment_service", "0.005")))

    assert terms.taken(1000_00, WHOLE, "USD", Fraction(19, 100)) == [(20_00, 3_80), (5_00, 95)]
    assert replace(terms, tax_included=True).taken(1000_00, WHOLE, "USD", Fraction(19, 100)) == [(16_81, 3_19), (4_20, 80)]


_RATES = st.integers(0, 50_000).map(lambda millionths: Decimal(millionths) / 10**6)


@st.composite
def schedules(draw: st.DrawFn) -> FeeTerms:
    found = []
    for kind in draw(st.lists(st.sampled_from(list(FEE_WORDS)), min_size=1, max_size=4, unique=True)):
        floor = draw(st.one_of(st.just(0), st.integers(1, 60)))
        cap = draw(st.one_of(st.none(), st.integers(floor, floor + 200)))
        found.append(
            FeeLine(
                kind,
                draw(st.sampled_from(["released", "goods"])),
                draw(_RATES),
                {"USD": floor},
                {} if cap is None else {"USD": cap},
            )
        )
    return FeeTerms(tuple(found))


@settings(max_examples=150)
@given(schedules(), st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(1, 10), st.sampled_from([0, 5, 19, 27]))
def test_every_part_pays_its_own_and_all_parts_together_what_the_whole_pays(
    terms: FeeTerms, parts: list[int], tenths: int, per_cent: int
):
    goods, tax, kept, taken = Fraction(tenths, 10), Fraction(per_cent, 100), 0, [(0, 0)] * len(terms.lines)
    for part in parts:
        later = terms.taken(kept + part, goods, "USD", tax)
        more = [(net - had, each - told) for (net, each), (had, told) in zip(later, taken, strict=True)]
        assert all(net >= 0 and each >= 0 for net, each in more)
        assert sum(net + each for net, each in more) <= part
        kept, taken = kept + part, later

    assert taken == terms.taken(sum(parts), goods, "USD", tax)
    asked = [row.due(kept, goods, "USD") for row in terms.lines]
    if sum(net + round(net * tax) for net in asked) <= kept // 2:  # far from where it would eat up the sum
        assert [net for net, _tax in taken] == asked
        assert [each for _net, each in taken] == [round(net * tax) for net in asked]


@settings(max_examples=40)
@given(schedules(), st.sampled_from([0, 19]))
def test_cent_by_cent_nothing_is_lost(terms: FeeTerms, per_cent: int):
    tax, before = Fraction(per_cent, 100), 0
    for kept in range(1, 120):
        gross = sum(net + each for net, each in terms.taken(kept, WHOLE, "USD", tax))
        assert 0 <= gross - before <= 1
        before = gross


def test_a_contract_keeps_its_schedule_as_text():
    terms = FeeTerms((line(floor=500, cap=1000), line("payment_service", "0.0035", base="goods")), "stage", "7")

    assert FeeTerms.from_text(terms.text) == terms


@pytest.mark.django_db
def test_the_newest_version_that_has_begun_holds_and_a_plans_own_comes_first():
    by, later = make.operator(), now() + timedelta(days=3)
    first, second, own = FeeTerms((line(),)), FeeTerms((line(rate="0.03"),)), FeeTerms((line(rate="0.01"),))
    assert fee_terms_at("export") is None
    set_fee_schedule("export", "", first, None, "the board", by)
    set_fee_schedule("export", "", second, later, "the board", by)
    set_fee_schedule("export", "gold", own, None, "the board", by)

    assert fee_terms_at("export").lines == first.lines
    assert fee_terms_at("export", at=later).lines == second.lines
    assert fee_terms_at("export", "gold").lines == own.lines
    assert fee_terms_at("export", "silver").lines == first.lines


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": make.actor}, "markets.operator_only"),
        ({"market": "moon"}, "markets.market_unknown"),
        ({"reason": " "}, "markets.reason_missing"),
        ({"terms": FeeTerms(())}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(), line()))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(rate="0.31"),))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(rate="-0.01"),))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(rate="0.0000001"),))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line("bribe"),))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(floor=5, cap=4),))}, "markets.fee_lines"),
        ({"terms": FeeTerms((line(),), "week")}, "markets.fee_lines"),
        ({"valid_from": -1}, "markets.rule_past"),
        ({"valid_from": 4000}, "markets.rule_far"),
    ],
)
def test_what_is_no_schedule_is_refused(changes: dict[str, object], code: str):
    said = {
        "market": "export",
        "terms": FeeTerms((line(),)),
        "valid_from": None,
        "reason": "the board",
        "by": make.operator(),
    } | changes
    if code == "markets.operator_only":
        said["by"] = make.actor(make.company())
    if said["valid_from"] is not None:
        said["valid_from"] = now() + timedelta(days=said["valid_from"])

    with pytest.raises(Refused) as refusal:
        set_fee_schedule(said["market"], "", said["terms"], said["valid_from"], said["reason"], said["by"])

    assert (refusal.value.code, FeeSchedule.objects.count()) == (code, 0)
