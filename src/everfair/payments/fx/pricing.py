"""What an exchange costs: exact rational arithmetic, rounded in two named places and always against whoever exchanges.

Half to even would make money out of nothing for who exchanges often and little; rounded down, no way round ever ends with more than
it began. What the rounding leaves is less than one smallest unit and stays in the platform's position.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from everfair.base.money import MAX_MINOR, Money, exponent
from everfair.payments.values import FX_BASE, Price

WHOLE_BPS = 10_000
# Pairs of these are cheap to cover; any other pair has the other spread (`markets/rules.py`).
MAJOR = frozenset(["AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "HKD", "JPY", "SGD", "USD"])


class TooSmall(ValueError):
    """Nothing would come out of it."""


class TooLarge(ValueError):
    """Beyond what an amount may be."""


def cross(give_rate: Decimal, get_rate: Decimal) -> Fraction:
    """How much of `get` one unit of `give` is, when one euro is so much of each."""
    return Fraction(get_rate) / Fraction(give_rate)


def price_of(*, give: Money | None = None, get: Money | None = None, into: str, rate: Fraction, bps: int) -> Price:
    """The price when `give` is what leaves the wallet, or `get` what must come out; `into` is the currency of the other side.

    The spread is `bps` of what leaves, rounded up; what comes out is rounded down, what has to go in is rounded up.
    """
    if give is not None:
        spread = Money(-(-give.minor * bps // WHOLE_BPS), give.currency)
        exchanged = give.minor - spread.minor
        came = exchanged * _in_minor(rate, give.currency, into)
        price = Price(give, spread, _money(came.numerator // came.denominator, into))
    elif get is not None:
        needed = get.minor / _in_minor(rate, into, get.currency)
        exchanged = -(-needed.numerator // needed.denominator)
        leaves = -(-exchanged * WHOLE_BPS // (WHOLE_BPS - bps))
        price = Price(_money(leaves, into), _money(leaves - exchanged, into), get)
    else:
        raise ValueError("one side is said")
    if price.get.minor <= 0 or price.exchanged.minor <= 0:
        raise TooSmall
    return price


def _in_minor(rate: Fraction, give: str, get: str) -> Fraction:
    return rate * Fraction(10) ** (exponent(get) - exponent(give))


def _money(minor: int, currency: str) -> Money:
    if minor > MAX_MINOR:
        raise TooLarge
    return Money(minor, currency)


def value_of(position: Money, rate: Decimal) -> Money:
    """What an amount is worth in the base currency, rounded to its smallest unit towards nothing: it is shown, never booked."""
    exact = position.minor / Fraction(rate) * Fraction(10) ** (exponent(FX_BASE) - exponent(position.currency))
    return Money(int(exact), FX_BASE)
