"""Business days against what governments proclaimed, and what holds for every calendar."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.reference.queries import (
    add_business_days,
    business_days_between,
    end_of_business,
    frozen_days_off,
    holiday_name,
    is_business_day,
)

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
COUNTRIES = st.sampled_from([("CN",), ("DE",), ("AE",), ("SA",), ("US", "VN"), ("CN", "HK", "GB"), ("XX",)])


def span(first: str, last: str | None = None) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return [start + timedelta(days=away) for away in range((end - start).days + 1)]


def working(country: str, first: str, last: str | None = None) -> list[bool]:
    return [is_business_day(day, country) for day in span(first, last)]


@pytest.mark.parametrize(
    ("off", "made_up"),
    [
        # General Office of the State Council, notice on the holidays of 2026, of 4 November 2025.
        (("2026-01-01", "2026-01-03"), ["2026-01-04"]),
        (("2026-02-15", "2026-02-23"), ["2026-02-14", "2026-02-28"]),
        (("2026-04-04", "2026-04-06"), []),
        (("2026-05-01", "2026-05-05"), ["2026-05-09"]),
        (("2026-06-19", "2026-06-21"), []),
        (("2026-09-25", "2026-09-27"), []),
        (("2026-10-01", "2026-10-07"), ["2026-09-20", "2026-10-10"]),
    ],
)
def test_china_closes_for_its_holidays_and_works_the_weekends_that_make_up_for_them(off, made_up):
    assert not any(working("CN", *off))
    assert all(is_business_day(date.fromisoformat(day), "CN") for day in made_up)
    assert all(date.fromisoformat(day).weekday() >= 5 for day in made_up)


def test_china_worked_248_days_in_2026():
    assert sum(working("CN", "2026-01-01", "2026-12-31")) == 248


@pytest.mark.parametrize(
    ("country", "weekend"),
    [
        ("CN", "56"), ("DE", "56"), ("AE", "56"), ("HK", "56"), ("SA", "45"), ("IL", "45"), ("EG", "45"), ("BD", "45"),
        ("IR", "4"), ("XX", "56"), ("", "56"), ("CHN", "56"), ("cn", "56"), ("date", "56"),
    ],
)  # fmt: skip
def test_weekends_differ_by_country(country, weekend):
    week = working(country, "2026-11-09", "2026-11-15")  # Monday to Sunday, without holidays anywhere here

    assert "".join(str(day) for day, works in enumerate(week) if not works) == weekend


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("US", "2026-07-03", "Independence Day (observed)"),
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("GB", "2026-04-06", "Easter Monday"),
        ("GB", "2026-08-31", "Late Summer Bank Holiday"),
        ("HK", "2026-04-03", "Good Friday"),
        ("CA", "2026-10-12", "Thanksgiving Day"),
        ("JP", "2026-12-31", "Bank Holiday"),
        ("VN", "2026-09-02", "National Day"),
        ("AE", "2026-12-02", "National Day"),
        ("DE", "2026-10-03", "German Unity Day"),
    ],
)
def test_public_holidays_are_off_and_have_a_name(country, day, name):
    assert not is_business_day(date.fromisoformat(day), country)
    assert holiday_name(date.fromisoformat(day), country, "en") == name


def test_a_holiday_is_named_in_the_readers_language_where_the_library_has_it():
    day = date(2026, 10, 1)

    assert [holiday_name(day, "CN", language) for language in ("en", "zh-hant", "zh-hans", "zh-TW", "fr")] == [
        "National Day", "國慶節", "国庆节", "國慶節", "National Day",
    ]  # fmt: skip
    assert holiday_name(date(2026, 12, 25), "HK", "zh-hant") == "聖誕節"
    assert holiday_name(date(2026, 12, 25), "DE", "zh-hant") == "Christmas Day"


def test_other_days_have_no_name():
    assert holiday_name(date(2026, 11, 14), "CN", "en") == ""  # a Saturday
    assert holiday_name(date(2026, 9, 20), "CN", "en") == ""  # a Sunday at work
    assert holiday_name(date(2026, 12, 25), "XX", "en") == ""


def test_leap_days_are_days():
    assert working("DE", "2028-02-28", "2028-03-01") == [True, True, True]
    assert add_business_days(date(2028, 2, 28), 1, ["DE"]) == date(2028, 2, 29)
    assert add_business_days(date(2027, 2, 26), 1, ["DE"]) == date(2027, 3, 1)
    assert business_days_between(date(2028, 2, 25), date(2028, 3, 1), ["DE"]) == 3


def test_a_day_off_in_any_of_the_countries_does_not_count():
    wednesday = date(2026, 9, 30)

    assert add_business_days(wednesday, 1, ["DE"]) == date(2026, 10, 1)
    assert add_business_days(wednesday, 1, ["CN"]) == date(2026, 10, 8)
    assert add_business_days(wednesday, 1, ["DE", "CN"]) == date(2026, 10, 8)
    assert add_business_days(wednesday, 2, ["CN"]) == date(2026, 10, 9)
    assert add_business_days(wednesday, 3, ["CN"]) == date(2026, 10, 10)  # a Saturday that makes up
    assert add_business_days(wednesday, 3, ["CN", "DE"]) == date(2026, 10, 12)


def test_counting_back_and_by_nothing():
    assert add_business_days(date(2026, 10, 8), -7, ["CN"]) == date(2026, 9, 21)
    assert add_business_days(date(2026, 11, 16), 0, ["DE"]) == date(2026, 11, 16)
    assert add_business_days(date(2026, 11, 14), 0, ["DE"]) == date(2026, 11, 16)
    assert add_business_days(date(2026, 11, 14), 1, ["DE"]) == date(2026, 11, 16)
    assert business_days_between(date(2026, 11, 16), date(2026, 11, 16), ["DE"]) == 0


@given(DAYS, st.integers(-30, 30), COUNTRIES)
def test_adding_and_counting_undo_each_other(day, n, countries):
    there = add_business_days(day, n, countries)

    assert all(is_business_day(there, country) for country in countries)
    assert business_days_between(day, there, countries) == n or n == 0
    assert (there > day) == (n > 0) or n == 0


@given(DAYS, st.integers(1, 20), st.integers(1, 20), COUNTRIES)
def test_two_periods_one_after_the_other_are_one_long_period(day, n, more, countries):
    assert add_business_days(add_business_days(day, n, countries), more, countries) == add_business_days(day, n + more, countries)


@given(DAYS, st.integers(1, 20), COUNTRIES, COUNTRIES)
def test_more_countries_never_end_a_period_earlier(day, n, some, others):
    both = add_business_days(day, n, (*some, *others))

    assert both >= max(add_business_days(day, n, some), add_business_days(day, n, others))


@given(DAYS, st.integers(0, 30), COUNTRIES)
def test_a_frozen_calendar_counts_like_the_living_one(day, n, countries):
    frozen = frozen_days_off(countries, day, day + timedelta(days=120))

    assert add_business_days(day, n, days_off=frozen) == add_business_days(day, n, countries)
    assert frozen == sorted(set(frozen))
    assert not any(all(is_business_day(off, country) for country in countries) for off in frozen)


def test_a_contract_keeps_the_days_it_was_signed_under():
    frozen = frozen_days_off(["DE"], date(2026, 11, 2), date(2026, 12, 31))
    stored = [date.fromisoformat(day) for day in json.loads(json.dumps([day.isoformat() for day in frozen]))]

    proclaimed = [*stored, date(2026, 11, 18)]  # a holiday that came after the signature

    assert add_business_days(date(2026, 11, 17), 1, days_off=stored) == date(2026, 11, 18)
    assert add_business_days(date(2026, 11, 17), 1, days_off=proclaimed) == date(2026, 11, 19)
    assert (stored[0], stored[-1]) == (date(2026, 11, 1), date(2027, 1, 1))
    assert date(2026, 12, 25) in stored


def test_counting_past_a_frozen_calendar_is_refused():
    frozen = frozen_days_off(["DE"], date(2026, 11, 2), date(2026, 11, 13))

    assert (frozen[0], frozen[-1]) == (date(2026, 11, 1), date(2026, 11, 14))
    assert add_business_days(date(2026, 11, 2), 9, days_off=frozen) == date(2026, 11, 13)
    assert business_days_between(date(2026, 11, 2), date(2026, 11, 14), days_off=frozen) == 9
    for n in (10, -1):
        with pytest.raises(ValueError, match="covers 2026-11-01 to 2026-11-14"):
            add_business_days(date(2026, 11, 2), n, days_off=frozen)
    with pytest.raises(ValueError, match="covers 2026-11-01 to 2026-11-14"):
        business_days_between(date(2026, 11, 2), date(2026, 11, 16), days_off=frozen)


@pytest.mark.parametrize(("country", "year"), [("CN", 1949), ("CN", 2101), ("DE", 2101), ("SS", 2010)])
def test_a_year_that_the_library_does_not_cover_is_refused(country, year):
    with pytest.raises(ValueError, match=rf"no calendar of {country} for {year}, only for \d{{4}} to 2100"):
        is_business_day(date(year, 6, 1), country)
    with pytest.raises(ValueError, match="no calendar"):
        holiday_name(date(year, 6, 1), country, "en")


def test_a_count_that_leaves_the_library_is_refused():
    with pytest.raises(ValueError, match="no calendar of DE for 2101"):
        add_business_days(date(2100, 12, 30), 5, ["DE"])


def test_an_unknown_country_works_monday_to_friday_in_every_year():
    assert working("XX", "2100-12-31", "2101-01-03") == [True, False, False, True]
    assert add_business_days(date(2026, 12, 24), 1, ["XX"]) == date(2026, 12, 25)


def test_what_is_neither_one_calendar_nor_the_other_is_refused():
    day = date(2026, 11, 16)
    for countries, days_off in (((), None), (["DE"], [day]), ((), [])):
        with pytest.raises(ValueError):
            add_business_days(day, 1, countries, days_off=days_off)
    with pytest.raises(TypeError, match="one by one"):
        add_business_days(day, 1, "DE")
    with pytest.raises(TypeError, match="a moment is not a day"):
        is_business_day(datetime(2026, 11, 16, tzinfo=UTC), "DE")
    with pytest.raises(ValueError, match="before it starts"):
        frozen_days_off(["DE"], day, day - timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "zone", "closes", "moment"),
    [
        ("2026-11-20", "Asia/Shanghai", time(18), "2026-11-20T10:00"),
        ("2026-07-20", "Europe/Berlin", time(18), "2026-07-20T16:00"),
        ("2026-11-20", "Europe/Berlin", time(17, 30), "2026-11-20T16:30"),
        ("2028-02-29", "America/Los_Angeles", time(18), "2028-03-01T02:00"),
        ("2026-03-29", "Europe/Berlin", time(2, 30), "2026-03-29T01:30"),  # a time that never comes: 03:30
        ("2026-10-25", "Europe/Berlin", time(2, 30), "2026-10-25T01:30"),  # a time that comes twice: the second
    ],
)
def test_offices_close_by_their_own_clock(day, zone, closes, moment):
    assert end_of_business(date.fromisoformat(day), zone, closes) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America", "../etc/passwd", "Asia/Shanghai\0"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(ValueError, match="not a time zone"):
        end_of_business(date(2026, 11, 20), zone)


def test_names_do_not_follow_the_servers_environment():
    code = "from datetime import date\nfrom everfair.reference.queries import holiday_name\nprint(holiday_name(date(2026, 1, 1), 'VN', 'en'))"
    source = str(Path(__file__).resolve().parents[3] / "src")
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": source, "LANGUAGE": "th"}
    )

    assert said.stdout.strip() == "New Year's Day"


def test_the_library_is_loaded_only_when_a_living_calendar_is_asked_for():
    code = """
import sys
from datetime import date
from everfair.reference.queries import add_business_days, is_business_day
add_business_days(date(2026, 11, 16), 1, days_off=[date(2026, 11, 15), date(2026, 11, 21)])
print('holidays' in sys.modules, 'dateutil' in sys.modules)
is_business_day(date(2026, 11, 16), 'DE')
print('holidays' in sys.modules)
"""
    source = str(Path(__file__).resolve().parents[3] / "src")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": source})

    assert said.stdout.split() == ["False", "False", "True"]
