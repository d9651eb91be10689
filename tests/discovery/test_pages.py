import re

import pytest

from everfair.discovery.actions import rebuild_index
from tests import make
from tests.discovery.browsing import SEARCH, links, shown, visitor

__all__ = ["visitor"]

pytestmark = pytest.mark.django_db


def test_a_search_shows_what_traders_look_for(visitor):
    company = make.company(name="Ningbo Bolts", country="CN")
    offer = make.offer(
        company, titles={"en": "Hex bolt M8"}, tiers=[["100", "0.50"], ["1000", "0.42"]], sample_price_minor=300,
        lead_times=[["500", 15], ["", 30]],
    )  # fmt: skip
    rebuild_index()

    response = visitor.get(SEARCH, {"q": "bolt"})

    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " ").split())
    assert response.status_code == 200
    assert f'href="/en/export/offers/{offer.number}/"' in response.content.decode()
    assert "USD 0.42 – 0.50 / piece 100+ 0.50 1,000+ 0.42 MOQ 100 pieces · 15 days · sample available" in text
    assert "Ningbo Bolts China" in text
    assert "1 offer" in text


def test_an_offer_without_a_price_says_so(visitor):
    make.offer(make.company(), tiers=[], titles={"en": "Mould"})
    rebuild_index()

    assert "Price on request" in visitor.get(SEARCH, {"q": "mould"}).content.decode()


def test_a_page_asks_the_database_a_fixed_number_of_times(visitor, django_assert_num_queries):
    company = make.company()
    for _ in range(30):
        make.offer(company)
    rebuild_index()
    visitor.get(SEARCH)
    visitor.get("/en/export/halls/")  # what upper packages count there is kept for some seconds

    for address in ("/en/export/search/?q=bolt", "/en/export/halls/hardware/fasteners/"):
        visitor.get(address)
        with django_assert_num_queries(1):  # whether its offers are public, and which of their cards still hold
            visitor.get(address)
    with django_assert_num_queries(2):  # what is not drawn yet in this language
        visitor.get("/zh-hant/export/search/", {"q": "bolt"})
    with django_assert_num_queries(0):
        visitor.get("/en/export/halls/")


@pytest.mark.parametrize("address", [SEARCH, "/en/export/halls/", "/en/export/halls/hardware/", "/en/export/suggest/?q=b"])
def test_a_public_page_is_the_same_for_everybody(visitor, address):
    make.offer(make.company())
    rebuild_index()

    response = visitor.get(address)

    assert response.headers["Cache-Control"].startswith("public")
    assert response.cookies == {}
    assert "csrf" not in response.content.decode()


def test_every_filter_can_be_chosen_and_taken_away(visitor):
    company = make.company(country="CN")
    make.offer(company, titles={"en": "Steel bolt"}, sample_price_minor=100)
    make.offer(make.company(country="DE"), titles={"en": "Steel drill"}, category="tools/power-tools", tiers=[["1", "80.00"]])
    rebuild_index()
    whole = visitor.get(SEARCH, {"q": "steel"})
    assert sorted(shown(whole)) == ["Steel bolt", "Steel drill"]

    for part, title in (
        ("hall=tools", "Steel drill"),
        ("country=CN", "Steel bolt"),
        ("sample=1", "Steel bolt"),
        ("price_min=20.00&price_max=99.99", "Steel drill"),
    ):
        address = f"{SEARCH}?q=steel&{part}"
        assert address in links(whole), f"{part} is not offered"
        narrowed = visitor.get(address)
        assert shown(narrowed) == [title]
        for taken in part.split("&"):
            rest = "&".join(each for each in part.split("&") if each != taken)
            assert f"{SEARCH}?q=steel{'&' if rest else ''}{rest}" in links(narrowed)


def test_a_facet_counts_what_it_leaves(visitor):
    for country in ("CN", "CN", "DE"):
        make.offer(make.company(country=country))
    rebuild_index()

    offered = links(visitor.get(SEARCH))

    assert offered[f"{SEARCH}?country=CN"] == "China 2"
    assert offered[f"{SEARCH}?country=DE"] == "Germany 1"
    assert offered[f"{SEARCH}?hall=hardware"] == "Hardware & Fasteners 3".replace("&", "&amp;")


def test_several_of_one_facet_add_up_and_each_can_be_taken_away(visitor):
    company = make.company()
    for origin, title in (("CN", "Chinese"), ("VN", "Vietnamese"), ("DE", "German")):
        make.offer(company, titles={"en": f"{title} bolt"}, origin=origin)
    rebuild_index()

    one = visitor.get(SEARCH, {"origin": "CN"})
    both = visitor.get(f"{SEARCH}?origin=CN&origin=VN")

    assert shown(one) == ["Chinese bolt"]
    assert links(one)[f"{SEARCH}?origin=CN&origin=VN"] == "Vietnam 1"
    assert sorted(shown(both)) == ["Chinese bolt", "Vietnamese bolt"]
    assert links(both)[f"{SEARCH}?origin=CN&origin=VN&origin=DE"] == "Germany 1"
    assert {f"{SEARCH}?origin=CN", f"{SEARCH}?origin=VN"} <= set(links(both))


def test_moq_lead_time_and_marks_narrow_a_hall_and_say_how_far(visitor):
    verified, other = make.company(), make.company()
    make.verified(verified)
    make.offer(verified, titles={"en": "Small and quick"}, moq=10, tiers=[["10", "2.00"]], lead_times=[["", 5]])
    make.offer(other, titles={"en": "Large and slow"}, moq=800, tiers=[["800", "1.00"]], lead_times=[["", 45]])
    rebuild_index()
    hall = "/en/export/halls/hardware/"
    offered = links(visitor.get(hall))

    assert (offered[f"{hall}?moq=10"], offered[f"{hall}?moq=1000"]) == ("up to 10 1", "up to 1,000 2")
    assert (offered[f"{hall}?lead_time=7"], offered[f"{hall}?lead_time=60"]) == ("within 7 days 1", "within 60 days 2")
    assert offered[f"{hall}?verified=1"] == "Verified supplier 1"
    for part in ("moq=10", "lead_time=7", "verified=1"):
        assert shown(visitor.get(f"{hall}?{part}")) == ["Small and quick"]
    narrowed = visitor.get(f"{hall}?moq=10&lead_time=30")
    chips = re.findall(r'<a class="chip" href="([^"]+)"[^>]*>(.*?)</a>', narrowed.content.decode(), re.S)
    assert [(href, re.sub(r"<[^>]+>", "", text).strip()) for href, text in chips] == [
        (f"{hall}?lead_time=30", "Remove:MOQ up to 10"),
        (f"{hall}?moq=10", "Remove:Lead time: within 30 days"),
    ]


def test_lists_are_sorted_by_what_traders_ask_for(visitor):
    company = make.company()
    make.offer(company, titles={"en": "Dear"}, tiers=[["1", "9.00"]], lead_times=[["", 3]])
    make.offer(company, titles={"en": "Cheap"}, tiers=[["500", "1.00"]], lead_times=[["", 30]])
    make.offer(company, titles={"en": "Asked"}, tiers=[], moq=50)
    rebuild_index()

    orders = {sort: shown(visitor.get(SEARCH, {"sort": sort})) for sort in ("price", "moq", "lead_time")}

    assert orders == {
        "price": ["Cheap", "Dear", "Asked"],
        "moq": ["Dear", "Asked", "Cheap"],
        "lead_time": ["Dear", "Cheap", "Asked"],
    }


def test_a_hall_counts_prices_in_its_own_main_currency(visitor):
    company = make.company()
    for price in ("3.00", "30.00", "300.00"):
        make.offer(company, tiers=[["1", price]], currency="EUR", titles={"en": f"For {price}"})
    make.offer(company, tiers=[["1", "3.00"]], titles={"en": "In dollars"})
    rebuild_index()
    hall = "/en/export/halls/hardware/"

    page = visitor.get(hall)

    assert "Price in EUR" in page.content.decode()
    assert links(page)[f"{hall}?currency=EUR&price_min=1.00&price_max=4.99"] == "1 – 5 1"
    assert shown(visitor.get(f"{hall}?currency=EUR&price_min=1.00&price_max=4.99")) == ["For 3.00"]
    assert shown(visitor.get(f"{hall}?price_max=4.99")) == ["In dollars"]
    assert shown(visitor.get(f"{hall}?sort=price")) == ["For 3.00", "For 30.00", "For 300.00", "In dollars"]
    assert visitor.get(f"{hall}?currency=XXX").status_code == 404


def test_offers_stand_side_by_side_with_the_best_marked(visitor, django_assert_num_queries):
    quick = make.offer(
        make.company(name="Quick"), titles={"en": "Quick"}, lead_times=[["", 5]], tiers=[["100", "0.60"]], origin="CN"
    )
    cheap = make.offer(make.company(name="Cheap"), titles={"en": "Cheap"}, lead_times=[["", 25]], sample_price_minor=0)
    rebuild_index()
    address = f"/en/export/compare/?o={quick.number}&o={cheap.number}"

    with django_assert_num_queries(1):
        page = visitor.get(address)

    text = page.content.decode()
    rows = dict(re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', text, re.S))
    best = {
        " ".join(label.replace("\u00a0", " ").split()): [
            'class="best"' in cell for cell in re.findall(r"<td.*?</td>", cells, re.S)
        ]
        for label, cells in rows.items()
    }
    assert best["Price for 100 pieces"] == [False, True]
    assert best["Lead time"] == [True, False]
    assert best["Minimum order"] == [False, False]
    assert links(page)[f"/en/export/compare/?o={cheap.number}"] == "Take away : Quick"
    assert links(page)[f"/en/export/compare/?o={quick.number}"] == "Take away : Cheap"
    assert page.headers["Cache-Control"].startswith("public")
    assert page.cookies == {}


def test_at_most_six_are_compared_and_what_is_not_there_is_left_out(visitor):
    company = make.company()
    offers = [make.offer(company, titles={"en": f"Bolt {n}"}) for n in range(8)]
    gone = make.offer(company, state="draft")
    numbers = "&".join(f"o={number}" for number in (gone.number, "nonsense", "٣", "-1", *(o.number for o in offers)))

    page = visitor.get(f"/en/export/compare/?{numbers}").content.decode()

    assert page.count("Take away") == 5
    assert "Bolt 0" in page
    assert "Nothing to compare yet" in visitor.get("/en/export/compare/").content.decode()
    assert visitor.get(f"/en/export/compare/?o={offers[0].number}&quantity=1,5").status_code == 422


def test_a_quantity_below_a_minimum_order_has_no_price(visitor):
    offer = make.offer(make.company())

    page = visitor.get("/en/export/compare/", {"o": offer.number, "quantity": "50"}).content.decode()

    assert "below its minimum order" in page


def test_a_list_remembers_in_its_address_what_is_compared(visitor):
    chosen, other = make.offer(make.company()), make.offer(make.company())
    rebuild_index()

    page = visitor.get("/en/export/halls/hardware/", {"o": chosen.number, "sort": "price"})

    html = page.content.decode()
    bar = re.search(r'<form class="compare-bar".*?</form>', html, re.S)[0]
    assert f'<input type="hidden" name="o" value="{chosen.number}">' in bar
    assert f'name="o" value="{other.number}" form="compare"' in html
    assert f"/en/export/halls/hardware/?sort=newest&o={chosen.number}" in links(page)


def test_an_offer_shows_others_like_it_of_other_suppliers(visitor, django_assert_num_queries):
    company, rival = make.company(), make.company()
    kettle = make.offer(company, titles={"en": "Copper kettle 2 l"}, category="hardware/locks")
    make.offer(company, titles={"en": "Copper kettle 3 l"}, category="hardware/locks")
    make.offer(rival, titles={"en": "Steel kettle"}, category="hardware/locks")
    make.offer(rival, titles={"en": "Hex bolt"})
    rebuild_index()
    visitor.get(f"/en/export/offers/{kettle.number}/")

    with django_assert_num_queries(3):
        page = visitor.get(f"/en/export/offers/{kettle.number}/")

    similar = page.content.decode().partition('id="similar"')[2]
    assert re.findall(r"<h3><a [^>]*>([^<]*)</a></h3>", similar) == ["Steel kettle"]
