"""The office over the API: an operator's session, the same sums, the same notes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from everfair.companies.actions import make_api_key
from everfair.companies.queries import open_stops
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.trade.actions import open_issue
from tests import make
from tests.office.desk import member, notes, operator, signed_in

pytestmark = pytest.mark.django_db


def ask(client: Client, address: str, body: Any, key: str = "k-1", **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key, **headers})


def an_issue() -> make.Trade:
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)
    return trade


def test_issues_are_listed_page_by_page() -> None:
    client, trades = signed_in(operator()), [an_issue() for _ in range(3)]

    first = client.get("/api/v1/office/issues?limit=2").json()
    second = client.get(f"/api/v1/office/issues?limit=2&cursor={first['next_cursor']}").json()

    assert [row["number"] for row in first["issues"] + second["issues"]] == [t.order.number for t in reversed(trades)]
    assert second["next_cursor"] is None
    assert first["issues"][0]["total"] == "420.00"
    assert client.get("/api/v1/office/issues?cursor=forged").status_code == 422


def test_a_decision_answers_what_it_paid_and_its_repetition_the_same() -> None:
    client, trade = signed_in(operator()), an_issue()
    address = f"/api/v1/office/orders/{trade.order.pk}/resolve"

    answers = [ask(client, address, {"buyer_share": "0.4", "reason": "Four of ten cartons."}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    body = answers[0].json()
    assert (body["held"], body["to_buyer"], body["to_seller"], body["fee"], body["issue"]) == (
        "420.00",
        "168.00",
        "246.96",
        "5.04",
        "resolved",
    )
    assert str(balance(wallet(trade.order.buyer_id, "USD"), "USD").posted) == "168.00 USD"
    assert len(notes("issue resolved")) == 1


def test_a_share_that_cannot_be_is_refused() -> None:
    client, trade = signed_in(operator()), an_issue()

    for n, share in enumerate(("1.1", "-0.1", "0.33333", "0,4", "x")):
        answer = ask(
            client, f"/api/v1/office/orders/{trade.order.pk}/resolve", {"buyer_share": share, "reason": "Why."}, key=f"s-{n}"
        )
        assert answer.status_code == 422, share

    assert trade.fresh().issue == "open"


def test_a_company_is_stopped_and_verified_by_nobody_alone() -> None:
    client, seller = signed_in(operator()), make.company()

    marked = ask(client, f"/api/v1/office/companies/{seller.pk}/verify", {"until": "2027-01-01", "note": "Licence seen."})
    stopped = ask(client, f"/api/v1/office/companies/{seller.pk}/stops", {"kind": "release", "reason": "A complaint."})

    assert (marked.status_code, stopped.status_code) == (404, 201)
    assert [stop.kind for stop in open_stops([seller.pk])] == ["release"]
    assert [note.act for note in notes()] == ["placed a release stop"]


def test_members_keys_and_strangers_are_kept_out() -> None:
    seller, trade = make.company(), an_issue()
    owner = make.member(seller)
    _key, raw = make_api_key("robot", ["orders:write", "orders:read"], by=make.actor(seller, "owner", who=owner))
    refused = {403: signed_in(member()), 401: Client()}

    for status, client in refused.items():
        assert client.get("/api/v1/office/issues").status_code == status
        assert (
            ask(client, f"/api/v1/office/orders/{trade.order.pk}/resolve", {"buyer_share": "1", "reason": "Mine."}).status_code
            == status
        )
        assert (
            ask(client, f"/api/v1/office/companies/{seller.pk}/stops", {"kind": "listing", "reason": "Rival."}).status_code
            == status
        )
    by_key = Client().get("/api/v1/office/issues", headers={"Authorization": f"Bearer {raw}"})

    assert by_key.status_code == 403
    assert trade.fresh().issue == "open"
    assert open_stops([seller.pk]) == []


def test_unknown_companies_and_fields_are_refused() -> None:
    client, trade = signed_in(operator()), an_issue()

    unknown = ask(client, f"/api/v1/office/companies/{trade.order.pk}/stops", {"kind": "listing", "reason": "Nobody."})
    more = ask(
        client, f"/api/v1/office/orders/{trade.order.pk}/resolve", {"buyer_share": "1", "reason": "x", "fee": "0"}, key="k-2"
    )

    assert (unknown.status_code, more.status_code) == (404, 422)
