"""The page for those who write programs: how to begin, what holds for every call, and every verb of the API with what it needs.

Made from the API itself, so that nothing on it can be out of date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import EVERYONE

_LOOK = """curl -H "Authorization: Bearer ef_live_…" \\
  %s/api/v1/me"""
_WRITE = """curl -X POST -H "Authorization: Bearer ef_live_…" \\
  -H "Idempotency-Key: order-7-sign" \\
  %s/api/v1/orders/…/sign"""


@dataclass(frozen=True)
class Call:
    """One verb of the API. `scope` is what a key must carry for it, «» for none."""

    area: str
    verb: str
    method: str
    path: str
    what: str
    scope: str
    is_open: bool


@require_safe
@allow(EVERYONE)
def developers(request: HttpRequest) -> HttpResponse:
    """Every call, by area; nothing about the reader."""
    examples = [text % settings.ADDRESS for text in (_LOOK, _WRITE)]
    return page(request, "site/developers.html", areas=_areas(), examples=examples, address=settings.ADDRESS)


@cache
def _areas() -> list[tuple[str, list[Call]]]:
    """From the document itself; a scope is written at the door of its view."""
    from everfair.site.api import api  # importing it mounts every package's router

    calls = [
        _call(operation, method, path, api.views()[operation["operationId"]])
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    ]
    calls.sort(key=lambda call: call.area)
    return [(area, list(rows)) for area, rows in groupby(calls, key=lambda call: call.area)]


def _call(operation: dict[str, Any], method: str, path: str, view: Any) -> Call:
    # A docstring is written in paragraphs: the first says what the verb does.
    what = " ".join(operation.get("description", "").split("\n\n")[0].replace("`", "").split())
    area = (operation.get("tags") or ["Other"])[0]
    return Call(
        area[:1].upper() + area[1:],
        operation["operationId"],
        method.upper(),
        path,
        what,
        view.scope or "",
        view.allow is EVERYONE,
    )
