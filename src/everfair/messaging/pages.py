"""Inbox, thread, notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.clock import now
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR, SIGNED_IN
from everfair.base.writes import once
from everfair.companies.queries import companies_by_id, people_by_id
from everfair.companies.roles import TRADING
from everfair.files.actions import keep_attachment
from everfair.files.queries import files_by_id
from everfair.messaging import actions, queries
from everfair.messaging.forms import LettersForm, ReplyForm
from everfair.messaging.models import Thread
from everfair.messaging.values import holds_card, local_link

PER_PAGE = 25
_BAIT_WORDS = {
    "email": gettext_lazy("an e-mail address"),
    "phone": gettext_lazy("a phone number"),
    "bank_account": gettext_lazy("a bank account"),
    "messenger": gettext_lazy("a messenger account"),
}


def _cursor(request: HttpRequest, *kinds: type) -> list[Any] | None:
    text = request.GET.get("after", "")
    return open_cursor(text, *kinds) if text else None


@require_safe
@allow(MEMBER | OPERATOR)
def inbox(request: HttpRequest) -> HttpResponse:
    actor, after = request.actor, _cursor(request, datetime, UUID)  # type: ignore[attr-defined]
    before = (after[0], after[1]) if after else None
    found = queries.inbox(actor, before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    companies = companies_by_id(company for thread in shown for company in thread.company_ids)
    last = shown[-1] if len(found) > PER_PAGE else None
    return page(
        request,
        "messaging/inbox.html",
        moment_now=now(),
        threads=[(thread, _others(thread, actor.company_id, companies)) for thread in shown],
        after=seal_cursor([last.last_message_at.isoformat(), str(last.pk)]) if last else None,
    )


def _others(thread: Thread, own: UUID | None, companies: dict[UUID, Any]) -> str:
    return ", ".join(companies[company].name for company in thread.company_ids if company != own and company in companies)


@require_safe
@allow(MEMBER | OPERATOR)
def thread(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    return _thread_page(request, thread_id, ReplyForm())


def _thread_page(request: HttpRequest, thread_id: UUID, form: ReplyForm, status: int = 200) -> HttpResponse:
    actor, before = request.actor, _cursor(request, UUID)  # type: ignore[attr-defined]
    found = queries.thread_with_unread(thread_id, actor)
    shown = queries.messages_of(found, before=before[0] if before else None)
    companies = companies_by_id(found.company_ids)
    return page(
        request,
        "messaging/thread.html",
        status=status,
        thread=found,
        others=_others(found, actor.company_id, companies),
        lines=_lines(shown, actor, companies),
        earlier=seal_cursor([str(shown[0].pk)]) if len(shown) == queries.MESSAGES_SHOWN else None,
        up_to=shown[-1].created_at.isoformat() if shown else "",
        form=form if TRADING.admits(actor) and actor.company_id in found.company_ids else None,
    )


def _lines(shown: list[Any], actor: Any, companies: dict[UUID, Any]) -> list[dict[str, Any]]:
    """The messages as the part `thread` shows them, each followed by what its reader should be careful about."""
    people = people_by_id(message.person_id for message in shown)
    files = _files(shown, actor)
    lines: list[dict[str, Any]] = []
    for each in queries.warned(shown, actor):
        message = each.message
        company = companies.get(message.company_id)
        person = people.get(message.person_id) if message.person_id else None
        lines.append(
            {
                "who": person.name if person and person.name else (company.name if company else ""),
                "company": company.name if company else "",
                "text": message.text,
                "at": message.created_at,
                "mine": message.company_id == actor.company_id,
                "files": [files[file_id] for file_id in message.file_ids if file_id in files],
                "bait": [_BAIT_WORDS[kind] for kind in each.bait],
            }
        )
    return lines


def _files(shown: list[Any], actor: Any) -> dict[UUID, dict[str, str]]:
    known = files_by_id([file_id for message in shown for file_id in message.file_ids], actor)
    return {file_id: file_row(file) for file_id, file in known.items()}


def file_row(file: Any) -> dict[str, str]:
    """A file as the part `file_link` shows it."""
    return {"name": file.name, "href": reverse("files:file", args=[file.pk]), "size": f"{max(1, file.blob.size // 1024)} kB"}


@require_POST
@allow(TRADING)
@once
def post_message(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    queries.thread_by_id(thread_id, actor)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _thread_page(request, thread_id, form, status=422)
    text = form.cleaned_data["text"]
    try:
        kept = [keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"]]
        actions.post_message(thread_id, text, by=actor, file_ids=kept)
    except Refused as refusal:
        if refusal.status not in (409, 413, 422):
            raise
        form.add_error(
            {"file": "attachments", "files": "attachments"}.get(
                refusal.field or "", refusal.field if refusal.field in form.fields else None
            ),
            str(refusal.message),
        )
        return _thread_page(request, thread_id, form, status=422)
    if holds_card(text):
        flash.warning(request, _("What looked like a payment card number was hidden. Never send card numbers in a message."))
    return redirect("messaging:thread", thread_id)


@require_POST
@allow(MEMBER)
@once
def read_thread(request: HttpRequest, thread_id: UUID) -> HttpResponse:
    try:
        up_to = datetime.fromisoformat(request.POST.get("up_to", "").replace(" ", "+"))
    except ValueError:
        up_to = None
    if up_to is not None and up_to.tzinfo is None:
        up_to = None
    actions.read_thread(thread_id, up_to, by=request.actor)  # type: ignore[attr-defined]
    return HttpResponse() if request.headers.get("HX-Request") else redirect("messaging:inbox")


@require_safe
@allow(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    actor, after = request.actor, _cursor(request, UUID)  # type: ignore[attr-defined]
    found = queries.notices(actor, before=after[0] if after else None, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return page(
        request,
        "messaging/notices.html",
        moment_now=now(),
        rows=[(notice, queries.notice_sentence(notice.kind, notice.params), _link(notice.link)) for notice in shown],
        any_unread=any(notice.read_at is None for notice in shown),
        after=seal_cursor([str(shown[-1].pk)]) if len(found) > PER_PAGE else None,
    )


def _link(link: str) -> str:
    return local_link(link, get_language() or "en", ())


@require_POST
@allow(SIGNED_IN)
@once
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(_link(actions.read_notice(notice_id, by=request.actor).link))  # type: ignore[attr-defined]


@require_POST
@allow(SIGNED_IN)
@once
def read_notices(request: HttpRequest) -> HttpResponse:
    actions.read_notices(by=request.actor)  # type: ignore[attr-defined]
    return redirect("messaging:notices")


@require_http_methods(["GET", "POST"])
@allow(SIGNED_IN)
@once
def letters(request: HttpRequest) -> HttpResponse:
    """Which notices come by mail too."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        form = LettersForm(request.POST)
        if form.is_valid():
            actions.choose_letters([topic for topic, wanted in form.cleaned_data.items() if wanted], by=actor)
            flash.success(request, _("Saved."))
            return redirect("messaging:letters")
    else:
        form = LettersForm(initial=dict.fromkeys(queries.letters_wanted(actor), True))
    return page(request, "messaging/letters.html", form=form)
