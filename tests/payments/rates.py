"""Rates to exchange by, in the format of the ECB, and companies that exchange."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.ledger.queries import summed
from everfair.markets.actions import set_rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.actions import import_rates, quote_exchange
from everfair.payments.actions.rates import TakenRates
from everfair.payments.fx import sandbox
from everfair.payments.models import FxQuote
from tests import make

_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>{sender}</gesmes:name></gesmes:Sender><Cube>{days}</Cube>
</gesmes:Envelope>"""


def file_of(days: dict[date, dict[str, str]], sender: str = sandbox.SENDER) -> bytes:
    cubes = "".join(
        f"<Cube time='{day}'>" + "".join(f"<Cube currency='{c}' rate='{r}'/>" for c, r in rates.items()) + "</Cube>"
        for day, rates in days.items()
    )
    return _FILE.format(sender=sender, days=cubes).encode()


def today() -> date:
    return clock.now().date()


def publication_day() -> date:
    return sandbox.newest_day(today())


def published(rates: dict[str, str] | None = None, *, days_ago: int = 0) -> TakenRates:
    """Today's rates are here: round ones unless said otherwise."""
    day = publication_day() - timedelta(days=days_ago)
    return import_rates("t.xml", file_of({day: rates or {"USD": "1.2500", "JPY": "160.00", "KWD": "0.4000"}}), by=SYSTEM)


def keeper(*filled: Money) -> Actor:
    """Who keeps the money of a company that has so much."""
    company = make.company()
    for amount in filled:
        make.fill(company.pk, amount)
    return make.actor(company, "owner")


def quoted(by: Actor, give: str = "100.00", currency: str = "USD", into: str = "EUR") -> FxQuote:
    return quote_exchange(new_id(), give=Money.of(give, currency), into=into, by=by)


def position(currency: str) -> int:
    return summed(f"platform:exposure:{currency}").get(f"platform:exposure:{currency}", 0)


def earned(currency: str) -> int:
    return summed(f"platform:spread:{currency}").get(f"platform:spread:{currency}", 0)


def rule_is(name: str, value: str) -> None:
    set_rule(name, DEFAULT_MARKET, Decimal(value), None, "a test", make.operator())
