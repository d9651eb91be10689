"""The front of the fair."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from everfair.discovery import cards, queries
from everfair.discovery.actions import rebuild_index
from tests import make

pytestmark = pytest.mark.django_db
# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _own_index(settings, tmp_path):
    settings.DATA = tmp_path
    queries._supply.clear()
    cards._drawn.clear()


@pytest.fixture
def visitor() -> Client:
    return Client()


def test_the_home_of_a_market_shows_halls_and_what_is_new(visitor):
    company = make.company()
    make.offer(company, titles={"en": "Copper kettle"}, category="home/cookware")
    make.offer(company, titles={"en": "Hex bolt"})
    rebuild_index()

    html = visitor.get("/en/export/").content.decode()

    assert "2 offers stand in the halls today." in html
    assert set(re.findall(r"<h3><a [^>]*>([^<]*)</a></h3>", html)) == {"Copper kettle", "Hex bolt"}
    (counted,) = re.findall(r'href="/en/export/halls/home/">.*?class="count">([^<]*)<', html)
    assert counted == "1"


def test_the_home_page_asks_the_database_once(visitor, django_assert_num_queries):
    make.offer(make.company())
    rebuild_index()
    visitor.get("/en/export/")

    with django_assert_num_queries(1):
        response = visitor.get("/en/export/")

    assert response.headers["Cache-Control"].startswith("public")
    assert response.cookies == {}
    assert "csrf" not in response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_an_empty_fair_has_a_home_too(visitor, language):
    assert visitor.get(f"/{language}/export/").status_code == 200


def test_a_market_that_does_not_exist_is_not_found(visitor):
    assert visitor.get("/en/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("zh-TW,en;q=0.5", "/zh-hant/export/"),
        ("zh-CN", "/zh-hans/export/"),
        ("de-DE,en;q=0.5", "/en/export/"),
        ("de", "/en/export/"),
        ("", "/en/export/"),
        ("../../evil", "/en/export/"),
    ],
)
def test_the_front_door_leads_to_the_fair_in_the_visitors_language(visitor, wanted, there):
    response = visitor.get("/", headers={"Accept-Language": wanted})

    assert (response.status_code, response.headers["Location"]) == (302, there)
    assert "Accept-Language" in response.headers["Vary"]


def test_a_language_chosen_before_wins(visitor):
    visitor.cookies["django_language"] = "zh-hans"

    assert visitor.get("/", headers={"Accept-Language": "en"}).headers["Location"] == "/zh-hans/export/"


def test_a_language_alone_leads_to_the_first_market(visitor):
    assert visitor.get("/zh-hant/").headers["Location"] == "/zh-hant/export/"
