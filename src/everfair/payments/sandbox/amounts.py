"""Currencies the sandbox takes, what it charges, and how it writes an amount."""

from dataclasses import dataclass

from everfair.base.money import MAX_MINOR, exponent

_TAKEN = """
    AED AUD BRL CAD CHF CLP CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KES KRW KWD MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN
    RON SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR
"""
CURRENCIES = frozenset(_TAKEN.split())
AMOUNT_MIN, AMOUNT_MAX = 1, MAX_MINOR


@dataclass(frozen=True)
class Fee:
    rate_bps: int  # hundredths of a per cent
    fixed_hundredths: int  # hundredths of one main unit, in every currency


FEES = {
    "checkout": Fee(rate_bps=140, fixed_hundredths=25),
    "refund": Fee(0, 0),
    "payout": Fee(0, 0),
    "chargeback": Fee(0, 1500),
    "chargeback_returned": Fee(0, 0),
}


def fee_minor(kind: str, amount_minor: int, currency: str) -> int:
    """The provider's fee, each part rounded half up to the minor unit, never more than the amount."""
    fee = FEES[kind]
    share = (amount_minor * fee.rate_bps + 5_000) // 10_000
    fixed: int = (fee.fixed_hundredths * 10 ** exponent(currency) + 50) // 100
    return min(share + fixed, amount_minor)


def written(amount_minor: int, currency: str) -> str:
    """`USD 1,234.50`, `JPY 1,234`, `KWD 1.234`: with exactly the currency's decimals."""
    places = exponent(currency)
    whole, rest = divmod(abs(amount_minor), 10**places)
    sign = "−" if amount_minor < 0 else ""
    return f"{sign}{currency} {whole:,}" + (f".{rest:0{places}d}" if places else "")
