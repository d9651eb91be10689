"""Samples, framework contracts and group buys for programs: the same verbs as the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import now
from everfair.companies.models import Company
from everfair.trade.actions import sign_order
from everfair.trade.models import Order
from tests.trade import kinds
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def test_a_program_orders_a_sample_exactly_as_it_was_shown():
    buyer, seller = kinds.owner(), kinds.owner()
    offer = kinds.goods(seller)
    who = program(Company.objects.get(pk=buyer.company_id))
    body = {"offer": str(offer.pk), "quantity": 2, "named_place": "Hamburg"}

    seen = send(who, "post", "/orders/samples/preview", body).json()
    other = send(who, "post", "/orders/samples", body | {"draft_hash": "0" * 64})
    made = send(who, "post", "/orders/samples", body | {"draft_hash": seen["draft_hash"]})

    assert (other.status_code, made.status_code) == (409, 201)
    assert (made.json()["kind"], made.json()["total"]["amount"]) == ("sample", "10.00")
    assert send(who, "post", "/orders/samples", body | {"quantity": 2}).json()["code"] == "trade.samples_used_up"


def test_a_program_calls_off_a_framework_and_reads_what_is_left():
    buyer, seller = kinds.owner(), kinds.owner()
    offer = kinds.goods(seller)
    who = program(Company.objects.get(pk=buyer.company_id))
    until = (now() + timedelta(days=90)).date().isoformat()
    body = {
        "lines": [{"offer": str(offer.pk), "quantity": "1000"}],
        "incoterm": "FOB",
        "named_place": "Ningbo",
        "valid_until": until,
    }

    frame = send(who, "post", "/frameworks", body).json()
    sign_order(frame["id"], frame["terms_hash"], by=seller)
    called = send(who, "post", f"/orders/{frame['id']}/call-offs", {"lines": [{"line": 1, "quantity": "250"}]}).json()
    left = who.get(f"/api/v1/orders/{frame['id']}/framework").json()

    assert (frame["kind"], frame["stages"], called["kind"], called["basis"]) == ("framework", [], "call_off", frame["id"])
    assert left["lines"][0] | {"description": ""} == {
        "n": 1, "description": "", "unit": "H87", "quantity": "1000", "called": "250", "left": "750",
    }  # fmt: skip
    assert left["orders"] == [called["id"]]


def test_a_program_joins_a_group_buy_that_everybody_can_read():
    buyer, seller = kinds.owner(), kinds.owner()
    supplier, who = (program(Company.objects.get(pk=each.company_id)) for each in (seller, buyer))
    offer = kinds.goods(seller)
    body = {
        "offer": str(offer.pk), "threshold": "1000", "unit_price": "0.4", "least": "100", "lead_time_days": 20, "incoterm": "FOB",
        "named_place": "Ningbo", "closes_at": (now() + timedelta(days=9)).isoformat(),
    }  # fmt: skip

    group = send(supplier, "post", "/group-buys", body).json()
    joined = send(who, "post", f"/group-buys/{group['id']}/join", {"quantity": "100"}).json()
    closed = send(supplier, "post", f"/group-buys/{group['id']}/close").json()

    assert (joined["kind"], joined["agreement"]) == ("group_buy", "agreed")
    assert (closed["state"], closed["held"], closed["buyers"]) == ("missed", "0", 0)
    assert Order.objects.get().agreement == "lapsed"
    assert who.get("/api/v1/group-buys").json() == {"items": []}
