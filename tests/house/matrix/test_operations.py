"""Every operation of the API × every id × strangers' keys, revoked keys, former members, small roles, nobody (reliability.md §5.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from everfair.base.actor import Actor
from everfair.base.api import open_cursor, seal_cursor
from everfair.companies.actions import make_api_key
from everfair.companies.values import SCOPES
from everfair.site.api import api
from tests.house.matrix.asking import Asked, asked, client_of, swaps
from tests.house.matrix.rows import CASHIER, EVERYONE, OPERATIONS, OPERATOR, SALES, Operation
from tests.house.matrix.test_pages import ROLES, no_word
from tests.house.matrix.world import FORM_TOKEN, Still, Undone, World, touched
from tests.house.test_doors import operations

ROWS = {row.call: row for row in OPERATIONS}
_ID_NAME = re.compile(r"(^|_)(id|ids|number|offer|cursor|bank_account|supplier|payment|order|quote|company)$")
# Named like an id, and none: numbers of people's own papers, hashes of contracts.
NO_IDS = {"registration_number", "tracking_number"}


@pytest.fixture(autouse=True)
def _database(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


@cache
def document() -> Any:
    """Our description of ourselves as programs read it; made once, for it takes most of a second."""
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def calls() -> dict[str, Any]:
    """«POST /orders/{order_id}/sign» → its view."""
    return {f"{method} {re.sub(r'{[^}]*:', '{', path)}": view for method, path, view in operations()}


def params() -> list[Any]:
    return [pytest.param(row, id=row.call) for row in OPERATIONS]


def method(row: Operation) -> str:
    return row.call.partition(" ")[0]


def is_problem(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "code", "detail", "errors"}


def test_every_operation_has_a_row() -> None:
    """Add a row to tests/house/matrix/rows.py: a valid request, who may, which thing of the company each id is."""
    assert sorted(set(calls()) - set(ROWS)) == []
    assert sorted(set(ROWS) - set(calls())) == []
    assert len(ROWS) == len(OPERATIONS)


@pytest.mark.parametrize("row", params())
def test_the_row_says_the_door_and_every_id(row: Operation) -> None:
    verb, _space, path = row.call.partition(" ")
    operation = document()["paths"][f"/api/v1{path}"][verb.lower()]
    stated = {("path", name) for name in row.path} | {("query", name) for name in row.query} | set(_names(row.body))

    assert row.door == calls()[row.call].allow.name
    assert (row.proof or ("factor" if row.door in (OPERATOR, SALES) else "")) == calls()[row.call].proof
    missing = [
        (p["in"], p["name"])
        for p in operation.get("parameters", [])
        if p["in"] != "header" and (p["in"], p["name"]) not in stated
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    missing += [("body", name) for name in _id_properties(body, document()) if ("body", name) not in stated] if body else []
    assert [place for place in missing if place[0] == "path" or _ID_NAME.search(place[1])] == []


def _names(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "body", name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _id_properties(schema: Any, whole: Any) -> Iterator[str]:
    """Names of the properties, however deep, that are ids by format or by name."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for variant in schema.get("anyOf", []) + schema.get("allOf", []):
        yield from _id_properties(variant, whole)
    if "items" in schema:
        yield from _id_properties(schema["items"], whole)
    for name, inner in schema.get("properties", {}).items():
        if name not in NO_IDS and (_ID_NAME.search(name) or '"uuid"' in json.dumps(inner)):
            yield name
        yield from _id_properties(inner, whole)


@pytest.mark.parametrize("row", params())
def test_the_right_caller_comes_in(row: Operation, world: World) -> None:
    client, still = client_of(world, "a", row.by), Still()

    answer = asked(row, method(row), world.sides["a"]).send(client)

    assert answer.status_code in row.answers, answer.content[:1500]
    changed = set(still.changed()) - {"base_writekey"}
    assert changed >= set(row.looks)
    assert bool(changed - set(row.looks)) == (row.writes and method(row) != "GET")


@pytest.mark.parametrize("row", params())
def test_nobody_and_revoked_keys_are_401(row: Operation, world: World) -> None:
    request, still = asked(row, method(row), world.sides["a"]), Still()

    revoked = request.send(world.who("a revoked"))
    unknown = request.send(world.who("nobody"), Authorization="Bearer ef_test_" + "x" * 43)
    empty = request.send(world.who("nobody"), Authorization="Bearer ")
    basic = request.send(world.who("nobody"), Authorization="Basic YTpi")
    nobody = request.send(world.who("nobody"))

    for answer in (revoked, unknown, empty, basic):
        is_problem(answer, 401)
    if row.door == EVERYONE:
        no_word(nobody, world)
    else:
        is_problem(nobody, 401)
    assert still.changed() == []


@pytest.mark.parametrize("row", params())
def test_another_companys_id_is_not_there(row: Operation, world: World) -> None:
    """One id at a time in an otherwise valid request of the other company: 404, or 422 for one in the body."""
    a, b, still = world.sides["a"], world.sides["b"], Still()
    if row.by == "operator":
        pytest.skip("the operator sees all companies; others are refused below")
    client, places = client_of(world, "b", row.by), swaps(row, method(row))

    for place in places:
        answer = asked(row, method(row), b, a, place).send(client)
        if not row.open or answer.status_code != 200:
            is_problem(answer, *((404,) if place[0] == 0 else (404, 422)))
        no_word(answer, world)
        assert still.changed() == [], place
    if not places and method(row) == "GET":
        no_word(asked(row, "GET", b).send(client), world)


@pytest.mark.parametrize("row", params())
def test_small_roles_former_members_and_the_operator_are_refused(row: Operation, world: World) -> None:
    door, a, still = calls()[row.call].allow, world.sides["a"], Still()
    request = asked(row, method(row), a)

    for role in ROLES:
        if not door.admits(Actor("person", a.people[role].pk, a.company.pk, frozenset({role}))):
            is_problem(request.send(client_of(world, "a", role)), 403)
    former = request.send(world.who("a ex"))
    if row.door == EVERYONE:
        no_word(former, world)
    else:
        is_problem(former, 401, 403, 404)
        no_word(former, world)
    if not door.admits(Actor("operator", world.operator.pk, staff_roles=frozenset({"operator"}))):
        is_problem(request.send(world.who("operator")), 403, 404)
    if row.by in ("owner", "operator", "sales"):
        is_problem(request.send(world.who("a key")), 403)
    assert still.changed() == []


@pytest.mark.parametrize("row", params())
def test_a_key_without_the_scope_is_refused(row: Operation, world: World) -> None:
    scope = getattr(calls()[row.call], "scope", None)
    if scope is None:
        assert row.door in (EVERYONE, CASHIER, SALES) or row.door.startswith("operator") or row.door.endswith("& in person"), (
            "a key that may come in needs a scope for it"
        )
        pytest.skip("no key, or no scope needed")
    a = world.sides["a"]
    _key, raw = make_api_key("narrow", [other for other in SCOPES if other != scope], by=a.by)
    still = Still()

    answer = asked(row, method(row), a).send(world.who("nobody"), Authorization=f"Bearer {raw}")

    is_problem(answer, 403)
    assert answer.json()["code"] == "base.scope_missing"
    assert set(still.changed()) <= {"companies_apikey", "companies_auditnote"}


@pytest.mark.parametrize("row", params())
def test_a_sessions_write_needs_the_form_token_and_every_write_its_key(row: Operation, world: World) -> None:
    """B77, B78, B90: the key is asked for, kept to its body, and its repetition has no second effect."""
    if method(row) == "GET":
        pytest.skip("reads only")
    a, still = world.sides["a"], Still()
    request = asked(row, method(row), a)
    session = row.by if row.by in ("owner", "operator") else "owner"

    is_problem(request.send(client_of(world, "a", session), form_token=False), 403)
    if not row.keyless:
        for key in (None, "", "k" * 256, "a\tb"):
            is_problem(request.send(client_of(world, "a", row.by), key=key), 422)
    assert still.changed() == []
    if row.keyless or row.answers[0] >= 400:
        return

    first = request.send(client_of(world, "a", row.by), key="once")
    count = Still()
    second = request.send(client_of(world, "a", row.by), key="once")
    other = _said_otherwise(request, client_of(world, "a", row.by))

    assert (second.status_code, second["Idempotent-Replay"]) == (first.status_code, "true")
    assert count.count == touched(), "the repetition wrote"
    if other is not None:
        is_problem(other, 422)
        assert other.json()["code"] == "base.key_reused"


def _said_otherwise(request: Asked, client: Client) -> Any:
    """The same key on another body: the same words, spaced differently, are other bytes."""
    if request.body is None:
        return None
    if request.files:
        return replace(request, body={**request.body, "mode": "good"}).send(client, key="once")
    headers = {"X-CSRFToken": FORM_TOKEN, "Idempotency-Key": "once"}
    text = json.dumps(request.body, indent=1, default=str)
    return client.generic(request.method, request.path, text, "application/json", headers=headers)


def test_every_scope_of_a_door_can_be_given_to_a_key() -> None:
    used = {scope for view in calls().values() if (scope := getattr(view, "scope", None))}
    assert used - set(SCOPES) == set()


def test_cursors_of_other_lists_are_refused(world: World) -> None:
    """A cursor is signed, but which list it is of is inside: another list's, a forged one, another type (B65, B94)."""
    a, bad = world.sides["a"], []
    uuid, moment = str(a.company.pk), timezone.now().isoformat()
    odd = [[1], [uuid], ["x"], [None], [], [{}], [[1]], [True], [1.5], ["issues", 1], [moment, uuid], [uuid, 2], [2, uuid], [10**30], ["x", "y"], [moment, "x"],
           {"a": 1}, "text", 5, None]  # fmt: skip
    forged = ["x", "é", "\x00", "a" * 400, "%00", seal_cursor([1])[:-4] + "AAAA"]
    lists = [row for row in OPERATIONS if "cursor" in row.query]
    assert len(lists) >= 8

    for row in lists:
        for cursor in [seal_cursor(values) for values in odd] + forged:
            request = asked(row, "GET", a)
            client = client_of(world, "a", row.by)
            client.raise_request_exception = False
            answer = replace(request, query={**request.query, "cursor": cursor}).send(client)
            if answer.status_code >= 500:
                bad.append((row.call, open_cursor(cursor) if cursor not in forged else cursor))
            elif cursor in forged and answer.status_code not in (400, 422):
                bad.append((row.call, cursor, answer.status_code))
    assert bad == []
