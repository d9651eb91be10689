"""Never a stale rate: what a weekend, a holiday and a missed publication do to the newest one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.payments.actions import hold_rate, import_rates
from everfair.payments.fx import sandbox
from everfair.payments.models import FxLock, FxQuote
from everfair.payments.queries.fx import newest_rates
from everfair.payments.queries.fx_locks import offered_rate, pay_in_choices
from everfair.trade.actions import draft_order
from tests import make
from tests.payments.rates import file_of, keeper, quoted, rule_is

pytestmark = pytest.mark.django_db


def it_is(day: date, hour: int = 12) -> None:
    clock.advance(datetime.combine(day, time(hour), UTC) - clock.now())


@pytest.mark.parametrize(
    ("published_on", "asked_on", "stale"),
    [
        (date(2026, 12, 4), date(2026, 12, 5), False),  # Friday, asked on Saturday
        (date(2026, 12, 4), date(2026, 12, 6), False),  # on Sunday
        (date(2026, 12, 4), date(2026, 12, 7), False),  # on Monday, before that day's own comes
        (date(2026, 12, 4), date(2026, 12, 8), True),  # on Tuesday Monday's is missing
        (date(2026, 12, 24), date(2026, 12, 27), False),  # over Christmas: two days off and a Sunday
        (date(2026, 12, 24), date(2026, 12, 28), False),
        (date(2026, 12, 24), date(2026, 12, 29), True),
        (date(2026, 12, 31), date(2027, 1, 1), False),  # New Year, then a weekend
        (date(2026, 12, 31), date(2027, 1, 4), False),
        (date(2026, 12, 31), date(2027, 1, 5), True),
        (date(2027, 3, 25), date(2027, 3, 30), False),  # from Maundy Thursday over Good Friday and Easter Monday
        (date(2027, 3, 25), date(2027, 3, 31), True),
        (date(2027, 4, 30), date(2027, 5, 3), False),  # Labour Day on a Saturday
        (date(2027, 4, 30), date(2027, 5, 4), True),
    ],
)
def test_days_off_make_nothing_stale_and_a_missed_publication_does(published_on, asked_on, stale):
    it_is(published_on, 16)
    import_rates("t.xml", file_of({published_on: {"USD": "1.2500"}}), by=SYSTEM)
    it_is(asked_on)
    by = keeper(Money.of("1000.00", "USD"))

    rates = newest_rates()
    assert rates is not None
    assert rates.stale is stale
    if stale:
        with pytest.raises(Refused, match="fx_stale"):
            quoted(by)
        with pytest.raises(Refused, match="fx_stale"):
            offered_rate("USD", "EUR")
        assert pay_in_choices() == []
        assert not FxQuote.objects.exists()
    else:
        assert quoted(by).rated_on == offered_rate("USD", "EUR").rated_on == published_on
        assert pay_in_choices() == ["EUR", "USD"]


def test_the_last_minute_of_the_last_day_is_fresh_and_the_next_is_not():
    it_is(date(2026, 12, 4), 16)
    import_rates("t.xml", file_of({date(2026, 12, 4): {"USD": "1.2500"}}), by=SYSTEM)
    by = keeper(Money.of("1000.00", "USD"))
    clock.advance(datetime(2026, 12, 7, 23, 59, tzinfo=UTC) - clock.now())
    assert quoted(by).rated_on == date(2026, 12, 4)
    clock.advance(datetime(2026, 12, 8, 0, 0, 1, tzinfo=UTC) - clock.now())
    with pytest.raises(Refused, match="fx_stale"):
        quoted(by)


def test_how_old_a_rate_may_be_is_a_rule():
    it_is(date(2026, 12, 4), 16)
    import_rates("t.xml", file_of({date(2026, 12, 4): {"USD": "1.2500"}}), by=SYSTEM)
    by = keeper(Money.of("1000.00", "USD"))
    it_is(date(2026, 12, 8))
    rule_is("payments.fx_rate_days", "2")
    assert quoted(by).rated_on == date(2026, 12, 4)
    rule_is("payments.fx_rate_days", "0")
    with pytest.raises(Refused, match="fx_stale"):
        quoted(by)


def test_a_publication_of_an_earlier_day_refreshes_nothing():
    it_is(date(2026, 12, 8))
    import_rates("t.xml", file_of({date(2026, 12, 4): {"USD": "1.2500"}, date(2026, 12, 3): {"USD": "1.2400"}}), by=SYSTEM)
    with pytest.raises(Refused, match="fx_stale"):
        quoted(keeper(Money.of("1000.00", "USD")))


def test_terms_drafted_on_fresh_rates_are_not_signed_on_stale_ones():
    it_is(date(2026, 12, 7), 23)
    import_rates("t.xml", sandbox.published([date(2026, 12, 4)]), by=SYSTEM)
    seller, buyer = make.company(), make.company()
    by = make.actor(buyer, "owner")
    terms = draft_order([(make.offer(seller).pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", pay_in="EUR", by=by)
    held = offered_rate("USD", "EUR")
    clock.advance(timedelta(hours=2))
    with pytest.raises(Refused, match="fx_stale"):
        hold_rate(buyer.pk, [(new_id(), stage.amount) for stage in terms.stages], held, by=by)
    assert not FxLock.objects.exists()
