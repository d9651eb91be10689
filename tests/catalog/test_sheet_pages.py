"""Sheets of offers on pages: looked at, taken in part or not at all, and exported unchanged."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from everfair.catalog.actions import draft_offer
from everfair.catalog.models import ImportRun, Offer
from tests import make
from tests.catalog.at_the_desk import send, signed_in
from tests.files.uploads import picture

pytestmark = pytest.mark.django_db
SHEET = "sku,title,price,moq\nA-1,Red lamp,5.20,10\nA-2,Blue lamp,4.10,10\nA-3,Green lamp,-1,10\n"


def test_an_import_is_looked_at_before_anything_is_changed() -> None:
    client = signed_in(make.company())

    page = client.get(send(client, SHEET)).content.decode()

    assert "Red lamp" in page
    assert "The number must not be negative." in page
    assert not Offer.objects.exists()


def test_all_or_nothing_changes_nothing_while_a_row_is_wrong() -> None:
    client = signed_in(make.company())
    place = send(client, SHEET)

    result = client.post(place + "start/", {"_key": uuid4().hex, "mode": "all"}, follow=True).content.decode()

    assert "Nothing was imported: 1 rows have errors." in result
    assert "The number must not be negative." in result
    assert not Offer.objects.exists()


def test_good_rows_only_leaves_the_others_out() -> None:
    seller = make.company()
    client = signed_in(seller)
    place = send(client, SHEET)

    client.post(place + "start/", {"_key": uuid4().hex, "mode": "good"})

    assert set(Offer.objects.filter(company=seller, state="published").values_list("sku", flat=True)) == {"A-1", "A-2"}
    run = ImportRun.objects.get()
    assert (run.state, run.created_count, run.refused_count, run.stored_as) == ("done", 2, 1, "")
    assert [error[:3] for error in run.errors] == [[4, "price", "number_negative"]]


def test_columns_can_be_chosen_by_a_person() -> None:
    seller = make.company()
    client = signed_in(seller)
    place = send(client, "sku,name,other\nA-1,Lamp,Real title\n")
    chosen = {"column": ["sku", "name", "other"], "field": ["sku", "", "title"]}

    assert "Real title" in client.get(place, chosen).content.decode()
    client.post(place + "start/", {"_key": uuid4().hex, "mode": "all", **chosen})

    assert Offer.objects.get(company=seller).titles == {"en": "Real title"}


def test_a_mapping_without_a_sku_is_refused_on_its_page() -> None:
    client = signed_in(make.company())
    place = send(client, "sku,title\nA-1,Lamp\n")

    answer = client.post(
        place + "start/", {"_key": uuid4().hex, "mode": "all", "column": ["sku", "title"], "field": ["", "title"]}
    )

    assert answer.status_code == 422
    assert "No column holds your item number (SKU). Choose one." in answer.content.decode()
    assert ImportRun.objects.get().state == "staged"


def test_another_companys_import_is_not_there() -> None:
    place = send(signed_in(make.company()), SHEET)
    other = signed_in(make.company())

    assert other.get(place).status_code == 404
    assert other.post(place + "start/", {"_key": uuid4().hex, "mode": "good"}).status_code == 404
    assert not Offer.objects.exists()


def test_what_is_no_sheet_is_refused_beside_the_field() -> None:
    client = signed_in(make.company())

    answer = client.post("/en/offers/imports/", {"_key": uuid4().hex, "file": SimpleUploadedFile("x.csv", picture())})

    assert answer.status_code == 422
    assert "This is not a CSV, XLSX or JSON Lines file but JPEG." in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_what_is_exported_and_imported_again_changes_nothing(kind: str) -> None:
    seller = make.company()
    by = make.actor(seller)
    draft_offer({
        "sku": "=1+1", "titles": {"en": "Bolt", "zh-hant": "螺栓"}, "descriptions": {"en": "Line 1\nLine 2"},
        "category": "hardware/fasteners",
        "tiers": [["10", "2.5"], ["20", "1.25"]], "price_per": "100", "multiple": "5", "lead_times": [["100", "7"], ["", "9"]],
        "sample_price": "1.50", "attributes": [["Size", "-8"], ["Colour > finish", "@red"]], "origin": "DE", "hs_code": "731815",
        "bullets": ["Strong", "Cheap"], "brand": "+Acme",
    }, by=by)  # fmt: skip
    make.offer(make.company(), sku="OTHER")
    client = signed_in(seller)

    content = b"".join(client.get(f"/en/offers/export.{kind}").streaming_content)  # type: ignore[attr-defined]
    answer = client.post("/en/offers/imports/", {"_key": uuid4().hex, "file": SimpleUploadedFile(f"o.{kind}", content)})
    client.post(answer["Location"] + "start/", {"_key": uuid4().hex, "mode": "all"})

    run = ImportRun.objects.get()
    assert (run.state, run.created_count, run.changed_count, run.unchanged_count) == ("done", 0, 0, 1)
    assert b"OTHER" not in content
    if kind == "csv":
        text = io.StringIO(content.decode("utf-8-sig")).getvalue()
        assert all(cell in text for cell in ("'=1+1", "'@red", "'+Acme", "'-8"))
