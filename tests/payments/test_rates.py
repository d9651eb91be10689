"""Exchange rates into our tables: once, whole files, nothing that is absurd, and play rates never where money is real."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from everfair.base.actor import SYSTEM
from everfair.base.refused import Refused
from everfair.payments.actions import fetch_rates, import_rates
from everfair.payments.actions.rates import fetch_rates_or_say
from everfair.payments.fx import ecb, sandbox
from everfair.payments.fx.ecb import SENDER
from everfair.payments.models import Rate, RateFile
from everfair.payments.queries.fx import newest_on, newest_rates
from tests import make
from tests.payments.rates import file_of, publication_day, published, today

pytestmark = pytest.mark.django_db


def refused(body: bytes, **how: bool) -> str:
    before = Rate.objects.count(), RateFile.objects.count()
    with pytest.raises(Refused) as no:
        import_rates("x.xml", body, by=SYSTEM, **how)
    assert (no.value.code, no.value.status, no.value.field) == ("payments.rates_unreadable", 422, "file")
    assert (Rate.objects.count(), RateFile.objects.count()) == before
    return str(no.value.message)


def test_rates_are_kept_with_their_day_their_source_and_who_brought_them():
    done = import_rates("eurofxref.xml", file_of({publication_day(): {"USD": "1.0850", "JPY": "164.2"}}), by=make.staff())

    file = RateFile.objects.get()
    assert (done.new, done.known, done.source) == (2, 0, "sandbox")
    assert (file.name, file.source, file.first_on, file.by[:9]) == ("eurofxref.xml", "sandbox", publication_day(), "operator:")
    rates = newest_rates()
    assert rates is not None
    assert not rates.stale
    assert rates.rates == {"EUR": 1, "USD": Decimal("1.0850"), "JPY": Decimal("164.2")}


def test_the_same_file_again_writes_nothing_and_another_value_is_refused():
    published()

    again = published()

    assert (again.new, again.known, RateFile.objects.count()) == (0, 3, 1)
    assert "USD on" in refused(file_of({publication_day(): {"USD": "1.2501"}}))


def test_a_day_that_has_not_come_is_refused_and_nobody_but_the_cashier_brings_rates():
    assert "has not come yet" in refused(file_of({today() + timedelta(days=1): {"USD": "1.25"}}))
    company = make.company()
    with pytest.raises(Refused, match="not_your_move"):
        import_rates("x", file_of({today(): {"USD": "1.25"}}), by=make.actor(company, "owner"))


def test_a_rate_that_jumps_is_refused_until_a_person_has_looked():
    published({"USD": "1.2500", "JPY": "160"}, days_ago=1)
    body = file_of({publication_day(): {"USD": "1.2600", "JPY": "180"}})

    assert "JPY went from 160" in refused(body)
    assert import_rates("x.xml", body, by=SYSTEM, allow_jumps=True).new == 2
    assert RateFile.objects.filter(jumps_allowed=True).count() == 1


def test_a_rate_written_the_wrong_way_round_is_refused_though_it_is_near():
    published({"USD": "1.0300"}, days_ago=1)
    assert "USD went from" in refused(file_of({publication_day(): {"USD": "0.9709"}}))


def test_a_jump_inside_a_file_and_against_a_later_publication_is_seen_too():
    day = publication_day()
    assert "went from" in refused(file_of({day: {"USD": "1.25"}, day - timedelta(days=1): {"USD": "0.80"}}))
    published({"USD": "1.2500"})
    assert "went from" in refused(file_of({day - timedelta(days=3): {"USD": "2.5"}}))
    assert import_rates("x", file_of({day - timedelta(days=3): {"USD": "1.24"}}), by=SYSTEM).new == 1
    assert newest_on() == day


def test_after_a_long_silence_only_what_is_absurd_is_refused():
    published({"USD": "1.25"}, days_ago=400)
    assert "went from" in refused(file_of({publication_day(): {"USD": "125"}}))
    assert published({"USD": "1.75"}).new == 1


def test_a_publisher_nobody_knows_is_refused_and_play_rates_are_where_money_is_real(settings):
    assert "Bank of Nowhere" in refused(file_of({publication_day(): {"USD": "1.25"}}, "Bank of Nowhere"))
    settings.KIND = "live"
    assert "are not taken here" in refused(sandbox.published([publication_day()]))
    assert import_rates("x", file_of({publication_day(): {"USD": "1.25"}}, SENDER), by=SYSTEM).source == "ecb"


def test_the_sample_that_ships_is_taken_as_play_rates():
    sample = Path(ecb.__file__).parent / "sample" / "eurofxref-daily.xml"
    done = import_rates(sample.name, sample.read_bytes(), by=SYSTEM)
    assert (done.source, done.new, done.last_on) == ("sandbox", 30, date(2026, 11, 20))


def test_the_sandbox_is_fetched_once_a_day_and_says_so():
    assert fetch_rates() == 30
    assert fetch_rates() == 0
    assert set(Rate.objects.values_list("source", flat=True)) == {"sandbox"}
    assert newest_on() == publication_day()


def test_an_address_that_does_not_answer_changes_nothing(settings):
    settings.FX_ADDRESS = "http://127.0.0.1:9/eurofxref-daily.xml"
    assert fetch_rates_or_say() == 0
    settings.FX_ADDRESS = ""
    assert fetch_rates_or_say() == 0
    assert not RateFile.objects.exists()


def test_what_was_published_stays_in_the_database():
    published()
    for change in (lambda: Rate.objects.update(rate=2), lambda: Rate.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Rate.objects.filter(currency="USD", rate="1.25").count() == 1
