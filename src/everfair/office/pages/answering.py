"""How every form of the office is answered, and how lists go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from everfair.base.allow import is_proven
from everfair.base.jinja import with_query
from everfair.base.refused import AlreadyDone, Refused


def acted(form: BaseForm, work: Callable[[], HttpResponse], show: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work and go where it says. What is wrong is shown beside its field, with what was typed."""
    if not form.is_valid():
        return show()
    try:
        return work()
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return show()


def proof_address(request: HttpRequest) -> str:
    """Where the operator shows a second factor before an act that wants a fresh one; «» when nothing is missing. The way leads
    back to this page, so that nothing is typed in vain."""
    if not settings.SECOND_FACTOR_REQUIRED or is_proven(request.actor, "fresh"):  # type: ignore[attr-defined]
        return ""
    return f"{resolve_url(settings.PROOF_URL)}?{urlencode({'next': request.get_full_path()})}"


def whole(text: str) -> int | None:
    """A number in an address, or nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def next_address(request: HttpRequest, rows: list[Any], limit: int, place: Callable[[Any], Any]) -> tuple[list[Any], str | None]:
    """The rows of this page of `limit`, and the address of the next when there is one more row."""
    if len(rows) <= limit:
        return rows, None
    here = with_query(request.get_full_path(), after=None)
    return rows[:limit], f"{here}{'&' if '?' in here else '?'}after={quote(str(place(rows[limit - 1])))}"
