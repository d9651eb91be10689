"""Goods that nobody here invented: imported, followed, found by their titles and opened."""

import pytest
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.catalog.actions import import_offers
from everfair.catalog.models import Offer
from everfair.catalog.sheets.sheet import open_sheet
from everfair.discovery.actions import rebuild_index
from everfair.discovery.index import OfferQuery
from everfair.discovery.queries import search_offers
from tests import make
from tests.data import shared_data


@pytest.fixture
def goods(db) -> list[tuple[int, str, str]]:
    """Number, title and SKU of every product of the public data set, found in the index."""
    with open_sheet(shared_data("search-esci") / "products.jsonl.gz") as sheet:
        import_offers(make.company().pk, "export", sheet, "good", by=SYSTEM)
    assert rebuild_index()["offers"] == 6_764
    rows = Offer.objects.order_by("number").values_list("number", "titles", "sku")
    return [(number, titles["en"], sku) for number, titles, sku in rows]


def is_lost(number: int, title: str, sku: str) -> bool:
    """Not on the first page for its title, or not the first for its stock number."""
    by_title = [offer.number for offer in search_offers(OfferQuery(text=title, market="export")).offers]
    by_sku = [offer.number for offer in search_offers(OfferQuery(text=sku, market="export")).offers]
    return number not in by_title or by_sku[0] != number


def test_real_goods_are_found_by_their_titles_and_opened(goods):
    some = goods[::40]

    assert [row for row in some if is_lost(*row)] == []
    for number, _title, sku in some[::10]:
        page = Client().get(f"/en/export/offers/{number}/")
        assert page.status_code == 200
        assert sku in page.content.decode()


@pytest.mark.long
def test_every_real_product_is_found_by_its_title_and_stock_number(goods):
    assert [row for row in goods if is_lost(*row)] == []
