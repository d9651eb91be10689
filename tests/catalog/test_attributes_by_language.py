"""Attributes once more in each language: read in it, else as they were typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.catalog.actions import change_offer, draft_offer
from everfair.catalog.models import Offer
from everfair.catalog.refusals import OfferRefused
from everfair.catalog.sheets.draft import OfferDraft
from everfair.discovery.follow import follow_once, index_folder
from everfair.discovery.index import OfferIndex, OfferQuery
from everfair.trade.models import OrderLine
from tests import make
from tests.catalog.at_the_desk import signed_in, typed
from tests.catalog.sheets_files import imported
from tests.catalog.test_api import BOLT, Program

pytestmark = pytest.mark.django_db

TYPED = [["colour", "red"], ["material", "steel"]]
HANT = [["顏色", "紅色"], ["材質", "鋼"]]
HANS = [["颜色", "红色"], ["材质", "钢"]]


def facts(offer: Offer, language: str) -> list[list[str]]:
    """The attributes among the facts of the offer's page."""
    page = Client().get(f"/{language}/export/offers/{offer.number}/").content.decode()
    pairs = re.findall(r"<dt>([^<]+)</dt>\s*<dd[^>]*>([^<]+)</dd>", page)
    known = {name for said in (TYPED, HANT, HANS) for name, _value in said}
    return [[name, value] for name, value in pairs if name in known]


@pytest.mark.parametrize(
    ("translated", "read"),
    [
        ({"zh-hant": HANT, "zh-hans": HANS}, {"en": TYPED, "zh-hant": HANT, "zh-hans": HANS}),
        ({"zh-hans": HANS}, {"en": TYPED, "zh-hant": HANS, "zh-hans": HANS}),
        ({}, {"en": TYPED, "zh-hant": TYPED, "zh-hans": TYPED}),
    ],
)
def test_a_page_has_them_in_its_own_language_or_as_they_were_typed(
    translated: dict[str, Any], read: dict[str, list[list[str]]]
) -> None:
    offer = make.offer(make.company(), attributes=TYPED, attributes_by_language=translated)

    assert {language: facts(offer, language) for language in read} == read


def test_what_was_typed_in_chinese_is_read_in_english() -> None:
    offer = make.offer(make.company(), attributes=HANT, attributes_by_language={"en": TYPED})

    assert (facts(offer, "en"), facts(offer, "zh-hant")) == (TYPED, HANT)


def test_variants_are_told_apart_in_the_readers_language_when_all_of_them_speak_it() -> None:
    seller = make.company()

    def variant(colour: str, **more: Any) -> Offer:
        return make.offer(seller, variant_group="CUP", attributes=[["colour", colour], ["material", "steel"]], **more)

    def said(offer: Offer) -> list[str]:
        page = Client().get(f"/zh-hant/export/offers/{offer.number}/").content.decode()
        return re.findall(r"<span>([^<]+)</span>", re.search(r'<nav class="variants".*?</nav>', page, re.S)[0])  # type: ignore[index]

    red = variant("red", attributes_by_language={"zh-hant": HANT})
    variant("blue", attributes_by_language={"zh-hant": [["顏色", "藍色"], ["材質", "鋼"]]})
    assert said(red) == ["紅色", "藍色"]

    variant("black")
    assert said(red) == ["red", "blue", "black"]


def test_the_editor_takes_them_and_shows_them_again() -> None:
    seller = make.company()
    client = signed_in(seller)

    made = client.post(
        "/en/offers/new/",
        typed(attributes_by_language_zh_hant_0=["材質", ""], attributes_by_language_zh_hant_1=["鋼", ""]),
    )

    assert made.status_code == 302, made.content.decode()
    offer = Offer.objects.get()
    assert (offer.attributes, offer.attributes_by_language) == ([["Material", "steel"]], {"zh-hant": [["材質", "鋼"]]})
    page = client.get(f"/en/offers/{offer.pk}/").content.decode()
    assert re.findall(r'name="attributes_by_language_zh_hant_1" value="([^"]*)"', page) == ["鋼", ""]

    half = typed(sku="OTHER", attributes_by_language_zh_hans_0=["材质"], attributes_by_language_zh_hans_1=[""])
    refused = client.post("/en/offers/new/", half)
    assert refused.status_code == 422
    beside = re.search(r'id="id_attributes_by_language_zh_hans_0_1_error".*?</div>', refused.content.decode(), re.S)
    assert beside
    assert "An attribute needs both a name and a value." in beside[0]
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"zh-hant": [["a", "1"], ["a", "2"]]}, ("attributes_by_language.zh-hant", "attribute_twice", (1, 0))),
        ({"fr": [["a", "1"]]}, ("attributes_by_language", "language_unknown", None)),
        ({"en": [[str(n), "x"] for n in range(41)]}, ("attributes_by_language.en", "too_many", None)),
        ({"en": [["a", "x\u202e"]]}, ("attributes_by_language.en", "text_hidden", (0, 1))),
    ],
)
def test_what_is_wrong_is_named_with_its_language_and_nothing_is_written(said: dict[str, Any], wrong: tuple[Any, ...]) -> None:
    values = {"sku": "A", "titles": {"en": "Bolt"}, "category": "hardware/fasteners", "attributes_by_language": said}

    with pytest.raises(OfferRefused) as refusal:
        draft_offer(values, by=make.actor(make.company()))

    assert wrong in [(each.field, each.code, each.cell) for each in refusal.value.wrong]
    assert not Offer.objects.exists()


def test_programs_write_read_and_take_them_away() -> None:
    program = Program(make.company())
    said = {"zh-hant": [{"name": "材質", "value": "鋼"}]}

    made = program.send("POST", "/company/offers", BOLT | {"attributes_by_language": said})

    assert made.status_code == 201, made.content
    assert made.json()["attributes_by_language"] == said
    place = f"/company/offers/{made.json()['id']}"
    assert program.send("PATCH", place, {"brand": "Acme"}).json()["attributes_by_language"] == said
    bad = program.send("PATCH", place, {"attributes_by_language": {"fr": said["zh-hant"]}})
    assert (bad.status_code, Offer.objects.get().attributes_by_language) == (422, {"zh-hant": [["材質", "鋼"]]})
    assert program.send("PATCH", place, {"attributes_by_language": None}).json()["attributes_by_language"] == {}


def test_a_price_list_names_the_language_in_the_column() -> None:
    sheet = "sku,title,attribute:Colour,attribute_zh_hant:顏色,attribute_zh_hans:颜色\nA,Cup,red,紅色,\n"

    drafts, errors = imported(sheet.encode())

    assert errors == []
    assert (drafts[0].attributes, drafts[0].attributes_by_language) == ({"Colour": "red"}, {"zh-hant": {"顏色": "紅色"}})


def test_a_person_may_say_that_a_column_is_a_translation() -> None:
    client = signed_in(make.company())
    content = json.dumps({"sku": "A", "title": "Cup", "Farbton": "紅色"})
    file = SimpleUploadedFile("a.jsonl", content.encode())
    place = client.post("/en/offers/imports/", {"_key": "k" * 32, "file": file})["Location"]
    chosen = {"column": ["sku", "title", "Farbton"], "field": ["sku", "title", "attribute.zh-hant:Farbton"]}

    look = client.get(place, chosen).content.decode()
    client.post(place + "start/", {"_key": "s" * 32, "mode": "all", **chosen})

    assert "As an attribute, simplified Chinese" in look
    assert Offer.objects.get().attributes_by_language == {"zh-hant": [["Farbton", "紅色"]]}


def test_an_offer_without_them_is_what_it_was() -> None:
    """What was imported before there were translations is not taken for changed."""
    draft = OfferDraft(sku="A", titles={"en": "Cup"}, attributes={"Colour": "red"})
    known = "d4d230ae011dcff5ed7c31c6aacbd06a"

    assert draft.content_hash()[:32] == known
    translated = OfferDraft(
        sku="A", titles={"en": "Cup"}, attributes={"Colour": "red"}, attributes_by_language={"zh-hant": {"顏色": "紅色"}}
    )
    assert translated.content_hash() != draft.content_hash()


@pytest.mark.parametrize("words", ["crimson", "棗紅", "枣红"])
def test_the_search_finds_the_words_of_every_language(words: str, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    offer = make.offer(
        make.company(),
        titles={"en": "Cup"},
        attributes=[["colour", "crimson"]],
        attributes_by_language={"zh-hant": [["顏色", "棗紅"]], "zh-hans": [["颜色", "枣红"]]},
    )
    make.offer(make.company(), titles={"en": "Cup"}, attributes=[["colour", "blue"]])

    follow_once()

    reader = OfferIndex.open(index_folder(), mend=False).reader()
    assert [number for number, _score in reader.search(OfferQuery(text=words)).hits] == [offer.number]


def test_an_order_keeps_them_as_they_were() -> None:
    trade = make.trade(attributes=TYPED, attributes_by_language={"zh-hant": HANT})
    offer = Offer.objects.get()

    change_offer(offer.pk, {"attributes_by_language": {}}, by=make.actor(offer.company))

    line = OrderLine.objects.get(order=trade.order)
    assert (line.snapshot["attributes"], line.snapshot["attributes_by_language"]) == (TYPED, {"zh-hant": HANT})
