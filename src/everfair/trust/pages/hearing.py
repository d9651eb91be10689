"""Complaints as the two reviewers see them who were drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.queries import people_by_id
from everfair.files.queries import file_links
from everfair.trust import actions
from everfair.trust.forms import FindingForm, HearingForm, ReturnForm
from everfair.trust.pages.desk import prove_first
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.queries import complaints as queries
from everfair.trust.roles import REVIEWER
from everfair.trust.states import COMPLAINT

NOTHING: Mapping[str, Any] = MappingProxyType({})
_SAID: dict[str, tuple[type[Any], Callable[..., Any]]] = {
    "propose": (FindingForm, lambda pk, typed, by: actions.propose_finding(pk, typed["finding"], typed["reason"], by=by)),
    "decide": (HearingForm, lambda pk, typed, by: actions.decide_complaint(pk, typed["reason"], by=by)),
    "return": (ReturnForm, lambda pk, typed, by: actions.return_complaint(pk, typed["reason"], by=by)),
}
_VERBS = {"propose": "propose", "find": "decide", "dismiss": "decide", "return": "return"}


@require_safe
@allow(REVIEWER)
def heard(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    return _show(request, complaint_id)


def _show(request: HttpRequest, complaint_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.complaint(complaint_id, actor)
    allowed = {_VERBS[verb] for verb in COMPLAINT.allowed(row, actor) if verb in _VERBS}
    forms = {verb: typed.get(verb) or _SAID[verb][0](auto_id=f"{verb}_%s") for verb in _SAID if verb in allowed}
    return page(
        request, "trust/heard.html", status=status, row=row, company=company_name(row.company), against=company_name(row.against), forms=forms,
        typed=set(typed), papers=file_links([*row.file_ids, *row.answer_file_ids], actor), prove=prove_first(request),
        count=queries.complaint_count(row.against_id), people=people_by_id({i for i in (row.maker_id, row.checker_id) if i}),
        amount=Money(row.amount_minor, row.currency),
    )  # fmt: skip


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say(request: HttpRequest, complaint_id: UUID, verb: str) -> HttpResponse:
    """Propose a finding, send it back, decide."""
    if verb not in _SAID:
        raise Http404
    kind, act = _SAID[verb]
    row = queries.complaint(complaint_id, request.actor)  # type: ignore[attr-defined]
    form = kind(request.POST, auto_id=f"{verb}_%s")

    def work() -> HttpResponse:
        act(row.pk, form.cleaned_data, request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Done; your reason stands in the audit trail."))
        return redirect("trust:heard", row.pk)

    return worked(form, work, lambda status: _show(request, row.pk, status=status, typed={verb: form}))
