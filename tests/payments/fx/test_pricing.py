"""An exchange to the smallest unit: nothing is made, nothing is lost, and no way round is worth taking."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from everfair.base.money import Money, exponent
from everfair.payments.fx.pricing import TooLarge, TooSmall, cross, price_of, value_of
from everfair.payments.postings import exchanged
from everfair.payments.values import Price

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD", "CLF", "EUR"])
RATES = st.decimals(min_value="0.00000001", max_value="999999999", places=8)
USUAL = st.decimals(min_value="0.0001", max_value="30000", places=6).filter(lambda rate: rate > 0)
BPS = st.integers(0, 1000)
MINOR = st.integers(1, 10**12)


def test_a_price_is_reckoned_as_on_paper():
    # 1 EUR = 1.25 USD: 100.00 USD less 0.5 % is 99.50 USD, and that is 79.60 EUR.
    price = price_of(give=Money.of("100.00", "USD"), into="EUR", rate=cross(Decimal("1.25"), Decimal(1)), bps=50)
    assert (str(price.give), str(price.spread), str(price.exchanged), str(price.get)) == (
        "100.00 USD", "0.50 USD", "99.50 USD", "79.60 EUR",
    )  # fmt: skip


def test_what_must_come_out_decides_what_goes_in():
    price = price_of(get=Money.of("79.60", "EUR"), into="USD", rate=cross(Decimal("1.25"), Decimal(1)), bps=50)
    assert (str(price.give), str(price.spread), str(price.get)) == ("100.00 USD", "0.50 USD", "79.60 EUR")


def test_decimals_of_the_two_currencies_count():
    to_yen = price_of(give=Money.of("1.00", "EUR"), into="JPY", rate=cross(Decimal(1), Decimal("160.99")), bps=0)
    to_dinar = price_of(give=Money.of("1.00", "EUR"), into="KWD", rate=cross(Decimal(1), Decimal("0.3339")), bps=0)
    assert (str(to_yen.get), str(to_dinar.get)) == ("160 JPY", "0.333 KWD")


def test_nothing_comes_of_too_little_and_nothing_grows_beyond_bounds():
    with pytest.raises(TooSmall):
        price_of(give=Money(1, "JPY"), into="EUR", rate=Fraction(1, 160), bps=0)
    with pytest.raises(TooSmall):
        price_of(give=Money(1, "USD"), into="JPY", rate=Fraction(160), bps=50)  # the spread takes it
    with pytest.raises(TooLarge):
        price_of(give=Money(10**14, "USD"), into="IDR", rate=Fraction(17000), bps=0)


@given(MINOR, CURRENCIES, CURRENCIES, USUAL, USUAL, BPS)
def test_no_unit_is_made_or_lost(minor, give, get, give_rate, get_rate, bps):
    assume(give != get)
    rate = cross(give_rate, get_rate)
    try:
        price = price_of(give=Money(minor, give), into=get, rate=rate, bps=bps)
    except (TooSmall, TooLarge):
        return
    exact = Fraction(price.exchanged.minor) * rate * Fraction(10) ** (exponent(get) - exponent(give))
    assert price.give.minor == minor == price.exchanged.minor + price.spread.minor
    assert 0 <= exact - price.get.minor < 1
    assert 0 <= price.spread.minor - Fraction(minor * bps, 10_000) < 1


@given(MINOR, CURRENCIES, CURRENCIES, USUAL, USUAL, BPS)
def test_what_comes_out_is_whole_and_what_goes_in_is_the_least_that_does_it(minor, give, get, give_rate, get_rate, bps):
    assume(give != get)
    rate = cross(give_rate, get_rate)
    try:
        price = price_of(get=Money(minor, get), into=give, rate=rate, bps=bps)
        forward = price_of(give=price.give, into=get, rate=rate, bps=bps)
    except (TooSmall, TooLarge):
        return
    assert price.get.minor == minor
    assert forward.exchanged == price.exchanged  # both ways reckon the same spread
    assert forward.get.minor >= minor
    if price.give.minor > 1:
        try:
            less = price_of(give=Money(price.give.minor - 1, give), into=get, rate=rate, bps=bps).get.minor
        except TooSmall:
            less = 0
        assert less < minor


@given(MINOR, CURRENCIES, CURRENCIES, RATES, RATES, BPS)
def test_there_and_back_never_ends_with_more(minor, one, other, one_rate, other_rate, bps):
    assume(one != other)
    try:
        there = price_of(give=Money(minor, one), into=other, rate=cross(one_rate, other_rate), bps=bps)
        back = price_of(give=there.get, into=one, rate=cross(other_rate, one_rate), bps=bps)
    except (TooSmall, TooLarge):
        return
    assert back.get.minor <= minor


@given(MINOR, st.permutations(["USD", "JPY", "KWD"]), st.tuples(USUAL, USUAL, USUAL))
def test_no_triangle_ends_with_more(minor, order, rates):
    known = dict(zip(order, rates, strict=True))
    held = Money(minor, order[0])
    try:
        for currency in (order[1], order[2], order[0]):
            held = price_of(give=held, into=currency, rate=cross(known[held.currency], known[currency]), bps=0).get
    except (TooSmall, TooLarge):
        return
    assert held.minor <= minor


def test_the_books_get_two_transfers_and_the_spread_apart():
    company = UUID(int=7)
    price = Price(Money(10_000, "USD"), Money(50, "USD"), Money(7_960, "EUR"))
    moves = [(t.source.split(":", 2)[-1], t.target.split(":")[1:], t.amount.minor) for t in exchanged(company, price)]
    assert moves == [
        ("wallet:USD", ["exposure", "USD"], 9_950), ("EUR", [str(company), "wallet", "EUR"], 7_960), ("wallet:USD", ["spread", "USD"], 50),
    ]  # fmt: skip
    assert len(exchanged(company, Price(Money(10_000, "USD"), Money(0, "USD"), Money(8_000, "EUR")))) == 2


def test_a_position_is_valued_in_the_base_currency():
    assert value_of(Money(12_500, "USD"), Decimal("1.25")) == Money(10_000, "EUR")
    assert value_of(Money(-160, "JPY"), Decimal("160")) == Money(-100, "EUR")
    assert value_of(Money(0, "KWD"), Decimal("0.33")) == Money(0, "EUR")
