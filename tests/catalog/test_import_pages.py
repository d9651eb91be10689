"""The page between a file and the catalogue: what each column is read as, and what was wrong, to take away."""

from __future__ import annotations

import csv
import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.catalog.actions import draft_offer, publish_offer, withdraw_offer
from everfair.catalog.models import ImportRun, KnownColumns, Offer
from tests import make
from tests.catalog.at_the_desk import send, signed_in

pytestmark = pytest.mark.django_db

SHEET = (
    "ref,label,Farbe,price\nA-1,Red lamp,red,5.20\nA-2,Blue lamp,blue,4.10\nA-3,Blue lamp too,blue,4.10\nA-4,Green lamp,,4.10\n"
)
CHOSEN = {"column": ["ref", "label", "Farbe", "price"], "field": ["sku", "title", "brand", "price"]}


def read_as(page: str) -> dict[str, str]:
    """Column → field that is chosen on the page."""
    return {
        name: re.search(r'<option value="([^"]*)" selected', rest)[1]  # type: ignore[index]
        for name, rest in re.findall(r'<select name="field" aria-label="([^"]*)">(.*?)</select>', page, re.S)
    }


def start(client: Client, place: str, **fields: object) -> None:
    assert client.post(place + "start/", {"_key": uuid4().hex, "mode": "good", **fields}).status_code == 302


def test_each_column_shows_its_first_three_different_values() -> None:
    client = signed_in(make.company())

    page = client.get(send(client, SHEET)).content.decode()

    shown = re.findall(r'<ul class="small soft">(.*?)</ul>', page)
    assert [re.findall("<li>(.*?)</li>", each) for each in shown] == [
        ["A-1", "A-2", "A-3"], ["Red lamp", "Blue lamp", "Blue lamp too"], ["red", "blue"], ["5.20", "4.10"],
    ]  # fmt: skip


def test_the_next_file_with_the_same_columns_is_read_as_the_last() -> None:
    seller = make.company()
    client = signed_in(seller)
    place = send(client, SHEET)
    assert "as in your last file" not in client.get(place).content.decode()
    start(client, place, **CHOSEN)

    turned = "price,Farbe,label,ref\n9.10,black,Black lamp,B-1\n"
    place = send(client, turned)
    page = client.get(place).content.decode()

    assert "The columns are read as in your last file with the same ones, " in page
    assert read_as(page) == {"ref": "sku", "label": "title", "Farbe": "brand", "price": "price"}
    start(client, place)
    assert Offer.objects.get(company=seller, sku="B-1").brand == "black"
    assert KnownColumns.objects.count() == 1


def test_a_guess_can_be_asked_for_and_other_columns_are_guessed() -> None:
    client = signed_in(make.company())
    start(client, send(client, SHEET), **CHOSEN)

    guessed = client.get(send(client, SHEET) + "?guess=1").content.decode()
    other = client.get(send(client, SHEET.replace("Farbe", "Colour"))).content.decode()

    assert read_as(guessed)["Farbe"] == "attribute:Farbe"
    assert "as in your last file" not in guessed
    assert "as in your last file" not in other


def test_another_company_begins_with_a_guess() -> None:
    first = signed_in(make.company())
    start(first, send(first, SHEET), **CHOSEN)

    other = signed_in(make.company())
    page = other.get(send(other, SHEET)).content.decode()

    assert "as in your last file" not in page
    assert read_as(page)["Farbe"] == "attribute:Farbe"


def test_the_errors_of_an_import_can_be_taken_away_as_a_table() -> None:
    client = signed_in(make.company())
    place = send(client, "sku,title,price\nA-1,Red lamp,5.20\nA-2,Blue lamp,=1+1\n,No number,1\n")
    start(client, place)
    assert f'href="{place}errors.csv"' in client.get(place).content.decode()

    answer = client.get(place + "errors.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Line", "Column", "Value", "What is wrong"]
    assert [row[:3] for row in rows[1:]] == [["3", "price", "'=1+1"], ["4", "sku", ""]]
    assert all(row[3] for row in rows)
    assert answer["Content-Disposition"] == f'attachment; filename="errors-{ImportRun.objects.get().pk}.csv"'
    assert signed_in(make.company()).get(place + "errors.csv").status_code == 404


def test_the_page_of_a_staged_file_asks_the_database_little(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(make.company())
    place = send(client, SHEET)
    client.get(place)

    with django_assert_num_queries(7):
        client.get(place)


RICH = {
    "titles": {"en": "Cup, 3 sizes", "zh-hant": "杯子，三種尺寸", "zh-hans": "杯子，三种尺寸"},
    "descriptions": {"en": "Line 1\nLine 2; with \"quotes\"", "zh-hant": "第一行\n第二行", "zh-hans": "第一行"},
    "bullets": ["Strong", "Does not leak"], "brand": "+Acme", "category": "hardware/fasteners",
    "attributes": [["Size", "-8"], ["顏色", "紅"], ["Colour > finish", "@red"]],
    "attributes_by_language": {"en": [["Size", "+8"]], "zh-hans": [["尺寸", "=八"], ["颜色", "红"]]},
    "tiers": [["10", "2.5"], ["20", "1.25"], ["1000", "0.000125"]], "price_per": "100", "moq": "15", "multiple": "5",
    "lead_times": [["100", "7"], ["2000", "20"], ["", "45"]], "sample_price": "1.50", "origin": "DE", "hs_code": "731815",
    "variant_group": "CUP",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_every_part_of_a_catalogue_comes_home_as_it_left(kind: str) -> None:
    """Tiers, attributes, variants, languages, every unit and state: not one column of one offer changes."""
    seller = make.company()
    by = make.actor(seller)
    draft_offer(RICH | {"sku": "CUP-S"}, by=by)
    publish_offer(draft_offer(RICH | {"sku": "CUP-M", "attributes": [["Size", "9"]]}, by=by).pk, by=by)
    gone = publish_offer(draft_offer(RICH | {"sku": "CUP-L", "currency": "JPY", "sample_price": "0"}, by=by).pk, by=by)
    withdraw_offer(gone.pk, by=by)
    plain = {"titles": {"zh-hans": "散装"}, "category": "hardware/fasteners"}
    draft_offer(plain | {"sku": "=RAW", "unit": "KGM", "tiers": [["0.5", "3"]], "moq": "0.75", "multiple": "0.25"}, by=by)
    draft_offer(plain | {"sku": "'ON-REQUEST", "tiers": [], "lead_times": [["", "3"]]}, by=by)
    client = signed_in(seller)
    before = list(Offer.objects.order_by("number").values())

    content = b"".join(client.get(f"/en/offers/export.{kind}").streaming_content)  # type: ignore[attr-defined]
    upload = SimpleUploadedFile(f"offers.{kind}", content)
    place = client.post("/en/offers/imports/", {"_key": uuid4().hex, "file": upload})["Location"]
    page = client.get(place).content.decode()
    start(client, place, mode="all")

    run = ImportRun.objects.get()
    assert (run.state, run.errors, run.created_count, run.changed_count, run.unchanged_count) == ("done", [], 0, 0, 5)
    assert list(Offer.objects.order_by("number").values()) == before
    assert "What is wrong" not in page
    if kind != "jsonl":
        assert not KnownColumns.objects.exists()  # our own file needs no memory


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_an_exported_catalogue_says_the_same_in_an_empty_house(kind: str) -> None:
    seller, other = make.company(), make.company()
    by = make.actor(seller)
    for sku in ("CUP-S", "CUP-M"):
        publish_offer(draft_offer(RICH | {"sku": sku}, by=by).pk, by=by)

    content = b"".join(signed_in(seller).get(f"/en/offers/export.{kind}").streaming_content)  # type: ignore[attr-defined]
    client = signed_in(other)
    upload = SimpleUploadedFile(f"offers.{kind}", content)
    start(client, client.post("/en/offers/imports/", {"_key": uuid4().hex, "file": upload})["Location"], mode="all")

    # The category is guessed anew from the words; who imports is asked to look at it.
    ours = ("id", "number", "company_id", "category", "created_at", "updated_at", "attributes", "attributes_by_language")
    said = {
        owner: [
            {k: v for k, v in row.items() if k not in ours}
            for row in Offer.objects.filter(company=owner).order_by("sku").values()
        ]
        for owner in (seller, other)
    }
    assert said[seller] == said[other]
    assert [dict(offer.attributes) for offer in Offer.objects.all()] == [dict(RICH["attributes"])] * 4  # type: ignore[call-overload]
    translated = {language: dict(said) for language, said in RICH["attributes_by_language"].items()}  # type: ignore[attr-defined]
    assert [{k: dict(v) for k, v in offer.attributes_by_language.items()} for offer in Offer.objects.all()] == [translated] * 4
