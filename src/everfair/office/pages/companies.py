"""Companies: the list, the file of one, and what the operator does to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base import clock
from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.actions import (
    lift_stop,
    mark_inspector,
    note_act,
    place_stop,
    unmark_inspector,
    withdraw_verification,
)
from everfair.companies.queries import company_by_number, open_stops
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, next_address, proof_address, whole
from everfair.office.pages.words import states_of
from everfair.office.values import LOOKED_AT_COMPANY
from everfair.reference import queries as reference
from everfair.reference.values import name_in

PER_PAGE = 50
QUEUES = ("", "unverified", "expiring", "verified", "lookalike", "stopped")


@require_safe
@allow(OPERATOR)
def companies(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    search, queue = request.GET.get("search", "")[:200], request.GET.get("queue", "")
    queue = queue if queue in QUEUES else ""
    before = whole(request.GET.get("after", ""))
    found = queries.companies_page(actor, search=search, queue=queue, before=before, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.number)
    stops = queries.stopped_now([row.pk for row in shown])
    return page(
        request, "office/companies.html", companies=shown, stops=stops, stop_badges=forms.STOP_BADGES, search=search,
        queue=queue, queues=QUEUES, following=following, today=clock.now().date(),
    )  # fmt: skip


@require_safe
@allow(OPERATOR)
def company(request: HttpRequest, number: int) -> HttpResponse:
    answer = _show(request, number)
    found = company_by_number(number, request.actor)  # type: ignore[attr-defined]
    note_act(LOOKED_AT_COMPANY, found.pk, "", request.actor)  # type: ignore[attr-defined]
    return answer


def _show(request: HttpRequest, number: int, **typed: Any) -> HttpResponse:
    """The file, with the one form that was typed wrongly as it was typed."""
    language = get_language() or "en"
    file = queries.company_file(number, language, request.actor)  # type: ignore[attr-defined]
    register = reference.registration_kind(file.company.country, file.company.registration_kind)
    own = {
        "withdraw": forms.ReasonForm(auto_id="withdraw_%s"),
        "inspector": forms.InspectorForm(auto_id="inspector_%s"),
        "no_inspector": forms.ReasonForm(auto_id="no_inspector_%s"),
        "stop": forms.StopForm(auto_id="stop_%s"),
        "name": forms.ReasonForm(auto_id="name_%s"),
    }
    return page(
        request,
        "office/company.html",
        status=422 if any(form.errors for form in typed.values()) else 200,
        file=file,
        company=file.company,
        register=name_in(register.label, language),
        forms=own | typed,
        states_of=states_of,
        prove=proof_address(request),
        stop_names=forms.STOP_NAMES,
        stop_badges=forms.STOP_BADGES,
    )


def _company_id(request: HttpRequest, number: int) -> UUID:
    return company_by_number(number, request.actor).pk  # type: ignore[attr-defined,no-any-return]


@require_POST
@allow(OPERATOR)
@once
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, auto_id="withdraw_%s")

    def work() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        withdraw_verification(_company_id(request, number), reason, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The mark is taken away."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, withdraw=form))


@require_POST
@allow(OPERATOR)
@once
def mark(request: HttpRequest, number: int) -> HttpResponse:
    """From now on the company may be booked to inspect goods."""
    form = forms.InspectorForm(request.POST, auto_id="inspector_%s")

    def work() -> HttpResponse:
        mark_inspector(_company_id(request, number), **form.cleaned_data, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The company may be booked as an inspector."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, inspector=form))


@require_POST
@allow(OPERATOR)
@once
def unmark(request: HttpRequest, number: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, auto_id="no_inspector_%s")

    def work() -> HttpResponse:
        unmark_inspector(_company_id(request, number), form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The company can no longer be booked as an inspector."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, no_inspector=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def stop(request: HttpRequest, number: int) -> HttpResponse:
    form = forms.StopForm(request.POST, auto_id="stop_%s")

    def work() -> HttpResponse:
        place_stop(_company_id(request, number), **form.cleaned_data, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The stop stands from now on."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, stop=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def lift(request: HttpRequest, number: int, stop_id: UUID) -> HttpResponse:
    if stop_id not in {row.pk for row in open_stops([_company_id(request, number)])}:
        raise NotVisible
    form = forms.ReasonForm(request.POST, auto_id=f"lift_{stop_id.hex}_%s")

    def work() -> HttpResponse:
        lift_stop(stop_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The stop is lifted."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, **{stop_id.hex: form}))


@require_POST
@allow(OPERATOR)
@once
def clear_name(request: HttpRequest, number: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, auto_id="name_%s")

    def work() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        actions.clear_name(_company_id(request, number), reason, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The name may stand."))
        return redirect("office:company", number)

    return acted(form, work, lambda: _show(request, number, name=form))
