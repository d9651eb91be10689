"""Complaints as the two companies see them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.deadlines import deadlines_of
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.base.writes import once
from everfair.companies.queries import company_by_number
from everfair.companies.roles import BUYING, SELLING
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_links
from everfair.trust import actions
from everfair.trust.actions.complaining import REPLY
from everfair.trust.forms import ComplaintForm, ReplyForm, SettleForm
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.queries import complaints as queries
from everfair.trust.states import COMPLAINT

NOTHING: Mapping[str, Any] = MappingProxyType({})


@require_safe
@allow(MEMBER)
def complaints(request: HttpRequest) -> HttpResponse:
    """Made and received."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.own_complaints(actor)
    return page(
        request, "trust/complaints.html", made=[row for row in rows if row.company_id == actor.company_id],
        received=[row for row in rows if row.against_id == actor.company_id], company_name=company_name, may_complain=BUYING.admits(actor),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def complain(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = ComplaintForm(
        request.POST or None, request.FILES or None, initial={"against": request.GET.get("against", "")[:20], "currency": "USD"}
    )

    def work() -> HttpResponse:
        typed = form.cleaned_data
        try:
            other = company_by_number(int(typed["against"]), actor)
        except NotVisible:
            raise Refused("trust.against", _("Please name another company that sells."), field="against", status=422) from None
        papers = [keep_attachment(upload, actor.company_id, actor).pk for upload in typed["papers"]]
        row = actions.make_complaint(
            other.pk, typed["kind"], typed["money"], typed["agreed"], typed["text"], by=actor, pay_by=typed["pay_by"],
            deliver_by=typed["deliver_by"], file_ids=papers,
        )  # fmt: skip
        messages.success(request, _("The supplier may answer; then two reviewers who were drawn decide."))
        return redirect("trust:complaint", row.pk)

    def show(status: int) -> HttpResponse:
        return page(request, "trust/complain.html", status=status, form=form)

    return worked(form, work, show, called={"files": "papers"}) if request.method == "POST" else show(200)


@require_safe
@allow(MEMBER)
def complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    return _show(request, complaint_id)


def _show(request: HttpRequest, complaint_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.complaint(complaint_id, actor)
    if actor.company_id not in (row.company_id, row.against_id):
        raise NotVisible
    moves = COMPLAINT.allowed(row, actor)
    return page(
        request, "trust/complaint.html", status=status, row=row, company=company_name(row.company), against=company_name(row.against),
        papers=file_links([*row.file_ids, *row.answer_file_ids], actor),
        until=deadlines_of([row.pk]).get((row.pk, REPLY)) if row.state == "open" else None,
        reply=(typed.get("reply") or ReplyForm()) if "reply" in moves else None,
        settle=(typed.get("settle") or SettleForm(auto_id="settle_%s")) if "settle" in moves else None, typed=set(typed),
    )  # fmt: skip


@require_POST
@allow(SELLING)
@once
def reply(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = ReplyForm(request.POST, request.FILES)
    queries.complaint(complaint_id, actor)

    def work() -> HttpResponse:
        papers = [keep_attachment(upload, actor.company_id, actor).pk for upload in form.cleaned_data["papers"]]
        actions.reply_complaint(complaint_id, form.cleaned_data["answer"], by=actor, file_ids=papers)
        messages.success(request, _("Two reviewers have your answer."))
        return redirect("trust:complaint", complaint_id)

    return worked(form, work, lambda status: _show(request, complaint_id, status=status, typed={"reply": form}))


@require_POST
@allow(BUYING)
@once
def settle(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = SettleForm(request.POST, auto_id="settle_%s")
    queries.complaint(complaint_id, actor)

    def work() -> HttpResponse:
        actions.settle_complaint(complaint_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("The complaint has ended."))
        return redirect("trust:complaint", complaint_id)

    return worked(form, work, lambda status: _show(request, complaint_id, status=status, typed={"settle": form}))
