"""Every bad value into every field of its kind, one at a time, in an otherwise valid request."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

Place = tuple[Any, ...]
_CODES = {
    "currency",
    "unit",
    "country",
    "origin",
    "incoterm",
    "destination",
    "category",
    "market",
    "hall",
    "kind",
    "mode",
    "language",
    "registration_kind",
}
_MONEY = {"amount", "expected_total"}


@dataclass(frozen=True)
class Case:
    """One bad value. `text` is what is typed on a page or stands in an address."""

    id: str
    raw: str
    kinds: frozenset[str]
    expect: str
    json_only: bool

    @property
    def text(self) -> str:
        value = json.loads(self.raw)
        return value if isinstance(value, str) else self.raw


@cache
def cases() -> list[Case]:
    found = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]
    return [_case(row) for row in found]


def _case(row: Mapping[str, Any]) -> Case:
    if "long" in row:
        raw = json.dumps(row["long"][0] * row["long"][1])
    elif "raw_long" in row:
        raw = row["raw_long"][0] * row["raw_long"][1]
    else:
        raw = row["raw"]
    return Case(row["id"], raw, frozenset(row["kinds"]), row.get("expect", "refused"), row.get("json_only", False))


def kind_of(schema: Mapping[str, Any], name: str, document: Mapping[str, Any]) -> str:
    """What a field of an operation is, by its format, pattern, type and name."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    variants = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if variants:
        return kind_of({**variants[0], **{k: v for k, v in schema.items() if k == "format"}}, name, document)
    found, pattern = schema.get("format", ""), schema.get("pattern", "")
    if found == "uuid":
        return "id"
    if found in ("date", "date-time"):
        return "date"
    if schema.get("type") == "integer":
        return "whole"
    if schema.get("type") == "boolean":
        return "flag"
    if "enum" in schema or "const" in schema or name in _CODES:
        return "code"
    if re.search(r"0-9\]\{0,1?\d\}\)\(\\\.|^\^\[1-9\]", pattern) or re.search(r"\(\\\.\[0-9\]", pattern):
        return "amount" if name in _MONEY else "number"
    return "text"


def fields(schema: Mapping[str, Any], value: Any, document: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, str]]:
    """(where, kind) of every value in a valid body."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for variant in schema.get("anyOf", []):
        if variant.get("type") != "null":
            schema = variant if "$ref" not in variant else document["components"]["schemas"][variant["$ref"].rsplit("/", 1)[1]]
            break
    if isinstance(value, Mapping):
        for name, inner in value.items():
            known = (
                schema.get("properties", {}).get(name)
                or schema.get("additionalProperties")
                or schema.get("patternProperties", {})
            )
            yield from fields(known if isinstance(known, Mapping) else {}, inner, document, (*place, name))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from fields(schema.get("items", {}), inner, document, (*place, n))
    else:
        name = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        yield place, kind_of(schema, name, document)


_HOLE = "\u2620hole\u2620"


def with_hole(body: Any, place: Place) -> str:
    """The body as JSON text with a hole where the bad value goes."""
    return json.dumps(_put(body, place), ensure_ascii=False, default=str)


def filled(text: str, raw: str) -> str:
    return text.replace(json.dumps(_HOLE, ensure_ascii=False), raw)


def _put(value: Any, place: Place) -> Any:
    if not place:
        return _HOLE
    head, *rest = place
    if isinstance(value, Mapping):
        return {name: _put(inner, tuple(rest)) if name == head else inner for name, inner in value.items()}
    return [_put(inner, tuple(rest)) if n == head else inner for n, inner in enumerate(value)]


def fits(case: Case, kind: str) -> bool:
    return kind in case.kinds or (kind == "amount" and "number" in case.kinds)


class Inputs(HTMLParser):
    """The fields of a page: name → kind, as a browser would offer them."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if not name or name in ("csrfmiddlewaretoken", "_key"):
            return
        if found.get("type") == "checkbox":
            kind = "flag"  # the browser says that it is ticked; with which word is nobody's concern
        elif tag == "select" or found.get("type") == "radio":
            kind = "code"
        elif tag == "textarea":
            kind = "text"
        elif tag != "input":
            return
        elif found.get("type") in ("date", "datetime-local"):
            kind = "date"
        elif found.get("inputmode") in ("decimal", "numeric") or found.get("type") == "number":
            kind = "amount" if "amount" in name or "charge" in name else "number"
        elif found.get("type") == "file":
            return
        else:
            kind = "id" if re.fullmatch(r"[0-9a-f]{8}-.*", found.get("value", "")) else "text"
        self.kinds.setdefault(name, kind)


def inputs(html: str) -> dict[str, str]:
    reader = Inputs()
    reader.feed(html)
    return reader.kinds
