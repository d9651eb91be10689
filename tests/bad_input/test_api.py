"""The catalogue of bad input (reliability.md B21–B48, B65, B69, B76) against every field of every operation of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from everfair.site.api import api
from tests.bad_input.generating import cases, fields, filled, fits, kind_of, with_hole
from tests.bad_input.judging import Wrong
from tests.house.matrix.asking import Asked, asked, client_of
from tests.house.matrix.rows import OPERATIONS, Operation
from tests.house.matrix.world import FORM_TOKEN, Still, Undone, World

WITH_BODY = [row for row in OPERATIONS if row.body is not None and not row.files]
# What a program must not be able to say of itself or of a price (B32, B69).
ASSIGNED = {
    "role": "owner", "roles": ["owner"], "is_staff_member": True, "is_superuser": True, "company_id": "00000000-0000-7000-8000-000000000000",
    "company": 1, "buyer_id": "00000000-0000-7000-8000-000000000000", "verified_at": "2026-01-01", "verified_until": "2030-01-01", "id": 1,
    "number": 1, "state": "published", "status": "funded", "agreement": "completed", "price": "0.01", "unit_price_minor": 1, "total": "0.01",
    "total_minor": 1, "fee": "0", "fee_rate": "0", "created_at": "2020-01-01", "currency_minor": 1, "__class__": "x", "__proto__": {"x": 1},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _database(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


@cache
def document() -> Any:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def operation(row: Operation) -> Any:
    verb, _space, path = row.call.partition(" ")
    return document()["paths"][f"/api/v1{path}"][verb.lower()]


def body_schema(row: Operation) -> Any:
    return operation(row)["requestBody"]["content"]["application/json"]["schema"]


def calling(world: World, row: Operation) -> Client:
    client = client_of(world, "a", row.by)
    client.raise_request_exception = False
    return client


def post_raw(client: Client, request: Asked, text: str | bytes, content_type: str = "application/json") -> Any:
    headers = {"X-CSRFToken": FORM_TOKEN, "Idempotency-Key": "bad"}
    return client.generic(request.method, request.path, text, content_type, headers=headers)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.call) for row in WITH_BODY])
def test_every_bad_value_in_every_field_of_a_body(row: Operation, world: World, record_property: Any) -> None:
    client, request, wrong = calling(world, row), asked(row, row.call.partition(" ")[0], world.sides["a"]), Wrong()

    for place, kind in fields(body_schema(row), request.body, document()):
        if set(place) & set(row.free):
            continue
        holed = with_hole(request.body, place)
        for case in cases():
            if fits(case, kind):
                with Undone():
                    answer = post_raw(client, request, filled(holed, case.raw))
                    wrong.judge(f"{case.id} in {'.'.join(map(str, place))} ({kind})", answer, case.expect, Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.call) for row in WITH_BODY])
def test_every_bad_body(row: Operation, world: World, record_property: Any) -> None:
    """B27 names twice, B40 bytes that are no text, B69 what nobody may set, B98 depth, and bodies that are none."""
    client, request, wrong = calling(world, row), asked(row, row.call.partition(" ")[0], world.sides["a"]), Wrong()
    good = json.dumps(request.body, default=str)
    bad: dict[str, str | bytes] = {
        "B40 invalid UTF-8": good.encode()[:-1] + b',"x":"\xff\xfe"}', "B40 overlong": good.encode()[:-1] + b',"x":"\xc0\xaf"}',
        "B40 Latin-1": good.encode()[:-1] + ',"x":"ü"}'.encode("latin-1"), "UTF-16": good.encode("utf-16"), "UTF-8 with a mark": b"\xef\xbb\xbf" + good.encode(),
        "nothing": "", "no JSON": "{", "a list": f"[{good}]", "a string": '"x"', "a number": "7", "null": "null", "true": "true", "two": good + good,
        "single quotes": "{'a': 1}", "a comment": "{/**/}", "a comma too many": good[:-1] + ",}", "B98 depth": "[" * 100_000, "B98 deep object": '{"a":' * 50_000,
        "B98 a list of lists": f'{{"lines": {"[" * 5000}{"]" * 5000}}}',
    }  # fmt: skip
    for name in request.body:
        bad[f"B27 {name} twice"] = good[:-1] + f", {json.dumps(name)}: {json.dumps(request.body[name], default=str)}}}"
    for name, value in ASSIGNED.items():
        if name not in request.body:
            bad[f"B69 {name}"] = json.dumps({**request.body, name: value}, default=str)
    for label, text in bad.items():
        still = Still()
        wrong.judge(label, post_raw(client, request, text), "refused", still)
    for content_type in (
        "text/plain",
        "text/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ):
        with Undone():
            wrong.judge(f"B99 {content_type}", post_raw(client, request, good, content_type), "harmless", Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.call) for row in OPERATIONS])
def test_every_bad_value_in_every_parameter(row: Operation, world: World, record_property: Any) -> None:
    client, wrong = calling(world, row), Wrong()
    request = asked(row, row.call.partition(" ")[0], world.sides["a"])
    found = {(p["in"], p["name"]): kind_of(p["schema"], p["name"], document()) for p in operation(row).get("parameters", [])}

    for (where, name), kind in found.items():
        for case in cases():
            if case.json_only or not (fits(case, kind) or (where == "path" and "id" in case.kinds)):
                continue
            if where == "query":
                sent = replace(request, query={**request.query, name: case.text[:100_000]})
                # Words to look for are no words to keep: what cannot be stored may be asked for.
                expect = "harmless" if kind in ("text", "code", "id", "whole") else case.expect
            elif where == "path":
                value = quote(case.text[:2000], safe="")
                prefix, _brace, rest = f"/api/v1{row.call.partition(' ')[2]}".partition(f"{{{name}}}")
                sent = replace(request, path=_filled(prefix, row, world) + value + _filled(rest, row, world))
                expect = "refused" if kind == "id" else "harmless"
            else:
                continue
            with Undone():
                wrong.judge(f"{case.id} in {where} {name} ({kind})", sent.send(client), expect, Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)


def _filled(template: str, row: Operation, world: World) -> str:
    words = {name: world.sides["a"].of.get(str(word).lstrip("~@"), str(word).lstrip("~@")) for name, word in row.path.items()}
    return template.format(**words)


def test_strange_queries_and_headers_are_no_fault(world: World, record_property: Any) -> None:
    """B76 filters that nobody offered, B94 bounds, B99 headers."""
    wrong = Wrong()
    for row in OPERATIONS:
        if not row.call.startswith("GET"):
            continue
        client, request = calling(world, row), asked(row, "GET", world.sides["a"])
        for name, value in (
            ("limit", "1000000000"), ("limit", "-1"), ("limit", "0"), ("offset", "1000000000"), ("page", "-1"), ("orderBy", "1;DROP"), ("ordering", "password"),
            ("company__people__password__startswith", "a"), ("id__in", "1,2"), ("expand", "company.keys"), ("fields", "*"), ("q", "\x00"), ("x\x00", "1"),
            ("cursor", "../../x"), ("language", "en'"),
        ):  # fmt: skip
            wrong.judge(
                f"{row.call}?{name}={value!r}",
                replace(request, query={**request.query, name: value}).send(client),
                "harmless",
                Still(),
            )
        for header, value in (
            ("Accept", "application/xml;q=x"), ("Accept-Language", "x" * 5000), ("Accept-Language", "zz-ZZ,*;q=-1"), ("Accept-Charset", "utf-7"),
            ("Range", "bytes=0-0,1-1,-"), ("If-None-Match", "\u00fc"), ("If-Modified-Since", "yesterday"), ("Content-Length", "abc"),
            ("X-Forwarded-For", "127.0.0.1, ::1, '"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=unknown;host=evil"),
        ):  # fmt: skip
            answer = client.get(request.path, headers={header: value})
            wrong.judge(f"{row.call} {header}: {value[:20]}", answer, "harmless", Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)
