"""Money as exact integers of the smallest unit, and prices finer than that.

Rounding happens in two named places, both by `ROUND_HALF_EVEN`: `UnitPrice.times` and `Money.share`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import total_ordering

# ISO 4217 minor units that differ from two decimals.
_EXPONENTS = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
# No amount of this platform is larger: far below 2**63 and far above any trade.
MAX_MINOR = 10**15
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


def exponent(currency: str) -> int:
    """How many decimals an amount of this currency has (JPY 0, USD 2, KWD 3)."""
    return _EXPONENTS.get(currency, 2)


def plain_decimal(text: str, *, decimals: int, max_digits: int = 16) -> Decimal:
    """A number as programs write it: digits, one point, nothing else.

    Raises ValueError on signs of anything else: grouping, exponents, other scripts' digits, blanks,
    too many decimals or digits. Nothing is guessed and nothing is rounded.
    """
    if len(text) > 40 or not _PLAIN.fullmatch(text):
        raise ValueError("not a plain number")
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(fraction) > decimals:
        raise ValueError("too many decimals")
    if len(whole) > max_digits:
        raise ValueError("too large")
    return Decimal(text)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents, yen, fils) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"not a currency code: {self.currency!r}")
        if abs(self.minor) > MAX_MINOR:
            raise ValueError("amount out of bounds")

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """`Money.of("12.50", "USD")`; ValueError on more decimals than the currency has."""
        places = exponent(currency)
        number = plain_decimal(text, decimals=places)
        return cls(int(number.scaleb(places)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """In main units, with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, rate: Decimal) -> Money:
        """This much of it, `rate` as a fraction (0.02 is two per cent), rounded half to even."""
        with localcontext() as context:
            context.prec = 50
            return Money(_round(Decimal(self.minor) * rate), self.currency)

    def split(self, weights: list[int]) -> list[Money]:
        """Parts in proportion to `weights` that sum exactly to the whole.

        Largest remainder, ties to the earlier part, so the result is stable (invariant I26).
        """
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        size = abs(self.minor)
        parts = [size * w // total for w in weights]
        order = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
        for i in order[: size - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(amounts: list[Money], currency: str) -> Money:
    """The sum of amounts that must all be in `currency`; zero for none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A wholesale price, up to six decimals, for `per` units (screws are priced per 1,000)."""

    amount: Decimal
    currency: str
    per: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not isinstance(self.per, Decimal):
            raise TypeError("a unit price is exact")
        if not (self.amount.is_finite() and self.per.is_finite()) or self.amount < 0 or self.per <= 0:
            raise ValueError("a unit price is not negative and has a positive base quantity")
        if _places(self.amount) > 6:
            raise ValueError("too many decimals")
        if self.amount > 10**12 or not _CODE.fullmatch(self.currency):
            raise ValueError("unit price out of bounds")

    @classmethod
    def of(cls, text: str, currency: str, per: str = "1") -> UnitPrice:
        return cls(plain_decimal(text, decimals=6, max_digits=12), currency, plain_decimal(per, decimals=0))

    def times(self, quantity: Decimal) -> Money:
        """What this quantity costs, rounded half to even to the currency's minor unit."""
        with localcontext() as context:
            context.prec = 50
            exact = self.amount * quantity / self.per
            return Money(_round(exact.scaleb(exponent(self.currency))), self.currency)

    def __str__(self) -> str:
        amount = self.amount.normalize()
        places = max(exponent(self.currency), -amount.as_tuple().exponent)  # type: ignore[operator]
        text = f"{amount:.{places}f} {self.currency}"
        return text if self.per == 1 else f"{text} / {self.per.normalize():f}"


def _places(number: Decimal) -> int:
    """How many decimals it really has. `normalize` would round a very long one first."""
    _, digits, last = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -int(last) - zeros)


def _round(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
