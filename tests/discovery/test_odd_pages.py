"""Pages of browsing where what was asked for is misspelt, odd or not there; and the halls, suggestions and cards around them."""

import re

import pytest
from django.test import Client

from everfair.catalog.actions import touch_offers
from everfair.discovery.actions import rebuild_index
from tests import make
from tests.discovery.browsing import SEARCH, links, shown, visitor
from tests.discovery.catching_up import follow_all

__all__ = ["visitor"]

pytestmark = pytest.mark.django_db


def test_what_was_seen_is_kept_in_the_readers_own_browser(visitor, django_assert_num_queries):
    company = make.company()
    first, second = make.offer(company, titles={"en": "First"}), make.offer(company, titles={"en": "Second"})
    draft = make.offer(company, titles={"en": "Draft"}, state="draft")
    strip = "/en/export/seen/strip/"

    page = visitor.get(f"/en/export/offers/{first.number}/")
    assert f'hx-get="{strip}?offer={first.number}"' in page.content.decode()
    assert page.cookies == {}
    assert shown(visitor.get(strip, {"offer": first.number})) == []
    with django_assert_num_queries(2):  # the second for what is not drawn yet
        seen = visitor.get(strip, {"offer": second.number})
    visitor.get(strip, {"offer": draft.number})

    assert shown(seen) == ["First"]
    assert seen.headers["Cache-Control"] == "private, no-store"
    assert visitor.cookies["seen"].value == f"{second.number}.{first.number}"
    assert shown(visitor.get("/en/export/seen/")) == ["Second", "First"]
    assert shown(Client().get("/en/export/seen/")) == []
    visitor.post("/en/export/seen/")
    assert shown(visitor.get("/en/export/seen/")) == []


@pytest.mark.parametrize("cookie", ["<script>", "1.2.3", "9" * 900, "²", "..", "-1.0"])
def test_a_forged_list_of_what_was_seen_shows_nothing(visitor, cookie):
    visitor.cookies["seen"] = cookie

    assert shown(visitor.get("/en/export/seen/")) == []


def test_at_most_twelve_are_remembered(visitor):
    company = make.company()
    for _ in range(14):
        visitor.get("/en/export/seen/strip/", {"offer": make.offer(company).number})

    assert len(visitor.cookies["seen"].value.split(".")) == 12


@pytest.mark.parametrize(
    ("language", "typed", "name"), [("en", "fast", "Fasteners"), ("zh-hant", "螺", "螺絲"), ("zh-hans", "螺", "螺丝")]
)
def test_suggestions_name_categories_in_the_readers_language(visitor, language, typed, name):
    make.offer(make.company(), titles={"en": "Bolt"})
    rebuild_index()

    assert name in visitor.get(f"/{language}/export/suggest/", {"q": typed}).content.decode()


def test_pages_follow_each_other_and_lead_back(visitor):
    company = make.company()
    for n in range(30):
        make.offer(company, titles={"en": f"Bolt {n}"})
    rebuild_index()
    first = visitor.get(SEARCH, {"q": "bolt"})
    following = [href for href, text in links(first).items() if text == "Next"]

    second = visitor.get(following[0])

    assert (len(shown(first)), len(shown(second))) == (24, 6)
    assert not set(shown(first)) & set(shown(second))
    assert f"{SEARCH}?q=bolt" in links(second)


def test_an_old_page_of_a_list_leads_to_its_beginning(visitor):
    make.offer(make.company())
    rebuild_index()

    response = visitor.get(SEARCH, {"q": "bolt", "country": "DE", "cursor": "old"})

    assert (response.status_code, response.headers["Location"]) == (302, f"{SEARCH}?q=bolt&country=DE")


def test_a_slip_of_the_finger_is_mended(visitor):
    make.offer(make.company(), titles={"en": "Copper kettle"})
    rebuild_index()

    response = visitor.get(SEARCH, {"q": "copper kettel"})

    assert links(response)[f"{SEARCH}?q=copper+kettle"] == "copper kettle"


def test_where_nothing_is_found_the_next_best_is_offered(visitor):
    make.offer(make.company(), titles={"en": "Copper kettle"})
    rebuild_index()

    narrowed = links(visitor.get(SEARCH, {"q": "kettle", "country": "JP"}))
    unknown = visitor.get(SEARCH, {"q": "qqqq zzzz"})

    assert narrowed[f"{SEARCH}?q=kettle"] == "Search without the filters"
    assert "/en/export/halls/" in links(unknown)
    assert shown(unknown) == []


@pytest.mark.parametrize("asked", [{"hall": "nowhere"}, {"category": "tools/nothing"}, {"country": "XX"}, {"country": "cn"}])
def test_what_does_not_exist_is_not_found(visitor, asked):
    assert visitor.get(SEARCH, asked).status_code == 404


def test_a_nul_is_refused_at_the_door(visitor):
    assert visitor.get(SEARCH, {"q": "\0"}).status_code == 400


@pytest.mark.parametrize("address", ["/en/nowhere/search/", "/en/export/halls/nothing/", "/en/export/halls/tools/fasteners/"])
def test_addresses_of_nothing_are_not_found(visitor, address):
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    "asked", [{"price_min": "1,00"}, {"price_max": "-1"}, {"moq": "1.5"}, {"moq": "٣"}, {"price_min": "9" * 30}]
)
def test_a_number_is_never_guessed(visitor, asked):
    make.offer(make.company(), titles={"en": "Copper kettle"})
    rebuild_index()

    response = visitor.get(SEARCH, asked)

    assert response.status_code == 422
    assert "One filter cannot be read" in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()
    assert shown(response) == ["Copper kettle"]


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"; DROP', "'", "%s", "\ud800", "(a OR b) AND *", "水" * 500])
def test_odd_words_break_nothing(visitor, words):
    make.offer(make.company(), titles={"en": "<b>Copper</b> kettle"})
    rebuild_index()

    response = visitor.get(SEARCH, {"q": words.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert "<b>Copper" not in response.content.decode()


def test_a_title_is_shown_in_the_readers_language(visitor):
    company = make.company(name="Ningbo Bolts", names={"zh-hant": "寧波螺栓"})
    make.offer(company, titles={"en": "Copper kettle", "zh-hant": "銅壺", "zh-hans": "铜壶"})
    rebuild_index()

    titles = [shown(visitor.get(f"/{code}/export/search/")) for code in ("en", "zh-hant", "zh-hans")]

    assert titles == [["Copper kettle"], ["銅壺"], ["铜壶"]]
    assert "寧波螺栓" in visitor.get("/zh-hant/export/search/").content.decode()


def test_a_card_changes_with_its_offer_and_its_supplier(visitor, committed):
    company = make.company(name="Ningbo Bolts")
    offer = make.offer(company, titles={"en": "Copper kettle"})
    follow_all()
    assert shown(visitor.get(SEARCH)) == ["Copper kettle"]

    offer.titles = {"en": "Copper pan"}
    offer.save()
    assert shown(visitor.get(SEARCH)) == ["Copper pan"]

    company.name = "Ningbo Pans"
    company.save()
    touch_offers(company.pk)
    assert "Ningbo Pans" in visitor.get(SEARCH).content.decode()


def test_without_an_index_the_newest_are_listed_with_a_note(visitor):
    make.offer(make.company(), titles={"en": "Copper kettle"})

    response = visitor.get(SEARCH, {"q": "bolt"})

    assert shown(response) == ["Copper kettle"]
    assert "Search is being prepared" in response.content.decode()


def test_a_category_lists_its_own_and_names_its_neighbours(visitor):
    company = make.company()
    make.offer(company, titles={"en": "Bolt"})
    make.offer(company, titles={"en": "Lock"}, category="hardware/locks")
    rebuild_index()

    hall, category = visitor.get("/en/export/halls/hardware/"), visitor.get("/en/export/halls/hardware/fasteners/")

    assert sorted(shown(hall)) == ["Bolt", "Lock"]
    assert shown(category) == ["Bolt"]
    assert "/en/export/halls/hardware/locks/" in links(category)
    assert "/en/export/halls/" in links(category)


def test_the_plan_of_the_halls_counts_what_stands_in_them(visitor):
    make.offer(make.company())
    rebuild_index()

    plan = links(visitor.get("/en/export/halls/"))

    assert plan["/en/export/halls/hardware/fasteners/"].endswith(" 1")
    assert plan["/en/export/halls/tools/"].endswith(" 0")


def test_suggestions_are_options_for_the_search_box(visitor):
    make.offer(make.company(), titles={"en": "Kettle <x>"}, brand='Kett"le')
    rebuild_index()

    response = visitor.get("/en/export/suggest/", {"q": "ket"})

    assert '<option value="Kett&quot;le"></option>' in response.content.decode()
    assert visitor.get("/en/export/suggest/").content == b""


@pytest.mark.parametrize("page", ["/en/export/", "/zh-hant/export/halls/", "/en/account/sign-in/"])
def test_the_search_box_of_every_page_asks_for_suggestions(visitor, page):
    """Without JavaScript it is an ordinary form with an empty list of suggestions."""
    response = visitor.get(page).content.decode()

    (box,) = re.findall(r'<input type="search" id="q"[^>]*>', response)
    language = page.split("/")[1]
    assert f'hx-get="/{language}/export/suggest/"' in box
    assert 'list="q-more"' in box
    assert 'hx-target="#q-more"' in box
    assert response.count('<datalist id="q-more"></datalist>') == 1
    assert visitor.get(f"/{language}/export/suggest/", {"q": "b"}).status_code == 200
