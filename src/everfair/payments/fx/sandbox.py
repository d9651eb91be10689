"""A central bank that does not exist: it publishes play rates of every TARGET day in the ECB's own format, under its own name.

The same day always has the same rates: each currency swings slowly around a middle that was true once. Demonstrations and
tests read them; a live installation refuses whatever this sender signs.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from xml.sax.saxutils import quoteattr

from everfair.payments.fx.calendar import is_target_day

# The value of the setting that lets it publish here.
SETTING = "sandbox"
SENDER = "Everfair sandbox (play rates)"
# One euro in each, with as many digits as are published.
# fmt: off
_MIDDLE = {
    "USD": "1.0800", "JPY": "165.00", "GBP": "0.85000", "CHF": "0.9500", "CNY": "7.8000", "HKD": "8.4500", "TWD": "34.800",
    "KRW": "1480.00", "INR": "91.0000", "SGD": "1.4400", "AUD": "1.6500", "CAD": "1.4800", "SEK": "11.3000", "NOK": "11.6000",
    "DKK": "7.4600", "PLN": "4.3000", "CZK": "25.100", "HUF": "395.00", "TRY": "36.0000", "BRL": "5.9000", "MXN": "20.1000",
    "ZAR": "19.8000", "THB": "37.200", "IDR": "17200.00", "MYR": "4.8000", "PHP": "62.000", "VND": "27400", "AED": "3.9700",
    "NZD": "1.7900", "ILS": "4.0000",
}
# fmt: on
_WEEKS = 29  # business days of one swing, there and back, of two per cent


def newest_day(today: date) -> date:
    while not is_target_day(today):
        today -= timedelta(days=1)
    return today


def published(days: list[date]) -> bytes:
    """The file of these days, newest first as the original."""
    cubes = "".join(
        f"\n    <Cube time={quoteattr(day.isoformat())}>"
        + "".join(f'\n      <Cube currency="{code}" rate="{_rate(code, day)}"/>' for code in sorted(_MIDDLE))
        + "\n    </Cube>"
        for day in sorted(days, reverse=True)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>{SENDER}</gesmes:name></gesmes:Sender>
  <Cube>{cubes}
  </Cube>
</gesmes:Envelope>
""".encode()


def _rate(code: str, day: date) -> str:
    """A triangle around the middle. Its beginning differs from currency to currency, so that pairs move too."""
    middle = Decimal(_MIDDLE[code])
    place = (day.toordinal() + sum(map(ord, code)) * 7) % (2 * _WEEKS)
    swing = Decimal(abs(place - _WEEKS) * 4 - 2 * _WEEKS) / (100 * _WEEKS)
    return str((middle * (1 + swing)).quantize(middle, rounding=ROUND_HALF_EVEN))
