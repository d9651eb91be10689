"""Offers as the index takes them, a folder filled with them, and what is found there."""

import pytest

from everfair.discovery.index import (
    OfferDocument,
    OfferIndex,
    OfferQuery,
)


def offer(number, title="Thing", **given):
    titles = given.pop("titles", {"en": title})
    if given.get("price_from_minor") is not None:
        given.setdefault("currency", "USD")
    return OfferDocument(number=number, company_number=given.pop("company_number", 1), market="export", titles=titles, **given)


def filled(folder, *offers):
    index = OfferIndex.open(folder)
    with index.writer() as writer:
        writer.put(offers)
        writer.commit("1")
    return index


def found(index_or_reader, text="", **asked):
    reader = index_or_reader.reader() if isinstance(index_or_reader, OfferIndex) else index_or_reader
    return [number for number, _score in reader.search(OfferQuery(text=text, **asked)).hits]


GOODS = [
    offer(1, titles={"en": "Stainless Steel Hex Bolt M8 x 50", "zh-Hans": "不锈钢六角螺栓"}, brand="Café Böltz", sku="AB-12/4"),
    offer(
        2, titles={"en": "Vacuum bottle, 500 ml", "zh-Hant": "不鏽鋼保溫杯"}, brand="Thermo", category_names={"en": "Drinkware"}
    ),
    offer(
        3,
        "Running shoes for women",
        descriptions={"en": "Breathable mesh, weighs 5 kg boxed"},
        attributes=[("Colour", "Crimson")],
    ),
    offer(4, titles={"zh-Hans": "激光切割机"}, descriptions={"zh-Hans": "适合不锈钢板"}, hall="machines"),
    offer(5, "Leather Women's boot", brand="Strider"),
]


@pytest.fixture(scope="module")
def goods(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("search") / "offers", *GOODS).reader()


def everything(reader, **asked):
    numbers, cursor = [], None
    while True:
        page = reader.search(OfferQuery(cursor=cursor, **asked))
        numbers += [number for number, _score in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            return numbers
