"""The audit trail: who did or looked at what, about whom, between which days; on the page and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.words import word, words_of
from everfair.companies.actions import note_act
from everfair.companies.queries import companies_visible_to
from everfair.office import queries
from everfair.office.pages.answering import next_address, uuid_or_none
from everfair.office.pages.words import changes
from everfair.office.queries.companies import companies_found, whole_number
from everfair.office.queries.trail import DONE, TrailLine
from everfair.office.values import TRAIL_EXPORTED

PER_PAGE = 50
LARGEST_EXPORT = 100_000
_PIECE = 1_000
_FIELDS = ("subject", "actor", "person", "company", "act", "since", "until")


@require_safe
@allow(OPERATOR)
def trail(request: HttpRequest) -> HttpResponse:
    typed, asked = _asked(request)
    found = [] if asked is None else queries.trail(
        **asked, before=uuid_or_none(request.GET.get("after", "")), limit=PER_PAGE + 1
    )  # fmt: skip
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.id)
    return page(
        request,
        "office/trail.html",
        lines=[(line, changes(line.before, line.after)) for line in shown],
        typed=typed,
        narrowed=any(typed.values()),
        acts=sorted(words_of("act").items(), key=lambda row: str(row[1])),
        people=queries.staff_ever(),
        done=DONE,
        following=following,
    )


def _asked(request: HttpRequest) -> tuple[dict[str, str], dict[str, Any] | None]:
    """What was typed, and the question it makes; None where something typed cannot be anything."""
    typed = {name: request.GET.get(name, "").strip()[:80] for name in _FIELDS}
    asked: dict[str, Any] = {"actor": typed["actor"], "act": typed["act"]}
    readable = True
    if typed["subject"]:
        subject = uuid_or_none(typed["subject"])
        readable &= subject is not None
        asked["subjects"] = [subject]
    if typed["person"]:
        person = uuid_or_none(typed["person"])
        readable &= person is not None
        asked["actor"] = f"operator:{person}"
    if typed["company"]:
        company = _company(request, typed["company"])
        readable &= company is not None
        asked["company"] = company
    for name, days in (("since", 0), ("until", 1)):
        if typed[name]:
            moment = _midnight(typed[name], days)
            readable &= moment is not None
            asked[name] = moment
    return typed, asked if readable else None


def _company(request: HttpRequest, text: str) -> UUID | None:
    """By its number, or the newest whose name it is."""
    actor = request.actor  # type: ignore[attr-defined]
    number = whole_number(text)
    if number is not None:
        return companies_visible_to(actor).filter(number=number).values_list("pk", flat=True).first()
    return next(iter(companies_found(text, actor)), None)


def _midnight(text: str, days: int) -> datetime | None:
    """Where a day begins in the reader's own zone, so many days later."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text) + timedelta(days=days), datetime.min.time()))
    except (ValueError, OverflowError):
        return None


@require_safe
@allow(OPERATOR)
def trail_file(request: HttpRequest) -> HttpResponse:
    """The lines of the same search as CSV, the newest 100,000; that somebody took them along stands in the trail too."""
    typed, asked = _asked(request)
    note_act(TRAIL_EXPORTED, None, "", request.actor, after={name: value for name, value in typed.items() if value} or None)  # type: ignore[attr-defined]
    answer = StreamingHttpResponse(_pieces(asked, get_language() or "en"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="everfair-audit-trail.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]


def _pieces(asked: dict[str, Any] | None, language: str) -> Iterator[bytes]:
    """Each piece in the reader's language: between two pieces the thread may have answered somebody else."""
    with override(language):
        head = [
            _("Moment"),
            _("Who"),
            _("Actor"),
            _("Act"),
            _("Code"),
            _("About"),
            _("Subject's id"),
            _("Reason"),
            _("Before"),
            _("After"),
        ]
        yield "\ufeff".encode() + _written([head])
    before, sent = None, 0
    while asked is not None and sent < LARGEST_EXPORT:
        with override(language):
            lines = queries.trail(**asked, before=before, limit=_PIECE)
            piece = _written([_cells(line) for line in lines])
        yield piece
        if len(lines) < _PIECE:
            return
        sent, before = sent + len(lines), lines[-1].id


def _cells(line: TrailLine) -> list[str]:
    kept = [json.dumps(value, ensure_ascii=False, sort_keys=True) if value else "" for value in (line.before, line.after)]
    told = [line.who, line.actor, word(line.act, "act"), line.act, line.about, str(line.subject or ""), line.reason, *kept]
    return [line.at.isoformat(timespec="seconds"), *(_inert(text) for text in told)]


def _inert(text: str) -> str:
    """A spreadsheet must not take what somebody wrote for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
