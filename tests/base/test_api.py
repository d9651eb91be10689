"""The API says no in one form, and its cursors are its own."""

from __future__ import annotations

import base64
import json

import pytest
from django.core import signing

from everfair.base.api import open_cursor, problem, refusal_problem, seal_cursor
from everfair.base.refused import Refused


def test_a_problem_document_has_its_members_and_its_type():
    """RFC 9457."""
    response = problem(404, "base.http_404")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(response.content) == {
        "type": "urn:everfair:problem:base.http_404",
        "title": "Not found",
        "status": 404,
        "code": "base.http_404",
        "detail": "Not found",
        "errors": [],
    }


def test_a_refusal_names_its_field_and_when_to_come_back():
    refusal = Refused("ledger.short", "Not enough.", field="amount", status=422, retry_after_s=7)

    response = refusal_problem(refusal)

    body = json.loads(response.content)
    assert (response.status_code, response["Retry-After"]) == (422, "7")
    assert (body["code"], body["detail"]) == ("ledger.short", "Not enough.")
    assert body["errors"] == [{"field": "amount", "message": "Not enough."}]


def test_a_refusal_without_field_or_pause_has_neither():
    response = refusal_problem(Refused("trade.wrong_state", "Too late."))

    assert (response.status_code, json.loads(response.content)["errors"], "Retry-After" in response) == (409, [], False)


@pytest.mark.parametrize("values", [[], [1], ["2028-02-29T12:00:00+00:00", "0190c0de-0000-7000-8000-000000000001"], [None, "茶"]])
def test_a_cursor_opens_to_what_was_sealed(values: list[object]):
    assert open_cursor(seal_cursor(values)) == values


def forged(values: list[object]) -> str:
    return base64.urlsafe_b64encode(
        signing.Signer(key="guessed", salt="everfair.cursor").sign(json.dumps(values)).encode()
    ).decode()


def elsewhere(values: list[object]) -> str:
    return base64.urlsafe_b64encode(signing.Signer(salt="another.purpose").sign(json.dumps(values)).encode()).decode()


def changed(values: list[object]) -> str:
    raw = base64.urlsafe_b64decode(seal_cursor(values)).decode()
    return base64.urlsafe_b64encode(raw.replace("1", "2", 1).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "%%%",
        "茶",
        "\ud800",
        "YWJj",
        "W10=",
        seal_cursor([1])[:-4],
        forged([1]),
        elsewhere([1]),
        changed([1]),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(text: str):
    with pytest.raises(Refused) as refusal:
        open_cursor(text)

    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("base.cursor_unknown", 422, "cursor")
