"""Amounts as Stripe counts them. Source: docs.stripe.com/currencies (zero-decimal, three-decimal, special cases, maximum)."""

from everfair.base.money import Money, exponent

# The amount is in whole units.
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)  # fmt: skip
# They have no decimals any more, and are still written with two, which are always 00. (UGX stands in Stripe's list of whole ones too;
# the special case holds.)
WHOLE_AS_CENTS = frozenset(["ISK", "UGX"])
# Three decimals, the last of which is 0.
THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
LARGEST = 99_999_999
_LARGEST_OF = {"IDR": 999_999_999_999}


class NotChargeable(ValueError):
    """Stripe has no way to write this amount."""


def _decimals(currency: str) -> int:
    if currency in WHOLE:
        return 0
    decimals = 3 if currency in THOUSANDTHS else 2
    if exponent(currency) != decimals and currency not in WHOLE_AS_CENTS:
        raise NotChargeable(f"Stripe does not count {currency} as we do")
    return decimals


def to_stripe(amount: Money) -> int:
    """What stands in `amount` of a request. NotChargeable for what Stripe cannot write exactly, for nothing and for too much."""
    units = amount.amount.scaleb(_decimals(amount.currency))
    if units != int(units):
        raise NotChargeable(f"{amount.currency} has no decimals at Stripe")
    if amount.currency in THOUSANDTHS and int(units) % 10:
        raise NotChargeable(f"the last decimal of {amount.currency} is 0 at Stripe")
    if not 0 < units <= _LARGEST_OF.get(amount.currency, LARGEST):
        raise NotChargeable("Stripe takes no such amount at once")
    return int(units)


def from_stripe(units: object, currency: object) -> Money:
    """The same backwards, for whatever stands in an answer or an event. ValueError for what is no whole amount of ours."""
    if type(units) is not int or not isinstance(currency, str):  # bool is an int in Python; not here
        raise ValueError("not an amount of Stripe's")
    code = currency.upper()
    shift = exponent(code) - _decimals(code)
    minor, rest = (units * 10**shift, 0) if shift >= 0 else divmod(units, 10**-shift)
    if rest:
        raise ValueError(f"{code} has no such fraction")
    return Money(minor, code)
