"""A row of the table as a request of somebody, with one id of another company put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import reverse

from tests.house.matrix.rows import Operation, Page
from tests.house.matrix.world import FORM_TOKEN, Side, World

Place = tuple[Any, ...]
UUID_OF_NOTHING = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Asked:
    """One request. `path` is already an address; `body` is JSON for the API, form fields for a page."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, Any] = field(default_factory=dict)
    is_api: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path

    def send(self, client: Client, *, key: str | None = "matrix", form_token: bool = True, **headers: str) -> Any:
        address = self.address
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if form_token:
            sent["X-CSRFToken"] = FORM_TOKEN
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return client.generic(self.method, address, headers=sent)
        if self.is_api:
            if key is not None:
                sent["Idempotency-Key"] = key
            for file in self.files.values():
                file.seek(0)  # the same request may be sent again
            if self.files:
                return client.post(address, {**(self.body or {}), **self.files}, headers=sent)
            if self.body is None:
                return client.generic(self.method, address, headers=sent)
            return client.generic(self.method, address, DjangoJSONEncoder().encode(self.body), "application/json", headers=sent)
        form = {**(self.body or {}), **self.files}
        if key is not None:
            form["_key"] = key
        return client.post(address, form, headers=sent)


def words(*parts: Any) -> Iterator[Place]:
    """Where in these values a thing of the company is named."""
    for n, part in enumerate(parts):
        for place, value in _leaves(part):
            if isinstance(value, str) and value.startswith("@"):
                yield (n, *place)


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*place, name))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _leaves(inner, (*place, n))
    else:
        yield place, value


def _resolved(value: Any, own: Side, other: Side | None, swapped: Place | None, place: Place) -> Any:
    if isinstance(value, Mapping):
        return {name: _resolved(inner, own, other, swapped, (*place, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, own, other, swapped, (*place, n)) for n, inner in enumerate(value)]
    if callable(value):
        return value()
    if not isinstance(value, str) or value[:1] not in "@~":
        return value
    word = value.removeprefix("~")
    if not word.startswith("@"):
        return word
    side = other if other is not None and place == swapped else own
    found = side.of[word[1:]]
    return str(found) if not isinstance(found, int) else found


def _parts(row: Page | Operation, own: Side, other: Side | None, swapped: Place | None) -> tuple[Any, Any, Any]:
    body = row.form if isinstance(row, Page) else row.body
    return tuple(_resolved(part, own, other, swapped, (n,)) for n, part in enumerate((row.path, row.query, body)))  # type: ignore[return-value]


def asked(row: Page | Operation, method: str, own: Side, other: Side | None = None, swapped: Place | None = None) -> Asked:
    """The row's request as `own` would make it; with `other`, the id at `swapped` is the other company's."""
    path, query, body = _parts(row, own, other, swapped)
    if isinstance(row, Page):
        files = {name: value for name, value in (body or {}).items() if hasattr(value, "read")}
        plain = {name: value for name, value in (body or {}).items() if name not in files}
        return Asked(
            method, reverse(row.name, kwargs=path), query, plain if method == "POST" else None, files if method == "POST" else {}
        )
    address = "/api/v1" + row.call.partition(" ")[2].format(**path)
    files = {name: value() for name, value in row.files.items()}
    return Asked(method, address, query, body, files, is_api=True)


def swaps(row: Page | Operation, method: str) -> list[Place]:
    """Every place where this method of the row names a thing of the company."""
    body = row.form if isinstance(row, Page) else row.body
    return [place for place in words(row.path, row.query, body) if method not in ("GET", "HEAD") or place[0] != 2]


def moved(request: Asked, path: str) -> Asked:
    return replace(request, path=path)


def client_of(world: World, side: str, who: str) -> Client:
    return world.who(who if who in ("nobody", "operator", "sales") else f"{side} {who}")
