"""Money is exact: whole minor units in, whole minor units out."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.base.money import MAX_MINOR, Money, UnitPrice, exponent, plain_decimal, total

AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_exactly_to_the_whole(minor: int, weights: list[int]):
    """I26."""
    parts = Money(minor, "USD").split(weights)

    assert total(parts, "USD") == Money(minor, "USD")
    assert len(parts) == len(weights)


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_whole_unit_away_from_its_share_and_no_weight_means_no_part(minor: int, weights: list[int]):
    parts = Money(minor, "USD").split(weights)

    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)
        assert weight or part.minor == 0


@given(AMOUNTS, WEIGHTS)
def test_what_is_taken_back_is_split_as_it_was_given(minor: int, weights: list[int]):
    """A credit note mirrors its invoice line by line."""
    given_out, taken_back = Money(minor, "USD").split(weights), Money(-minor, "USD").split(weights)

    assert [-part for part in taken_back] == given_out


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (1, [1, 1, 1], [1, 0, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (-1, [1, 1, 1], [-1, 0, 0]),
        (100, [3, 7], [30, 70]),
        (5, [0, 1, 0], [0, 5, 0]),
        (10**12, [1] * 7, [142857142858] + [142857142857] * 6),
        (-(10**12), [1] * 7, [-142857142858] + [-142857142857] * 6),
        (0, [1, 2], [0, 0]),
    ],
)
def test_the_remainder_goes_to_the_largest_and_then_to_the_first(minor: int, weights: list[int], parts: list[int]):
    assert [part.minor for part in Money(minor, "USD").split(weights)] == parts


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_there_must_be_something_to_split_by(weights: list[int]):
    with pytest.raises(ValueError, match="weights"):
        Money(1, "USD").split(weights)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("0.01", "USD", 1),
        ("12", "USD", 1200),
        ("12.5", "USD", 1250),
        ("1500", "JPY", 1500),
        ("0.001", "KWD", 1),
        ("1.5", "KWD", 1500),
        ("0.0001", "CLF", 1),
        ("10000000000000", "USD", MAX_MINOR),
        ("-3.00", "EUR", -300),
    ],
)
def test_an_amount_is_read_in_the_currencys_own_decimals(text: str, currency: str, minor: int):
    assert Money.of(text, currency) == Money(minor, currency)


BAD_NUMBERS = {
    "B22 too fine for dollars": ("0.001", "USD"),
    "B22 too fine for yen": ("1.5", "JPY"),
    "B22 too fine for dinars": ("0.0005", "KWD"),
    "B23 exponent": ("1e3", "USD"),
    "B23 large exponent": ("1E400", "USD"),
    "B23 infinity": ("Infinity", "USD"),
    "B23 not a number": ("NaN", "USD"),
    "B23 hexadecimal": ("0x10", "USD"),
    "B23 underscore": ("1_000", "USD"),
    "B23 blanks": (" 1 ", "USD"),
    "B23 newline": ("1\n", "USD"),
    "B23 plus": ("+1", "USD"),
    "B23 nothing": ("", "USD"),
    "B23 point alone": (".5", "USD"),
    "B23 point at the end": ("5.", "USD"),
    "B23 leading zeros": ("007", "USD"),
    "B24 comma": ("1,00", "USD"),
    "B24 grouped": ("1,234.56", "USD"),
    "B24 grouped the other way": ("1.234,56", "USD"),
    "B24 apostrophe": ("1'000", "USD"),
    "B25 full width": ("１００", "USD"),
    "B25 Arabic-Indic": ("١٠٠", "USD"),
    "B25 Chinese": ("一百", "USD"),
    "B25 superscript": ("1²", "USD"),
    "B26 beyond a bigint": (str(2**63), "JPY"),
    "B26 beyond our bound": ("10000000000000.01", "USD"),
    "B26 a very long number": ("9" * 41, "USD"),
    "B28 small letters": ("1", "usd"),
    "B28 four letters": ("1", "USDT"),
    "B28 other script": ("1", "ＵＳＤ"),
}


@pytest.mark.parametrize(("text", "currency"), BAD_NUMBERS.values(), ids=BAD_NUMBERS.keys())
def test_nothing_is_guessed(text: str, currency: str):
    with pytest.raises(ValueError):
        Money.of(text, currency)


@pytest.mark.parametrize("minor", [0.5, 1.0, Decimal(1), True, "1", None])
def test_money_is_made_of_whole_numbers_only(minor: object):
    """I25."""
    with pytest.raises(TypeError):
        Money(minor, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("minor", [MAX_MINOR + 1, -MAX_MINOR - 1, 2**63])
def test_money_has_bounds(minor: int):
    with pytest.raises(ValueError, match="bounds"):
        Money(minor, "USD")


def test_currencies_have_their_own_number_of_decimals():
    assert [exponent(currency) for currency in ("JPY", "KRW", "USD", "KWD", "BHD", "CLF")] == [0, 0, 2, 3, 3, 4]
    assert [str(Money(1500, currency)) for currency in ("JPY", "USD", "KWD")] == ["1500 JPY", "15.00 USD", "1.500 KWD"]


@given(AMOUNTS, st.sampled_from(["JPY", "USD", "KWD", "CLF"]))
def test_what_is_written_reads_as_the_same_amount(minor: int, currency: str):
    amount = Money(minor, currency)
    text = str(amount).removesuffix(f" {currency}")

    assert Money.of(text, currency) == amount if minor != 0 else Money.of(text, currency).minor == 0


def test_currencies_never_mix():
    one, other = Money(1, "USD"), Money(1, "EUR")

    for mix in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: total([one, other], "USD")):
        with pytest.raises(ValueError, match="do not mix"):
            mix()
    assert one != other


@pytest.mark.parametrize(
    ("minor", "rate", "share"),
    [(250, "0.02", 5), (25, "0.02", 0), (75, "0.02", 2), (125, "0.02", 2), (-75, "0.02", -2), (1, "1", 1)],
)
def test_a_share_is_rounded_half_to_even(minor: int, rate: str, share: int):
    assert Money(minor, "USD").share(Decimal(rate)) == Money(share, "USD")


def test_a_share_of_the_largest_amount_is_exact_whatever_precision_the_caller_uses():
    rate = Decimal("0.12345678901234")

    with localcontext() as context:
        context.prec = 5
        part = Money(MAX_MINOR, "USD").share(rate)

    assert part == Money(123456789012340, "USD")


@pytest.mark.parametrize(
    ("price", "quantity", "cost"),
    [
        (UnitPrice.of("0.0125", "USD"), "1000", Money(1250, "USD")),
        (UnitPrice.of("4.2", "USD", "1000"), "2500", Money(1050, "USD")),
        (UnitPrice.of("0.005", "USD"), "1", Money(0, "USD")),
        (UnitPrice.of("0.015", "USD"), "1", Money(2, "USD")),
        (UnitPrice.of("0.025", "USD"), "1", Money(2, "USD")),
        (UnitPrice.of("0.5", "JPY"), "3", Money(2, "JPY")),
        (UnitPrice.of("0.0005", "KWD"), "3", Money(2, "KWD")),
        (UnitPrice.of("1", "USD", "3"), "1", Money(33, "USD")),
        (UnitPrice.of("2", "USD", "3"), "1", Money(67, "USD")),
        (UnitPrice.of("999999.999999", "USD"), "1000000", Money(99999999999900, "USD")),
    ],
)
def test_a_quantity_costs_its_price_rounded_once(price: UnitPrice, quantity: str, cost: Money):
    assert price.times(Decimal(quantity)) == cost


@pytest.mark.parametrize(
    ("amount", "currency", "per"),
    [
        (Decimal("-0.01"), "USD", Decimal(1)),
        (Decimal("NaN"), "USD", Decimal(1)),
        (Decimal("Infinity"), "USD", Decimal(1)),
        (Decimal("0.0000001"), "USD", Decimal(1)),
        (Decimal("1.0000000000000000000000000000000001"), "USD", Decimal(1)),
        (Decimal(1), "USD", Decimal(0)),
        (Decimal(1), "USD", Decimal(-1)),
        (Decimal(10**12 + 1), "USD", Decimal(1)),
        (Decimal(1), "usd", Decimal(1)),
    ],
)
def test_a_unit_price_that_makes_no_sense_is_refused(amount: Decimal, currency: str, per: Decimal):
    with pytest.raises(ValueError):
        UnitPrice(amount, currency, per)


def test_a_unit_price_is_never_a_float():
    with pytest.raises(TypeError):
        UnitPrice(0.1, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("price", "shown"),
    [(UnitPrice.of("0.0125", "USD"), "0.0125 USD"), (UnitPrice.of("12.5", "USD"), "12.50 USD"),
     (UnitPrice.of("4.20", "USD", "1000"), "4.20 USD / 1000"), (UnitPrice.of("20", "JPY"), "20 JPY")],
)  # fmt: skip
def test_a_unit_price_shows_at_least_the_currencys_decimals(price: UnitPrice, shown: str):
    assert str(price) == shown


def test_trailing_zeros_do_not_count_as_decimals():
    assert UnitPrice(Decimal("1.50000000"), "USD").times(Decimal(2)) == Money(300, "USD")


def test_a_plain_number_has_a_bound_on_its_digits():
    assert plain_decimal("9" * 16, decimals=0) == Decimal("9" * 16)
    with pytest.raises(ValueError, match="too large"):
        plain_decimal("9" * 17, decimals=0)
