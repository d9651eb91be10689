"""Consignments over the API: seen by their two sides, received and proven by the consignee."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from everfair.base.clock import now
from everfair.companies.actions import make_api_key
from everfair.companies.models import Company
from everfair.companies.values import SCOPES
from tests import make
from tests.logistics.goods import Goods, booked, goods, tell

pytestmark = pytest.mark.django_db


def program(of: Company, *scopes: str) -> Client:
    who = make.member(of)
    _key, text = make_api_key("ERP", scopes or SCOPES, by=make.actor(of, who=who))
    return Client(headers={"Authorization": f"Bearer {text}"})


def call(who: Client, made: Goods, rest: str = "", body: Any = None, key: str = "") -> Any:
    address = f"/api/v1/consignments/{made.row.pk}{rest}"
    if body is None:
        return who.get(address)
    return who.post(address, json.dumps(body), "application/json", headers={"Idempotency-Key": key or f"k{make.next_number()}"})


def test_a_consignment_and_its_tracking_are_read_by_both_sides_only():
    made = booked(2, from_place="CNNGB", to_place="DEHAM")
    tell(made.row, "departed", place="CNNGB", package=2, hours_ago=3)

    for company in (made.sender, made.receiver):
        seen = call(program(company), made).json()
        assert (seen["id"], seen["state"], seen["carrier_code"], seen["booking"]) == (
            str(made.row.pk),
            "handed_over",
            "sandbox",
            "booked",
        )
        assert [(p["n"], p["state"], p["marks"]) for p in seen["packages"]] == [(1, "packed", "1/2"), (2, "packed", "2/2")]
        assert seen["proof"] is None
        (item,) = call(program(company), made, "/tracking").json()["items"]
        assert (item["code"], item["place"], item["package"], item["source"]) == ("departed", "CNNGB", 2, "carrier")
    stranger = program(make.company())
    assert [call(stranger, made).status_code, call(stranger, made, "/tracking").status_code] == [404, 404]
    assert call(program(made.sender, "offers:read"), made).status_code == 403
    assert call(Client(), made).status_code == 401


def test_the_consignees_program_confirms_packages_and_a_repetition_counts_once():
    made = goods(2)
    consignee = program(made.receiver)

    first = call(consignee, made, "/packages/1/receipt", {"condition": "damaged", "note": "wet"}, key="one")
    again = call(consignee, made, "/packages/1/receipt", {"condition": "damaged", "note": "wet"}, key="one")
    last = call(consignee, made, "/packages/2/receipt", {})

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.json()["packages"][0]["condition"] == "damaged"
    assert (last.json()["state"], last.json()["proof"]["entered_as"]) == ("delivered", "consignee")
    assert call(consignee, made, "/packages/2/receipt", {}).status_code == 409
    assert call(consignee, made, "/packages/9/receipt", {}).status_code == 404
    assert call(consignee, made, "/packages/1/receipt", {"condition": "fine"}).status_code == 422
    assert call(program(made.sender), made, "/packages/1/receipt", {}).status_code == 409  # received already, whoever asks
    assert call(program(make.company()), made, "/packages/1/receipt", {}).status_code == 404


def test_the_shippers_program_proves_nothing():
    made = goods()
    said = {"delivered_at": (now() - timedelta(hours=1)).isoformat(), "signed_by": "A. Meyer"}

    refused, taken = call(program(made.sender), made, "/proof", said), call(program(made.receiver), made, "/proof", said)

    assert (refused.status_code, refused.json()["code"]) == (403, "base.not_your_move")
    assert (taken.status_code, taken.json()["state"], taken.json()["proof"]["signed_by"]) == (200, "delivered", "A. Meyer")
    assert call(program(made.receiver), made, "/proof", said).status_code == 409


@pytest.mark.parametrize(
    "said",
    [
        {}, {"delivered_at": "yesterday"}, {"delivered_at": "2026-11-22T10:00:00"}, {"delivered_at": "2199-01-01T00:00:00Z"},
        {"delivered_at": "2001-01-01T00:00:00Z"}, {"delivered_at": "NOW", "document_sha256": "x"}, {"delivered_at": "NOW", "by": "me"},
        {"delivered_at": "NOW", "signed_by": "a\u202eb"}, {"delivered_at": "NOW", "signed_by": "x" * 141},
    ],
)  # fmt: skip
def test_a_bad_proof_is_refused_and_keeps_nothing(said):
    made = goods()
    sent = said | ({"delivered_at": now().isoformat()} if said.get("delivered_at") == "NOW" else {})

    assert call(program(made.receiver), made, "/proof", sent).status_code == 422
    assert made.fresh().state == "handed_over"
