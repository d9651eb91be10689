from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.catalog.models import Offer
from everfair.companies.actions import make_api_key
from everfair.companies.models import Company
from tests import make

pytestmark = pytest.mark.django_db

BOLT = {
    "sku": "B-8",
    "titles": {"en": "Hex bolt"},
    "category": "hardware/fasteners",
    "tiers": [{"from_quantity": "100", "price": "0.50"}, {"from_quantity": "1000", "price": "0.42"}],
    "lead_times": [{"up_to": "500", "days": 15}, {"up_to": None, "days": 30}],
    "attributes": [{"name": "Material", "value": "steel"}],
    "sample_price": "2.50",
}


class Program:
    """A client with an API key of this company."""

    def __init__(self, of: Company, *scopes: str) -> None:
        owner = make.actor(of, "owner", who=make.member(of))
        _row, key = make_api_key("test", list(scopes or ("offers:read", "offers:write")), by=owner)
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        return Client().generic(
            method,
            f"/api/v1{path}",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers=self.headers | {"Idempotency-Key": key or uuid4().hex},
        )


def test_everybody_reads_a_published_offer_by_number_or_id() -> None:
    offer = make.offer(make.company(name="Ningbo"), sample_price_minor=0)

    by_number = Client().get(f"/api/v1/offers/{offer.number}").json()

    assert by_number == Client().get(f"/api/v1/offers/{offer.pk}").json()
    assert by_number["tiers"] == [{"from_quantity": "100", "price": "0.50"}, {"from_quantity": "1000", "price": "0.42"}]
    assert (by_number["moq"], by_number["sample_price"], by_number["price_on_request"]) == ("100", "0.00", False)
    assert by_number["supplier"] == {"number": offer.company.number, "name": "Ningbo", "country": "DE", "verified": False}
    assert by_number["allowed_moves"] == []


def test_what_is_not_public_is_not_there() -> None:
    offer = make.offer(make.company(), state="draft")

    for name in (offer.number, offer.pk, 1, uuid4(), "nonsense", "9" * 30):
        answer = Client().get(f"/api/v1/offers/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "base.not_found")
    assert Client().get("/api/v1/offers/%00").status_code == 400
    assert Program(make.company()).get(f"/offers/{offer.pk}").status_code == 404
    assert Program(offer.company).get(f"/offers/{offer.pk}").json()["allowed_moves"] == ["publish"]


def test_a_program_writes_publishes_changes_and_withdraws() -> None:
    seller = make.company()
    program = Program(seller)

    made = program.send("POST", "/company/offers", BOLT)
    assert made.status_code == 201, made.content
    offer_id = made.json()["id"]
    assert (made.json()["state"], made.json()["allowed_moves"]) == ("draft", ["publish"])
    assert program.send("POST", f"/company/offers/{offer_id}/publish").json()["state"] == "published"
    changed = program.send("PATCH", f"/company/offers/{offer_id}", {"brand": "Acme", "sample_price": None}).json()
    assert (changed["brand"], changed["sample_price"], changed["moq"]) == ("Acme", None, "100")
    assert program.send("POST", f"/company/offers/{offer_id}/withdraw").json()["state"] == "withdrawn"
    assert program.send("POST", f"/company/offers/{offer_id}/withdraw").status_code == 409


def test_the_same_key_makes_one_offer() -> None:
    program = Program(make.company())

    first, second = (program.send("POST", "/company/offers", BOLT, key="one") for _ in range(2))

    assert first.json() == second.json()
    assert Offer.objects.count() == 1
    assert program.send("POST", "/company/offers", {**BOLT, "sku": "other"}, key="one").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tiers": [{"from_quantity": "1", "price": "-1"}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "1", "price": 1.5}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "1", "price": "1e3"}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "1", "price": "NaN"}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "1", "price": "１"}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "1", "price": "1\n"}]}, "tiers.0.price"),
        ({"tiers": [{"from_quantity": "0.3333", "price": "1"}]}, "tiers"),
        ({"tiers": [{"from_quantity": "1", "price": "1"}, {"from_quantity": "2", "price": "2"}]}, "tiers"),
        ({"tiers": [{"from_quantity": str(n), "price": "1"} for n in range(1, 13)]}, "tiers"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"sample_price": "1.005"}, "sample_price"),
        ({"unit": "QQQ"}, "unit"),
        ({"category": "x"}, "category"),
        ({"titles": {"fr": "Boulon"}}, "titles.fr.[key]"),
        ({"titles": {"en": "a\u202eb"}}, "titles.en"),
        ({"state": "published"}, "state"),
        ({"sku": None}, "sku"),
    ],
    ids=str,
)
def test_a_wrong_offer_is_a_problem_that_names_its_field(changes: dict[str, Any], field: str) -> None:
    answer = Program(make.company()).send("POST", "/company/offers", {**BOLT, **changes})

    assert answer.status_code == 422, answer.content
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Offer.objects.exists()


def test_the_list_goes_on_with_a_cursor_and_shows_ones_own_only() -> None:
    seller = make.company()
    for n in range(5):
        make.offer(seller, sku=f"A-{n}", state="draft" if n == 0 else "published")
    make.offer(make.company(), sku="OTHER")
    program = Program(seller)

    first = program.get("/company/offers?limit=3").json()
    rest = program.get(f"/company/offers?limit=3&cursor={first['cursor']}").json()

    assert [o["sku"] for o in first["offers"] + rest["offers"]] == ["A-4", "A-3", "A-2", "A-1", "A-0"]
    assert rest["cursor"] is None
    assert [o["sku"] for o in program.get("/company/offers?state=draft").json()["offers"]] == ["A-0"]
    assert [o["sku"] for o in program.get("/company/offers?q=a-3").json()["offers"]] == ["A-3"]
    assert program.get("/company/offers?cursor=xyz").status_code == 422


def test_another_companys_offer_is_a_404_and_a_missing_scope_a_403() -> None:
    offer = make.offer(make.company())
    other = Program(make.company())

    assert other.send("PATCH", f"/company/offers/{offer.pk}", {"brand": "x"}).status_code == 404
    for verb in ("publish", "withdraw"):
        assert other.send("POST", f"/company/offers/{offer.pk}/{verb}").status_code == 404
    assert Program(offer.company, "offers:read").send("PATCH", f"/company/offers/{offer.pk}", {}).status_code == 403
    assert Client().get("/api/v1/company/offers").status_code == 401
    assert Offer.objects.get().brand == ""


def test_rows_are_imported_as_json() -> None:
    seller = make.company()
    rows = [{"sku": "A", "title": "Lamp", "price": "1.50"}, {"sku": "B", "title": "Bulb", "price": "-1"}]

    refused = Program(seller).send("POST", "/company/imports/rows", {"rows": rows, "mode": "all"}).json()
    taken = Program(seller).send("POST", "/company/imports/rows", {"rows": rows, "mode": "good"}).json()

    assert (refused["state"], refused["reason"]) == ("refused", "Nothing was imported: 1 rows have errors.")
    assert (taken["state"], taken["created"], taken["refused"]) == ("done", 1, 1)
    assert taken["errors"] == [
        {"line": 2, "column": "price", "code": "number_negative", "message": "The number must not be negative."}
    ]
    assert Offer.objects.get().sku == "A"
    assert Program(seller).get(f"/company/imports/{taken['id']}").json() == taken
    assert Program(make.company()).get(f"/company/imports/{taken['id']}").status_code == 404
    assert Program(seller).send("POST", "/company/imports/rows", {"rows": rows * 501}).status_code == 422


def test_a_file_is_imported_from_a_program() -> None:
    seller = make.company()
    program = Program(seller)
    file = SimpleUploadedFile("prices.csv", b"sku,title,price\n00123,Lamp,1.50\n")

    answer = Client().post(
        "/api/v1/company/imports", {"file": file, "mode": "all"}, headers=program.headers | {"Idempotency-Key": uuid4().hex}
    )

    assert (answer.status_code, answer.json()["created"]) == (200, 1), answer.content
    assert ["sku", "sku"] in answer.json()["mapping"]
    assert Offer.objects.get(company=seller).sku == "00123"
