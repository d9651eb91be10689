"""The directory of suppliers: what they make comes from above, and narrows with words, halls, countries and the mark."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.base.clock import now
from everfair.companies.actions import edit_profile, note_assortment, place_stop
from everfair.companies.directory import Narrowing, facets, suppliers
from everfair.companies.models import Assortment, Company
from tests import make

pytestmark = pytest.mark.django_db


def supplier(makes: dict[str, int] | None = None, **columns: object) -> Company:
    company = make.company(**columns)
    if makes:
        note_assortment(company.pk, {"export": makes})
    return company


def names(**asked: object) -> list[str]:
    return [company.name for company in suppliers(Narrowing(**asked))]  # type: ignore[arg-type]


def test_each_supplier_comes_with_the_three_categories_it_offers_most_in():
    supplier({"home/drinkware": 4, "home/cookware": 9, "tools/hand-tools": 2, "bags/backpacks": 1})

    found = suppliers()[0]

    assert found.makes == [("home/cookware", 9), ("home/drinkware", 4), ("tools/hand-tools", 2)]
    assert found.offer_count == 16


def test_the_list_goes_on_by_number_newest_first():
    first, second, third = make.company(country="DE"), make.company(country="CN"), make.company(country="DE")
    make.company(country="FR", is_seller=False)

    assert suppliers() == [third, second, first]
    assert suppliers(before=third.number, limit=1) == [second]
    assert facets(Narrowing()).countries == {"DE": 2, "CN": 1}


def test_a_supplier_without_offers_is_there_with_none():
    supplier()

    found = suppliers()[0]

    assert (found.makes, found.offer_count) == ([], 0)


def test_telling_an_assortment_again_replaces_it():
    company = supplier({"home/drinkware": 4})

    note_assortment(company.pk, {"export": {"home/cookware": 1, "home/drinkware": 0}})
    told = Assortment.objects.get(company=company)
    note_assortment(company.pk, {})

    assert (told.offer_count, told.makes, told.codes) == (1, [["home/cookware", 1]], ["home", "home/cookware"])
    assert not Assortment.objects.exists()


def test_halls_and_countries_widen_each_other_and_narrow_together():
    supplier({"home/drinkware": 1}, name="Pots", country="CN")
    supplier({"tools/hand-tools": 1}, name="Pliers", country="TW")
    supplier({"tools/hand-tools": 1}, name="Spanners", country="IN")

    assert names(halls=("home", "tools")) == ["Spanners", "Pliers", "Pots"]
    assert names(halls=("tools",)) == ["Spanners", "Pliers"]
    assert names(halls=("tools/hand-tools",), countries=("TW", "CN")) == ["Pliers"]
    assert names(market="elsewhere", halls=("tools",)) == []


def test_words_look_into_names_of_every_script_cities_and_goods():
    pots = supplier({"home/drinkware": 1}, address={"lines": ["Kai 1"], "city": "Yongkang"})
    edit_profile(pots.pk, name="Lotus Metalware", names={"zh-hant": "蓮花五金廠"}, by=SYSTEM)
    other = supplier({"tools/hand-tools": 1}, address={"lines": ["Kai 1"], "city": "Hamburg"})
    edit_profile(other.pk, name="Aster Tools", by=SYSTEM)

    for words in ("lotus", "METALWARE", "Löt", "五金", "yongk", "drinkware", "lotus yongkang", "lotus drinkware"):
        assert names(words=words) == ["Lotus Metalware"], words
    for words in ("lotus hamburg", "%", "_", "lo_us", "\\", "???", "drinkware hamburg"):
        assert names(words=words) == [], words


def test_a_mark_that_has_run_out_is_no_mark():
    today = now().date()
    make.verified(supplier(name="Marked"), today)
    make.verified(supplier(name="Was"), today - timedelta(days=1))

    assert names(verified=True) == ["Marked"]
    assert facets(Narrowing()).verified == 1


def test_each_facet_counts_what_it_would_leave_beside_the_others():
    make.verified(supplier({"home/drinkware": 5}, country="CN"))
    supplier({"home/cookware": 1, "tools/hand-tools": 1}, country="CN")
    supplier({"tools/hand-tools": 2}, country="TW")

    every, chosen = facets(Narrowing()), facets(Narrowing(halls=("home",), countries=("TW",)))

    assert (every.total, every.countries, every.halls, every.verified) == (3, {"CN": 2, "TW": 1}, {"home": 2, "tools": 2}, 1)
    assert (chosen.total, chosen.countries, chosen.halls, chosen.verified) == (0, {"CN": 2}, {"tools": 1}, 0)


def test_a_stopped_company_is_neither_shown_nor_counted():
    company = supplier({"home/drinkware": 5})
    place_stop(company.pk, "listing", "copied pictures", by=make.operator())

    assert suppliers() == []
    assert facets(Narrowing()).total == 0


def test_the_page_asks_the_same_number_of_queries_for_many_companies(django_assert_num_queries):
    for _n in range(24):
        supplier({"home/drinkware": 3, "home/cookware": 1}, languages=["en", "zh"])
    Client().get("/en/export/suppliers/")

    with django_assert_num_queries(2):
        shown = Client().get("/en/export/suppliers/?q=&hall=home&country=DE&country=CN").content.decode()

    assert shown.count('class="passport supplier"') == 24
    assert "Drinkware" in shown
    assert "English · 中文" in shown


def test_the_address_keeps_everything_and_paging_goes_on_with_it():
    for _n in range(26):
        supplier({"home/drinkware": 3}, country="CN")

    first = Client().get("/en/export/suppliers/?hall=home&q=drinkware&country=CN").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    second = Client().get(following).content.decode()

    assert {"hall=home", "q=drinkware", "country=CN"} <= set(following.partition("?")[2].split("&"))
    assert second.count('class="passport supplier"') == 2
    assert "26 suppliers" in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize("query", ["hall=nonsense", "country=XX", "after=abc", "after=99999999999999999999", "verified=yes"])
def test_what_nobody_knows_in_the_address_is_passed_over(query):
    supplier(name="Aster")

    answer = Client().get(f"/en/export/suppliers/?{query}")

    assert answer.status_code == 200
    assert "Aster" in answer.content.decode()


def test_a_search_that_finds_nothing_offers_the_next_step():
    shown = Client().get("/en/export/suppliers/?q=nobody").content.decode()

    assert "No supplier like this yet" in shown
    assert "/en/rfqs/new/" in shown


def test_programs_search_the_same_list():
    supplier({"home/drinkware": 3}, country="CN", languages=["en"])
    supplier({"tools/hand-tools": 3}, country="CN")

    items = Client().get("/api/v1/companies?hall=home&q=drinkware").json()["items"]

    assert [(item["offer_count"], item["makes"], item["languages"]) for item in items] == [
        (3, [{"category": "home/drinkware", "offers": 3}], ["en"])
    ]
