"""What sourcing puts into the pages of others."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from everfair.discovery import cards
from everfair.discovery import queries as discovery
from everfair.discovery.actions import rebuild_index
from everfair.sourcing.actions import cancel_rfq
from everfair.sourcing.queries import rfqs
from tests import make
from tests.sourcing.asking import buyer, rfq
from tests.sourcing.test_pages import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings, tmp_path) -> Iterator[None]:
    settings.DATA = tmp_path
    for kept in (discovery._supply, cards._drawn, rfqs._counts):
        kept.clear()
    yield
    rfqs._counts.clear()


def links(response) -> dict[str, str]:
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', response.text, re.S)
    return {unescape(href): " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()) for href, text in found}


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_what_was_searched_in_vain_becomes_the_beginning_of_a_request(language):
    make.offer(make.company(), titles={"en": "Copper kettle"})
    rebuild_index()

    nothing = Client().get(f"/{language}/export/search/", {"q": 'qqqq "zz" & 100%'})
    address = next(href for href in links(nothing) if href.startswith(f"/{language}/rfqs/new/"))
    composer = unescape(browser_of(buyer()).get(address).text)

    assert address == f"/{language}/rfqs/new/?q=qqqq+%22zz%22+%26+100%25"
    if language == "en":
        assert links(nothing)[address] == 'Post an RFQ for “qqqq "zz" & 100%”'
    assert re.findall(r'name="([^"]*)"[^>]*value="qqqq "zz" & 100%"', composer) == ["title", "line-1-description"]


def test_an_empty_category_asks_for_goods_of_that_category():
    make.offer(make.company())
    rebuild_index()

    empty = links(Client().get("/en/export/halls/home/cookware/"))
    hall = links(Client().get("/en/export/halls/tools/"))
    composer = browser_of(buyer()).get("/en/rfqs/new/?category=home%2Fcookware").text

    assert empty["/en/rfqs/new/?category=home%2Fcookware"] == "Post an RFQ"
    assert hall["/en/rfqs/new/"] == "Post an RFQ"
    assert '<option value="home/cookware" selected>' in composer


@pytest.mark.parametrize("page", ["", "halls/"])
def test_the_fair_says_how_many_requests_take_quotes_in_each_hall(page):
    by = buyer()
    rfq(by)
    rfq(by, category="hardware/locks")
    rfq(by, category="home/cookware")
    cancel_rfq(rfq(by).pk, by=by)

    shown = Client().get(f"/en/export/{page}")

    assert "3 open RFQs wait for quotes" in shown.text
    assert links(shown)["/en/export/rfqs/?hall=hardware"].endswith(" 2")
    assert links(shown)["/en/export/rfqs/?hall=home"].endswith(" 1")
    assert "/en/export/rfqs/?hall=tools" not in links(shown)


@pytest.mark.parametrize("page", ["", "halls/"])
def test_a_fair_without_requests_speaks_of_none(page):
    assert "open RFQ" not in Client().get(f"/en/export/{page}").text


def test_the_counts_are_asked_for_once_however_many_look(django_assert_num_queries):
    for category in ("hardware/fasteners", "home/cookware", "tools/hand-tools"):
        rfq(category=category)

    with django_assert_num_queries(1):
        counts = [rfqs.open_counts("export") for _ in range(3)]

    assert counts == [{"hardware": 1, "home": 1, "tools": 1}] * 3
