"""By which days a contract counts: the ones it was signed under."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.deadlines import deadlines_of
from everfair.reference.queries import calendars as library
from everfair.trade.actions import draft_order, place_order
from everfair.trade.models import Calendar, Order
from everfair.trade.queries import calendars
from everfair.trade.queries.calendars import business_end, calendar_clause, due_at
from everfair.trade.queries.words import rules_in_words
from tests import make

pytestmark = pytest.mark.django_db


def ordered(country: str, other: str, zone: str = "UTC") -> Order:
    seller, buyer = make.company(country=country), make.company(country=other)
    make.member(seller, who=make.person(timezone=zone))
    by = make.actor(buyer, who=make.member(buyer, who=make.person(timezone=zone)))
    terms = draft_order([(make.offer(seller).pk, make.Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=by)
    return place_order(terms, by=by)


def test_a_contract_keeps_the_days_off_of_both_countries_and_thousands_share_them():
    first, second, third = ordered("CN", "DE"), ordered("DE", "CN"), ordered("CN", "US")

    assert first.calendar_id == second.calendar_id != third.calendar_id
    assert Calendar.objects.count() == 2
    kept = Calendar.objects.get(pk=first.calendar_id)
    assert kept.countries == ["CN", "DE"]
    assert first.terms["calendar"]["sha256"] == kept.pk
    assert {"2026-12-25", "2027-02-08", "2027-10-01"} <= set(kept.days_off)


def test_the_time_to_sign_passes_over_weekends_and_holidays():
    clock.advance(datetime(2026, 12, 23, 12, tzinfo=UTC) - clock.now())
    order = ordered("CN", "DE", "Europe/Berlin")

    # Thursday 24, then Friday and Saturday off in Germany, Sunday, 28 to 31 work, 1 to 3 January off in both.
    assert deadlines_of([order.pk])[order.pk, "trade.sign"] == datetime(2026, 12, 31, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "zone", "end"),
    [
        (datetime(2028, 2, 24, 9, tzinfo=UTC), "UTC", datetime(2028, 3, 2, 18, tzinfo=UTC)),  # over 29 February, a Tuesday
        (datetime(2027, 3, 22, 9, tzinfo=UTC), "Europe/Berlin", datetime(2027, 3, 31, 16, tzinfo=UTC)),  # Easter, and summer time
        (datetime(2027, 10, 25, 9, tzinfo=UTC), "Europe/Berlin", datetime(2027, 11, 1, 17, tzinfo=UTC)),  # winter time again
        (datetime(2027, 3, 8, 9, tzinfo=UTC), "America/New_York", datetime(2027, 3, 15, 22, tzinfo=UTC)),
    ],
    ids=str,
)
def test_five_business_days_over_leap_days_and_changing_clocks(start, zone, end):
    clause = calendar_clause(["DE"], [zone], start.date(), start.date()).document
    Calendar.objects.get_or_create(
        sha256=clause["sha256"],
        defaults={"countries": ["DE"], "days_off": list(calendar_clause(["DE"], [zone], start.date(), start.date()).days_off)},
    )

    assert business_end(clause, start, 5) == end


def test_of_two_zones_the_later_end_of_the_day_counts():
    order = ordered("US", "CN", "UTC")
    clause = order.terms["calendar"] | {"zones": ["Asia/Shanghai", "America/Los_Angeles"]}

    end = business_end(clause, datetime(2027, 6, 7, 9, tzinfo=UTC), 1)

    assert end == datetime(2027, 6, 9, 1, tzinfo=UTC) or end == datetime(2027, 6, 11, 1, tzinfo=UTC)
    assert end.hour == 1  # 18:00 in Los Angeles


def test_what_the_library_says_later_does_not_touch_a_signed_contract(monkeypatch):
    order = ordered("CN", "DE")
    before = due_at(order, "trade.pay_days", clock.now())

    calendars._days_off.cache_clear()
    monkeypatch.setattr(library, "_days_off", lambda country, year: frozenset())  # a newer release: no day is off

    assert due_at(order, "trade.pay_days", clock.now()) == before


def test_a_contract_that_outlives_its_calendar_goes_on_by_the_calendar_of_the_day():
    order = ordered("CN", "DE")

    late = due_at(order, "trade.pay_days", datetime(2031, 1, 6, 9, tzinfo=UTC))  # a Monday, years after its last stored day

    assert late == datetime(2031, 1, 13, 18, tzinfo=UTC)


def test_an_older_contract_counts_every_day():
    order = ordered("CN", "DE")
    del order.terms["calendar"]
    start = datetime(2026, 12, 23, 12, tzinfo=UTC)

    assert due_at(order, "trade.pay_days", start) == start + timedelta(days=5)
    assert ("To sign", "5 days, then the order closes") in rules_in_words(order.rules, order.terms.get("calendar"))


def test_the_contract_says_that_it_counts_business_days_and_whose():
    order = ordered("CN", "DE", "Asia/Shanghai")

    said = dict(rules_in_words(order.rules, order.terms["calendar"]))

    assert said["To sign"] == "5 business days, then the order closes"
    assert "China" in said["Business days"]
    assert "Germany" in said["Business days"]
    assert "18:00 (Asia/Shanghai;" in said["Business days"]
    assert order.terms["calendar"]["sha256"][:12] in said["Business days"]


def test_transport_counts_every_day():
    order = make.trade("shipped").order

    assert deadlines_of([order.pk])[order.pk, "trade.receive"] - clock.now() > timedelta(days=45) - timedelta(minutes=1)
    assert "trade.receive_days_sea" not in order.terms["calendar"]["counts"]


def test_a_stored_calendar_never_changes():
    order = ordered("CN", "DE")

    with pytest.raises(DatabaseError), transaction.atomic():
        Calendar.objects.filter(pk=order.calendar_id).update(days_off=[])
    with pytest.raises(DatabaseError), transaction.atomic():
        Calendar.objects.filter(pk=order.calendar_id).delete()


def test_a_calendar_reaches_as_far_as_its_contract_can_run():
    clause = calendar_clause(["CN"], [], date(2026, 11, 22), date(2027, 11, 20))

    assert (clause.days_off[0] <= "2026-01-01", clause.days_off[-1] >= "2028-12-31", clause.zones) == (True, True, ("UTC",))
