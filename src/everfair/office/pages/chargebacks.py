"""Chargebacks: what comes back of card payments, what still can, and the answer to each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.queries import companies_by_id, names
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, next_address, proof_address, uuid_or_none
from everfair.office.queries.outgoing import chargeback_file
from everfair.office.queries.trail import staff_names
from everfair.payments import queries
from everfair.trade.queries import defended, shown_defences

PER_PAGE = 50


@require_safe
@allow(OPERATOR)
def chargebacks(request: HttpRequest) -> HttpResponse:
    """The open ones by their day, or all; beside them what is exposed."""
    which = "all" if request.GET.get("which") == "all" else "open"
    if which == "open":
        found = queries.chargebacks_due(limit=PER_PAGE + 1)
    else:
        found = queries.chargebacks_page(before=uuid_or_none(request.GET.get("after", "")), limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    exposure = queries.chargeback_exposure()
    return page(
        request,
        "office/chargebacks.html",
        rows=shown,
        following=following if which == "all" else None,
        which=which,
        exposure=exposure,
        defended=defended([row.pk for row in shown]),
        companies=_companies({row.payee_id for row in shown} | {row.of for row in exposure.by_seller}),
    )


def _companies(ids: set[Any]) -> dict[UUID, tuple[int, str]]:
    language = get_language() or "en"
    return {pk: (company.number, names(company, language)[0]) for pk, company in companies_by_id(ids - {None}).items()}


@require_safe
@allow(OPERATOR)
def chargeback(request: HttpRequest, chargeback_id: UUID) -> HttpResponse:
    return _show(request, chargeback_id, None)


def _show(request: HttpRequest, chargeback_id: UUID, form: Any) -> HttpResponse:
    file = chargeback_file(chargeback_id, request.actor)  # type: ignore[attr-defined]
    found, takes = file.chargeback, file.takes
    return page(
        request,
        "office/chargeback.html",
        status=422 if form is not None else 200,
        found=found,
        intent=file.intent,
        evidence=file.evidence,
        takes=takes,
        sent=shown_defences(file.sent, request.actor),  # type: ignore[attr-defined]
        form=form or forms.ChargebackForm(initial={"evidence": file.proposal}),
        companies=_companies({found.company_id, found.payee_id} | {take.company_id for take in takes}),
        who=staff_names([f"operator:{found.answered_by}"] if found.answered_by else []),
        prove=proof_address(request),
    )


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def answer(request: HttpRequest, chargeback_id: UUID) -> HttpResponse:
    """Accept or contest, once."""
    queries.chargeback(chargeback_id, request.actor)  # type: ignore[attr-defined]  # NotVisible
    form = forms.ChargebackForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.answer_chargeback_with_note(chargeback_id, typed["answer"], typed["evidence"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Written down. The provider has it in a moment; what it decides comes by itself."))
        return redirect("office:chargeback", chargeback_id)

    return acted(form, work, lambda: _show(request, chargeback_id, form))
