"""Pages of invoices: a company's own, each as a page, as XML and as PDF."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.billing import actions, queries
from everfair.billing.documents.paper import paper
from everfair.billing.documents.ubl import ubl
from everfair.billing.documents.values import document_of
from everfair.billing.forms import TaxNumberForm
from everfair.billing.models import Invoice
from everfair.companies.roles import MONEY_KEEPING

PER_PAGE = 50


@require_safe
@allow(MONEY_KEEPING)
def invoices(request: HttpRequest) -> HttpResponse:
    """What the platform has invoiced, what it will invoice when the month is over, and the company's tax number."""
    return _list(request, None)


def _list(request: HttpRequest, typed: TaxNumberForm | None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    after = request.GET.get("after", "")
    found = queries.invoices_page(actor, before=open_cursor(after, UUID)[0] if after else None, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = seal_cursor([str(shown[-1].pk)]) if len(found) > PER_PAGE else ""
    number = queries.tax_number_of(actor.company_id)
    return page(
        request,
        "billing/invoices.html",
        status=422 if typed is not None else 200,
        invoices=shown,
        waiting=queries.waiting_charges(actor.company_id),
        tax_number=number,
        form=typed or TaxNumberForm(initial={"tax_number": number.number if number else ""}),
        first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )


@require_POST
@allow(MONEY_KEEPING)
@once
def state_tax_number(request: HttpRequest) -> HttpResponse:
    form = TaxNumberForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    try:
        actions.state_tax_number(form.cleaned_data["tax_number"], by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal.message))
        return _list(request, form)
    messages.success(request, _("Thank you. The operator will look it up."))
    return redirect("billing:invoices")


@require_safe
@allow(MONEY_KEEPING | OPERATOR)
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    found = queries.invoice(invoice_id, request.actor)  # type: ignore[attr-defined]
    return page(request, "billing/invoice.html", invoice=found, document=document_of(found.document))


@require_safe
@allow(MONEY_KEEPING | OPERATOR)
def invoice_xml(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """UBL 2.1, for programs."""
    return xml_answer(queries.invoice(invoice_id, request.actor))  # type: ignore[attr-defined]


@require_safe
@allow(MONEY_KEEPING | OPERATOR)
def invoice_pdf(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """For people, with the data inside."""
    return pdf_answer(queries.invoice(invoice_id, request.actor))  # type: ignore[attr-defined]


def xml_answer(found: Invoice) -> HttpResponse:
    document = document_of(found.document)
    if not document.as_e_invoice:
        raise NotVisible
    return _file(ubl(document), "application/xml", f"{found.number}.xml")


def pdf_answer(found: Invoice) -> HttpResponse:
    return _file(paper(document_of(found.document), get_language() or "en"), "application/pdf", f"{found.number}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
