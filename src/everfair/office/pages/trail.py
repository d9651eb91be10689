"""The audit trail, searchable by who, what and about whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.words import words_of
from everfair.office import queries
from everfair.office.pages.answering import next_address, uuid_or_none
from everfair.office.pages.words import told

PER_PAGE = 50


@require_safe
@allow(OPERATOR)
def trail(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip()[:80] for name in ("subject", "actor", "act")}
    subject = uuid_or_none(typed["subject"])
    unreadable = bool(typed["subject"]) and subject is None
    before = uuid_or_none(request.GET.get("after", ""))
    found = [] if unreadable else queries.trail(
        subject=subject, actor=typed["actor"], act=typed["act"], before=before, limit=PER_PAGE + 1
    )  # fmt: skip
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.id)
    return page(
        request,
        "office/trail.html",
        lines=[(line, told(line.before), told(line.after)) for line in shown],
        typed=typed,
        acts=sorted(words_of("act").items(), key=lambda row: str(row[1])),
        following=following,
    )
