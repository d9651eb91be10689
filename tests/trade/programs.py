"""A program of a company, with an API key of its own."""

from __future__ import annotations

from typing import Any

from django.test import Client

from everfair.companies import actions, queries
from everfair.companies.models import Company
from tests import make

SCOPES = ("orders:read", "orders:write", "money:read", "money:write")


def program(of: Company, *scopes: str) -> Client:
    owner = queries.actor_of_person(make.member(of))
    _key, raw = actions.make_api_key("ERP", scopes or SCOPES, by=owner)
    return Client(headers={"Authorization": f"Bearer {raw}"})


def send(who: Client, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
    """A write with a key of its own unless one is given."""
    headers = {"Idempotency-Key": key or f"key-{make.next_number()}"}
    return getattr(who, method)(f"/api/v1{path}", body, "application/json", headers=headers)
