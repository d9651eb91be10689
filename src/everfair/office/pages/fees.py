"""What the platform takes: fee schedules with their versions, taxes on fees, who issues invoices, and the invoices themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.billing import actions as billing
from everfair.billing import queries as bills
from everfair.companies.queries import company_by_number
from everfair.markets.queries import fee_schedules, rule
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.office import actions, fee_forms
from everfair.office.pages.answering import acted, next_address, proof_address, uuid_or_none
from everfair.office.queries.trail import staff_names
from everfair.reference.queries import CURRENCIES

PER_PAGE = 50


# ── schedules ──


@require_safe
@allow(OPERATOR)
def fees(request: HttpRequest) -> HttpResponse:
    """One market's fees: what holds, every version, and a new one from a moment on."""
    return _fees(request, request.GET.get("of", DEFAULT_MARKET), None)


def _fees(request: HttpRequest, of: str, typed: fee_forms.FeesForm | None) -> HttpResponse:
    if of not in MARKETS:
        raise NotVisible
    versions, current = fee_schedules(of), now()
    holding = next((row for row in versions if row.valid_from <= current), None)
    return page(
        request, "office/fees.html", status=422 if typed is not None else 200, of=of, markets=list(MARKETS), versions=versions,
        holding=holding, now=current, who=staff_names(row.set_by for row in versions), rate=rule("trade.fee_rate", of),
        limits=fee_forms.limits_text, form=typed or fee_forms.FeesForm(initial=fee_forms.typed_fees(holding)), prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def set_fees(request: HttpRequest, of: str) -> HttpResponse:
    if of not in MARKETS:
        raise NotVisible
    form = fee_forms.FeesForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.change_fees(of, form.terms(), typed["valid_from"], typed["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The new version is written. Contracts signed before keep theirs."))
        return redirect("office:fees")

    return acted(form, work, lambda: _fees(request, of, form))


# ── taxes ──


@require_safe
@allow(OPERATOR)
def taxes(request: HttpRequest) -> HttpResponse:
    return _taxes(request)


def _taxes(request: HttpRequest, issuer_form: Any = None, rate_form: Any = None) -> HttpResponse:
    issuer, rates = bills.issuer_now(), bills.tax_rates()
    return page(
        request, "office/taxes.html", status=422 if issuer_form or rate_form else 200, issuer=issuer, rates=rates, now=now(),
        who=staff_names(row.set_by for row in rates), numbers=bills.unconfirmed_numbers(),
        issuer_form=issuer_form or fee_forms.IssuerForm(initial=fee_forms.typed_issuer(issuer)),
        rate_form=rate_form or fee_forms.TaxRateForm(initial={"issuer_country": issuer.country if issuer else ""}),
        prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def set_issuer(request: HttpRequest) -> HttpResponse:
    form = fee_forms.IssuerForm(request.POST)

    def work() -> HttpResponse:
        billing.set_issuer(**form.said(), by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Invoices are issued by this company from now on."))
        return redirect("office:taxes")

    return acted(form, work, lambda: _taxes(request, issuer_form=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def set_tax_rate(request: HttpRequest) -> HttpResponse:
    form = fee_forms.TaxRateForm(request.POST)

    def work() -> HttpResponse:
        billing.set_tax_rate(**form.said(), by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The number is set."))
        return redirect("office:taxes")

    return acted(form, work, lambda: _taxes(request, rate_form=form))


@require_POST
@allow(OPERATOR)
@once
def confirm_tax_number(request: HttpRequest, number: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    billing.confirm_tax_number(company_by_number(number, actor).pk, request.POST.get("tax_number", ""), by=actor)
    messages.success(request, _("The tax number counts from now on."))
    return redirect("office:taxes")


# ── invoices ──


@require_safe
@allow(OPERATOR)
def invoices(request: HttpRequest) -> HttpResponse:
    """Every invoice, newest first, and what waits for one."""
    before = uuid_or_none(request.GET.get("after", ""))
    found = bills.invoices_page(request.actor, before=before, limit=PER_PAGE + 1)  # type: ignore[attr-defined]
    shown, next_url = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(
        request,
        "office/invoices.html",
        invoices=shown,
        waiting=bills.waiting_charges(),
        issuer=bills.issuer_now(),
        next_url=next_url,
        first=before is None,
    )


@require_POST
@allow(OPERATOR)
@once
def issue(request: HttpRequest, number: int, currency: str) -> HttpResponse:
    """What a company was charged until now, without waiting for the end of the month."""
    actor = request.actor  # type: ignore[attr-defined]
    if currency not in CURRENCIES:
        raise NotVisible
    made = billing.issue_invoices(_company(number, actor), currency, now(), by=actor)
    messages.success(request, ngettext("%(num)s invoice issued.", "%(num)s invoices issued.", len(made)) % {"num": len(made)})
    return redirect("office:invoices")


def _company(number: int, actor: Any) -> UUID:
    found: UUID = company_by_number(number, actor).pk
    return found
