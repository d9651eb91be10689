"""The blacklist for reviewers: what waits, one entry, and who may have come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.queries import company_by_number, people_by_id
from everfair.trust import actions
from everfair.trust.forms import BlacklistForm, DecisionForm, ReentryForm, ReturnForm
from everfair.trust.pages.desk import prove_first
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.queries import blacklist as queries
from everfair.trust.roles import REVIEWER
from everfair.trust.states import BLACKLIST, REENTRY

NOTHING: Mapping[str, Any] = MappingProxyType({})
# The word in an address, the verb of the table, the form and the action.
_ENTRY: dict[str, tuple[str, Callable[..., Any]]] = {
    "confirm": ("list", lambda pk, typed, by: actions.confirm_blacklisting(pk, typed["reason"], by=by)),
    "drop": ("drop", lambda pk, typed, by: actions.drop_blacklisting(pk, typed["reason"], by=by)),
    "uphold": ("uphold", lambda pk, typed, by: actions.decide_blacklist_appeal(pk, "uphold", typed["reason"], by=by)),
    "remove": ("remove", lambda pk, typed, by: actions.decide_blacklist_appeal(pk, "remove", typed["reason"], by=by)),
}
_REENTRY: dict[str, tuple[tuple[str, ...], type[Any], Callable[..., Any]]] = {
    "judge": (("judge",), ReentryForm, lambda pk, typed, by: actions.judge_reentry(pk, typed["finding"], typed["reason"], by=by)),
    "decide": (("clear", "bar"), DecisionForm, lambda pk, typed, by: actions.decide_reentry(pk, typed["reason"], by=by)),
    "return": (("return",), ReturnForm, lambda pk, typed, by: actions.return_reentry(pk, typed["reason"], by=by)),
}


@require_safe
@allow(REVIEWER)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits comes first."""
    entries, back = queries.blacklist_desk(request.actor)  # type: ignore[attr-defined]
    return page(request, "trust/blacklist_desk.html", entries=entries, back=back, company_name=company_name)


@require_http_methods(["GET", "POST"])
@allow(REVIEWER, proof="fresh")
@once
def propose(request: HttpRequest, number: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    company = company_by_number(number, actor)
    form = BlacklistForm(request.POST or None)

    def work() -> HttpResponse:
        row = actions.propose_blacklisting(
            company.pk, form.cleaned_data["public_reason"], form.cleaned_data["evidence"], by=actor
        )
        messages.success(request, _("A second person decides."))
        return redirect("trust:entry", row.pk)

    def show(status: int) -> HttpResponse:
        return page(request, "trust/list_company.html", status=status, company=company, name=company_name(company), form=form)

    return worked(form, work, show) if request.method == "POST" else show(200)


@require_safe
@allow(REVIEWER)
def entry(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    return _show(request, listing_id)


def _show(request: HttpRequest, listing_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.entry(listing_id, actor)
    allowed = BLACKLIST.allowed(row, actor)
    forms = {
        word: typed.get(word) or DecisionForm(auto_id=f"{word}_%s") for word, (verb, _act) in _ENTRY.items() if verb in allowed
    }
    return page(
        request, "trust/entry.html", status=status, row=row, name=company_name(row.company), forms=forms, typed=set(typed), prove=prove_first(request),
        people=people_by_id({i for i in (row.proposed_by_id, row.confirmed_by_id, row.judged_by_id) if i}),
    )  # fmt: skip


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say(request: HttpRequest, listing_id: UUID, verb: str) -> HttpResponse:
    """Confirm, drop; uphold or remove on appeal."""
    if verb not in _ENTRY:
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    form = DecisionForm(request.POST, auto_id=f"{verb}_%s")
    queries.entry(listing_id, actor)

    def work() -> HttpResponse:
        _ENTRY[verb][1](listing_id, form.cleaned_data, actor)
        messages.success(request, _("Done; your reason stands in the audit trail."))
        return redirect("trust:entry", listing_id)

    return worked(form, work, lambda status: _show(request, listing_id, status=status, typed={verb: form}))


@require_safe
@allow(REVIEWER)
def reentry(request: HttpRequest, reentry_id: UUID) -> HttpResponse:
    return _show_reentry(request, reentry_id)


def _show_reentry(
    request: HttpRequest, reentry_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.reentry(reentry_id, actor)
    allowed = set(REENTRY.allowed(row, actor))
    forms = {
        word: typed.get(word) or kind(auto_id=f"{word}_%s")
        for word, (verbs, kind, _act) in _REENTRY.items()
        if allowed & set(verbs)
    }
    return page(
        request, "trust/reentry.html", status=status, row=row, name=company_name(row.company), listed=company_name(row.entry.company),
        forms=forms, typed=set(typed), prove=prove_first(request), people=people_by_id({i for i in (row.judged_by_id, row.decided_by_id) if i}),
    )  # fmt: skip


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say_reentry(request: HttpRequest, reentry_id: UUID, verb: str) -> HttpResponse:
    """Judge, send back, decide."""
    if verb not in _REENTRY:
        raise Http404
    _verbs, kind, act = _REENTRY[verb]
    actor = request.actor  # type: ignore[attr-defined]
    form = kind(request.POST, auto_id=f"{verb}_%s")
    queries.reentry(reentry_id, actor)

    def work() -> HttpResponse:
        act(reentry_id, form.cleaned_data, actor)
        messages.success(request, _("Done; your reason stands in the audit trail."))
        return redirect("trust:reentry", reentry_id)

    return worked(form, work, lambda status: _show_reentry(request, reentry_id, status=status, typed={verb: form}))
