"""The central bank's files: what they say is read exactly, and anything else is refused with the whole file."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import gettext, override

from everfair.payments.fx import sandbox
from everfair.payments.fx.calendar import is_target_day, target_days_since
from everfair.payments.fx.ecb import LARGEST, SENDER, read_rates
from everfair.payments.statements.read import Unreadable
from tests.payments.rates import file_of

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def zipped(*files: tuple[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return body.getvalue()


def test_a_file_in_xml_names_its_sender_and_every_day():
    body = file_of({MONDAY: {"USD": "1.0850", "JPY": "164.20"}, FRIDAY: {"USD": "1.0812"}}, SENDER)

    found = read_rates(body)

    assert found.sender == "European Central Bank"
    assert found.days == {
        MONDAY: {"USD": Decimal("1.0850"), "JPY": Decimal("164.20")},
        FRIDAY: {"USD": Decimal("1.0812")},
    }


def test_the_table_of_one_day_and_that_of_the_history_are_read_packed_or_not():
    daily = b"Date, USD, JPY, BGN, \n20 November 2026, 1.0850, 164.20, 1.9558, \n"
    history = b"Date,USD,JPY,CYP,\n2026-11-20,1.0850,164.20,N/A,\n2026-11-19,1.0801,N/A,N/A,\n"
    one = {FRIDAY: {"USD": Decimal("1.0850"), "JPY": Decimal("164.20")}}

    assert read_rates(daily).days == one == read_rates(zipped(("eurofxref.csv", daily))).days
    assert read_rates(zipped(("eurofxref-hist.csv", history))).days == {**one, date(2026, 11, 19): {"USD": Decimal("1.0801")}}


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        ("0", "not above zero"), ("0.0000", "not above zero"), ("-1.08", "no rate of USD"), ("1,08", "no rate of USD"), ("NaN", "no rate"),
        ("1e3", "no rate"), ("Infinity", "no rate"), ("", "no rate"), (" 1.08", "no rate"), ("１.08", "no rate"), ("1.123456789", "no rate"),
    ],
)  # fmt: skip
def test_what_is_no_rate_is_refused(rate, reason):
    with pytest.raises(Unreadable, match=reason):
        read_rates(file_of({FRIDAY: {"JPY": "164.2", "USD": rate}}))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no table"),
        (b"\xff\xfe\x00", "not text"),
        (b"Date, USD\n", "no table"),
        (b"Date,USD,USD\n2026-11-20,1.08,1.08\n", "twice"),
        (b"Date,USD\n2026-11-20,1.08\n2026-11-20,1.08\n", "2026-11-20 twice"),
        (b"Date,USD,JPY\n2026-11-20,1.08\n", "number of columns"),
        (b"Date,USD\n2026-11-20,1.08,7\n", "number of columns"),
        (b"Date,USD\n2026-02-30,1.08\n", "no day"),
        (b"Date,USD\n20/11/2026,1.08\n", "no day"),
        (b"Date,USD\n2026-11-20,N/A\n", "no rate on 2026-11-20"),
        (b"Date,EUR\n2026-11-20,1.0\n", "no rate here"),
        (b"Date,XXZ\n2026-11-20,1.0\n", "no rate here"),
        (file_of({}), "no sender or holds no rates"),
        (file_of({FRIDAY: {}}), "no rate on"),
        (file_of({FRIDAY: {"USD": "1.08"}}, ""), "no sender"),
        (file_of({FRIDAY: {"USD": "1.08"}}).replace(b"'2026-11-20'", b"'2026-11-2'"), "no day"),
        (file_of({FRIDAY: {"USD": "1.08"}}).replace(b"currency=", b"money="), "no rate here"),
        (file_of({FRIDAY: {"USD": "1.08"}}).replace(b"gesmes:Envelope", b"gesmes:Letter"), "no envelope"),
        (file_of({FRIDAY: {"USD": "1.08"}}).replace(b"<Cube currency", b"<Kube currency"), "does not belong"),
        (b"<a>", "not well-formed"),
        (b"PK\x03\x04broken", "not a zip file"),
        (zipped(("a.csv", b"x"), ("b.csv", b"y")), "anything but one"),
        (b" " * (LARGEST + 1), "larger than 10 MB"),
        (zipped(("a.csv", b"\n" * (LARGEST + 1))), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_anything_else_is_refused_whole(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read_rates(body)


def test_hostile_xml_is_not_even_opened():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(Unreadable, match="document type"):
        read_rates(bomb)


def test_a_currency_twice_on_a_day_is_refused():
    body = file_of({FRIDAY: {"USD": "1.08"}}).replace(b"<Cube currency", b"<Cube currency='USD' rate='1.08'/><Cube currency", 1)
    with pytest.raises(Unreadable, match="USD twice"):
        read_rates(body)


def test_the_sandbox_publishes_what_the_reader_reads_and_always_the_same():
    days = [FRIDAY, MONDAY]
    found = read_rates(sandbox.published(days))

    assert found.sender == "Everfair sandbox (play rates)"
    assert sorted(found.days) == days
    assert len(found.days[MONDAY]) == 30
    assert read_rates(sandbox.published([MONDAY])).days[MONDAY] == found.days[MONDAY]
    assert all(abs(found.days[MONDAY][c] / found.days[FRIDAY][c] - 1) < Decimal("0.01") for c in found.days[MONDAY])


def test_the_calendar_knows_weekends_and_the_days_off_of_the_central_bank():
    assert [is_target_day(date(2026, 4, day)) for day in (2, 3, 4, 5, 6, 7)] == [True, False, False, False, False, True]
    assert not is_target_day(date(2026, 12, 25))
    assert target_days_since(FRIDAY, FRIDAY) == 0
    assert target_days_since(FRIDAY, date(2026, 11, 22)) == 0  # a Sunday
    assert target_days_since(FRIDAY, MONDAY) == 1
    assert target_days_since(FRIDAY, date(2026, 11, 24)) == 2
    assert target_days_since(date(1999, 1, 4), MONDAY) == 60


def test_why_a_file_is_refused_is_told_in_the_readers_language():
    with pytest.raises(Unreadable) as no:
        read_rates(b"Date,USD\n2026-11-20,1,08\n".replace(b"1,08", b"x"))
    told = set()
    for language in ("en", "zh-hant", "zh-hans"):
        with override(language):
            told.add(gettext(no.value.sentence) % no.value.values)
    assert len(told) == 3
    assert all("USD" in text and "2026-11-20" in text for text in told)
