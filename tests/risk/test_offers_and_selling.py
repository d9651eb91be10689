"""What is offered, how it is sold, and what buyers got."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from everfair.risk import values
from everfair.risk.facts import Listing
from everfair.risk.signals import complaints, hot_low_moq, lost_disputes, price_below, record, sudden_volume, unshipped, weak_rail
from everfair.risk.signals.chance import beta_binomial_tail, discoveries, poisson_tail
from tests.risk.invented import AT, PRICES, SETTINGS, ago, complaint, deal, listing, supplier


def points(finding):
    return 0.0 if finding is None else finding.points


def test_a_price_far_below_the_market_speaks_and_the_deeper_the_more():
    ordinary = price_below(supplier(listings=(listing(90.0), listing(65.0))), PRICES, AT, SETTINGS)
    low = price_below(supplier(listings=(listing(58.0),)), PRICES, AT, SETTINGS)
    lowest = price_below(supplier(listings=(listing(25.0),)), PRICES, AT, SETTINGS)

    assert ordinary is None
    assert 0 < points(low) < points(lowest) <= SETTINGS["price.points"]
    assert dict(lowest.figures) == {"offers": "1", "of": "1", "percent": "25"}


def test_one_clearance_among_many_offers_says_less_than_a_catalogue_of_them():
    one = price_below(supplier(listings=(listing(40.0), *(listing(100.0) for _ in range(9)))), PRICES, AT, SETTINGS)
    every = price_below(supplier(listings=tuple(listing(40.0) for _ in range(10))), PRICES, AT, SETTINGS)

    assert points(one) < points(every) / 2


def test_in_a_wide_category_half_the_median_is_ordinary():
    wide = PRICES.__class__(median={"phones": 100.0}, low={"phones": 30.0})

    assert price_below(supplier(listings=(listing(50.0),)), wide, AT, SETTINGS) is None


def test_an_offer_of_the_future_or_of_long_ago_says_nothing():
    assert price_below(supplier(listings=(listing(30.0, days=-1), listing(30.0, days=400))), PRICES, AT, SETTINGS) is None


def test_a_low_minimum_order_counts_only_where_frauds_were_and_more_when_cheap():
    cold = hot_low_moq(supplier(listings=(listing(0.5, moq=1, category="bolts"),)), PRICES, AT, SETTINGS)
    hot = hot_low_moq(supplier(listings=(listing(100.0, moq=1),)), PRICES, AT, SETTINGS)
    cheap = hot_low_moq(supplier(listings=(listing(60.0, moq=1),)), PRICES, AT, SETTINGS)

    assert cold is None
    assert 0 < points(hot) < points(cheap)


def test_a_burst_is_of_buyers_and_splitting_orders_does_not_make_one_nor_hide_one():
    split = sudden_volume(supplier(deals=tuple(deal("same", 3, value=50.0) for _ in range(30))), PRICES, AT, SETTINGS)
    small = sudden_volume(supplier(deals=tuple(deal(f"b{i}", 3, value=5.0) for i in range(12))), PRICES, AT, SETTINGS)

    assert split is None
    assert points(small) > 0


def test_an_established_supplier_with_steady_trade_has_no_burst():
    steady = tuple(deal(f"b{i}", i, shipped=3) for i in range(100))

    assert sudden_volume(supplier(deals=steady), PRICES, AT, SETTINGS) is None


def test_cash_services_weigh_more_than_transfers_and_escrow_nothing():
    def paid(rail):
        return points(weak_rail(supplier(deals=tuple(deal(f"b{i}", 9, rail=rail) for i in range(5))), PRICES, AT, SETTINGS))

    assert paid("escrow") == paid("card") == 0
    assert 0 < paid("transfer") < paid("cash_service")


def test_what_should_have_left_and_has_not_speaks_and_what_is_young_does_not():
    young = unshipped(supplier(deals=tuple(deal(f"b{i}", 20) for i in range(9))), PRICES, AT, SETTINGS)
    old = unshipped(supplier(deals=tuple(deal(f"b{i}", 40) for i in range(5))), PRICES, AT, SETTINGS)
    one = unshipped(supplier(deals=(deal("b", 40),)), PRICES, AT, SETTINGS)

    assert young is None
    assert points(old) > 25
    assert points(one) <= SETTINGS["unshipped.one"]


def test_a_busy_supplier_with_a_few_late_orders_is_like_everybody():
    deals = (*(deal(f"b{i}", 60, shipped=5) for i in range(97)), *(deal(f"l{i}", 60) for i in range(3)))

    assert unshipped(supplier(deals=deals), PRICES, AT, SETTINGS) is None


def test_when_half_the_platform_cannot_ship_nobody_is_accused_of_it():
    row = supplier(deals=(*(deal(f"b{i}", 60, shipped=5) for i in range(5)), *(deal(f"l{i}", 60) for i in range(5))))

    assert points(unshipped(row, PRICES, AT, SETTINGS)) > 15
    assert unshipped(row, PRICES, AT, SETTINGS, {"unshipped": 0.5}) is None


def test_a_buyer_who_complains_ten_times_is_one_buyer():
    deals = tuple(deal(f"b{i}", 40, shipped=5) for i in range(4))
    one = complaints(supplier(deals=deals, complaints=tuple(complaint("b0") for _ in range(10))), PRICES, AT, SETTINGS)
    four = complaints(supplier(deals=deals, complaints=tuple(complaint(f"b{i}") for i in range(4))), PRICES, AT, SETTINGS)

    assert points(one) <= SETTINGS["complaints.one"]
    assert points(four) > 2 * points(one)
    assert complaints(supplier(complaints=(complaint("b", kind="late"),)), PRICES, AT, SETTINGS) is None


def test_lost_disputes_and_a_good_record():
    lost = lost_disputes(supplier(deals=tuple(deal(f"b{i}", 40, shipped=5, lost=i < 3) for i in range(6))), PRICES, AT, SETTINGS)
    good = supplier(deals=tuple(deal(f"b{i}", 40, shipped=5) for i in range(16)))

    assert points(lost) > 5
    assert points(record(good, AT, SETTINGS)) == -16.0
    assert record(good, AT, SETTINGS, frozenset(f"b{i}" for i in range(12))) is None


@given(st.integers(1, 60), st.floats(0.001, 0.5), st.floats(0.0, 0.4))
def test_tails_of_the_beta_binomial_fall_from_one(n, mean, spread):
    tails = [beta_binomial_tail(k, n, mean, spread) for k in range(n + 2)]

    assert tails[0] == 1.0
    assert tails[-1] == 0.0
    assert all(a >= b - 1e-9 for a, b in pairwise(tails))


def test_tails_against_known_values():
    # 1 - 0.9 ** 10, and the beta-binomial with a = b = 1, which is uniform.
    assert abs(beta_binomial_tail(1, 10, 0.1, 0.0) - 0.6513215599) < 1e-9
    assert abs(beta_binomial_tail(8, 9, 0.5, 1 / 3) - 0.2) < 1e-9
    assert abs(poisson_tail(3, 1.0) - 0.0803013970) < 1e-9
    assert discoveries([0.001, 0.9, 0.02, 0.011], 0.05) == {0, 2, 3}


def test_a_setting_of_a_later_day_counts_from_that_day_on(monkeypatch):
    later = values.Setting("price.ratio", 0.8, "ratio", "test", since=date(2011, 1, 1))
    monkeypatch.setattr(values, "SETTINGS", (*values.SETTINGS, later))
    values._timeline.cache_clear()
    values.settings_at.cache_clear()
    try:
        assert values.settings_at(date(2010, 12, 31))["price.ratio"] == 0.6
        assert values.settings_at(date(2011, 1, 1))["price.ratio"] == 0.8
    finally:
        values._timeline.cache_clear()
        values.settings_at.cache_clear()


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.integers(1, 10**6), st.integers(-5, 900)), max_size=12))
def test_offers_of_any_size_give_points_within_their_bounds(rows):
    made = supplier(listings=tuple(Listing("phones", price, moq, ago(days)) for price, moq, days in rows))
    found = price_below(made, PRICES, AT, SETTINGS)

    assert 0 <= points(found) <= SETTINGS["price.points"]
