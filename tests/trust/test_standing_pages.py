"""How a company stands, as buyers, the company, the operator and programs meet it; and how it is kept from day to day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import Refused
from everfair.events.trust import StandingChanged, StandingsCounted
from everfair.markets.actions import set_rule
from everfair.site.front.tags import dropped_by
from everfair.trust.actions import ask_for_counting, count_standings, refresh_standing
from everfair.trust.jobs import count_standings_of_the_day
from everfair.trust.models import Standing
from everfair.trust.queries import latest_standing
from tests import make
from tests.companies.signing_in import browser
from tests.trade.programs import program
from tests.trust.standing import Trade, answer, question
from tests.trust.test_pages import put, queries_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Any:
    return make.company(name="Shaoxing Cloth")


@pytest.fixture
def buyer() -> Any:
    return make.company(name="Hamburg Import", is_seller=False)


def traded(buyer: Any, seller: Any, good: int, late: int = 0) -> None:
    for n in range(good + late):
        Trade(buyer.pk, seller.pk).paid().shipped(late_days=0 if n < good else 4).completed()


def passport(of: Any, language: str = "en") -> Any:
    return Client().get(f"/{language}/export/suppliers/{of.number}/")


def day_before(days: int) -> None:
    """What is kept of today was kept so many days ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trust_standing SET day = day - %s, made_at = made_at - make_interval(days => %s)", [days, days])


def test_a_supplier_without_orders_is_new_here(seller):
    assert "New here" in text_of(passport(seller))

    Trade(seller.pk, seller.pk).completed()
    count_standings("export")
    shown = text_of(passport(seller))
    assert "New here: 1 order has been shipped or has ended, and stars begin with 5." in shown


def test_the_passport_says_what_every_point_is_made_of(buyer, seller):
    traded(buyer, seller, 41, 7)
    traded(buyer, make.company(), 50)
    count_standings("export")

    shown = text_of(passport(seller))
    row = Standing.objects.get(company=seller)
    assert f"{row.stars} stars of 5" in shown
    assert "The lowest of the four decides: Delivery" in shown
    # 91 of 98 in the market, drawn to 85 of 100: 99.5 / 108
    assert "41 of 48 orders shipped on time in 90 days; small numbers are drawn to the market's average of 92." in shown
    assert "Nobody can pay for it" in shown
    assert queries_of(Client(), f"/en/export/suppliers/{seller.number}/") <= 12


def test_it_speaks_the_readers_language(buyer, seller):
    traded(buyer, seller, 6)
    count_standings("export")

    assert "90 天內 6 筆訂單中 6 筆準時出貨" in text_of(passport(seller, "zh-hant"))
    assert "90 天内 6 笔订单中 6 笔准时发货" in text_of(passport(seller, "zh-hans"))


def test_a_company_reads_what_would_raise_its_lowest_pillar(buyer, seller):
    traded(buyer, seller, 6, 9)
    answer(question(buyer.pk, seller.pk), seller.pk)
    count_standings("export")
    who = browser(make.member(seller, "owner"))

    shown = text_of(who.get("/en/standing/"))
    assert "The lowest of the four decides: Delivery" in shown
    # (6 + 10·(6 + 8.5)/25) / 25 = 0.472 → 52 points; 0.8·x + 15 = 60 asks for 56.25 of 100
    assert "6 more orders shipped by their day would bring Delivery to 60 points: 1 star." in shown
    assert "Order shipped 4 days late" in shown
    assert "EF-7" in shown
    assert queries_of(who, "/en/standing/") <= 18


def test_a_company_may_have_it_counted_and_not_all_the_time(buyer, seller):
    who = browser(make.member(seller, "owner"))
    assert "Nothing to count yet" in text_of(who.get("/en/standing/"))
    traded(buyer, seller, 5)

    put(who, "/en/standing/count/", market="export")
    assert Standing.objects.get().stars is not None
    traded(buyer, seller, 0, 5)
    before = Standing.objects.get().delivery
    put(who, "/en/standing/count/", market="export")
    assert "counted a short while ago" in text_of(who.get("/en/standing/"))
    assert Standing.objects.get().delivery == before

    Standing.objects.update(made_at=now() - timedelta(hours=7))
    put(who, "/en/standing/count/", market="export")
    assert Standing.objects.get().delivery < before


def test_each_day_is_kept_for_a_year_and_counted_once(buyer, seller):
    traded(buyer, seller, 6)
    assert count_standings_of_the_day() == 1
    assert count_standings_of_the_day() == 0
    day_before(366)
    assert count_standings_of_the_day() == 1
    assert Standing.objects.count() == 1, "what is older than a year is forgotten"

    day_before(8)
    traded(buyer, seller, 0, 6)
    refresh_standing(seller.pk, "export")
    assert count_standings_of_the_day() == 1, "one that was counted by itself does not stand for the night"
    assert Standing.objects.count() == 2
    shown = passport(seller).content.decode()
    assert "How it went" in shown
    assert "<svg" in shown


def test_a_new_day_that_reads_as_before_tells_nobody(buyer, seller):
    traded(buyer, seller, 6)
    count_standings("export")
    count_standings("export")
    told = list(Event.objects.filter(name="StandingsCounted").order_by("seq").values_list("body__changed", flat=True))
    assert told == [1, 0]

    refresh_standing(seller.pk, "export")
    assert not Event.objects.filter(name="StandingChanged").exists()
    traded(buyer, seller, 0, 6)
    refresh_standing(seller.pk, "export")
    assert Event.objects.filter(name="StandingChanged", subject=seller.pk).count() == 1


def test_a_passport_is_made_anew_when_the_standing_changed():
    company = new_id()
    assert dropped_by(StandingChanged(company, "export")) == {f"company:{company}"}
    assert dropped_by(StandingsCounted(new_id(), "export", 3)) == {"standings"}
    assert dropped_by(StandingsCounted(new_id(), "export", 0)) == set()


def test_rules_of_the_market_decide_where_stars_begin(buyer, seller):
    traded(buyer, seller, 3)
    count_standings("export")
    assert latest_standing(seller.pk, "export").stars is None

    staff = make.staff()
    set_rule("trust.least_orders", "export", Decimal(3), None, "A young market.", staff)
    set_rule("trust.star_5", "export", Decimal(100), None, "Nobody yet.", staff)
    count_standings("export")

    assert latest_standing(seller.pk, "export").stars in (3, 4)


def test_programs_read_the_same(buyer, seller):
    traded(buyer, seller, 6)
    count_standings("export")

    found = Client().get(f"/api/v1/companies/{seller.number}/standing").json()
    row = Standing.objects.get()
    assert (found["stars"], found["orders"], found["least_orders"], found["days"]) == (row.stars, 6, 5, 90)
    assert {pillar["pillar"]: pillar["points"] for pillar in found["pillars"]}["delivery"] == int(row.delivery)
    assert found["pillars"][1]["reasons"][0]["sentence"].startswith("6 of 6 orders shipped on time in 90 days")
    assert found["history"][0]["goods"] == int(row.goods)
    assert "hints" not in found
    by = make.actor(seller, "owner", who=make.member(seller, "owner"))
    own = program(seller, "company:read").get("/api/v1/standing").json()
    assert own["pillars"] == found["pillars"]
    assert Client().get("/api/v1/companies/999999999/standing").status_code == 404
    with pytest.raises(Refused) as refused:
        ask_for_counting("export", by=by)
    assert refused.value.code == "trust.counted_lately"


def test_the_operator_sees_the_facts_and_no_way_to_change_them(buyer, seller):
    traded(buyer, seller, 5, 1)
    count_standings("export")
    who = browser(make.person(is_staff_member=True, staff_roles=["operator"]))

    shown = text_of(who.get(f"/en/office/companies/{seller.number}/"))
    assert "Order shipped 4 days late" in shown
    assert "stars of 5" in shown
