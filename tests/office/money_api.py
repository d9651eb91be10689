"""Operators whose programs speak to the office's part of the API."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.office.desk import signed_in

WHY = {"reason": "looked at"}


def finance() -> Client:
    return signed_in(make.person(is_staff_member=True, staff_roles=["finance"]))


def send(who: Client, path: str, body: Any = None, *, key: str = "", **files: Any) -> Any:
    headers = {"Idempotency-Key": key or f"key-{make.next_number()}"}
    if files:
        return who.post(f"/api/v1/office{path}", files, headers=headers)
    return who.post(f"/api/v1/office{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


def read(who: Client, path: str) -> Any:
    answer = who.get(f"/api/v1/office{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def asked(who: Client, path: str) -> int:
    """How many queries it costs, once what is kept for a while is there."""
    read(who, path)
    with CaptureQueriesContext(connection) as seen:
        read(who, path)
    return len(seen.captured_queries)


def paged(who: Client, path: str) -> list[Any]:
    """Page after page of one."""
    found: list[Any] = []
    cursor = ""
    while True:
        told = read(who, f"{path}{'&' if '?' in path else '?'}limit=1&cursor={cursor}")
        found += told["items"]
        cursor = told["next_cursor"]
        if not cursor:
            return found
