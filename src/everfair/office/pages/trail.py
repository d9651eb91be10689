"""The audit trail, searchable by who, what and about whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.office import queries
from everfair.office.pages.answering import next_address, uuid_or_none

PER_PAGE = 50


@require_GET
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
    return page(request, "office/trail.html", lines=shown, typed=typed, following=following)
