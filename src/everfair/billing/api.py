"""Invoices for programs: the platform's tax invoices to the key's company."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor, write
from everfair.base.refused import NotVisible
from everfair.billing import actions, queries
from everfair.billing.documents.values import document_of
from everfair.billing.models import Invoice, TaxNumber
from everfair.billing.pages import pdf_answer, xml_answer
from everfair.billing.schemas import InvoiceOut, InvoicePage, TaxNumberIn, TaxNumberOut, WaitingChargesOut
from everfair.companies.roles import MONEY_KEEPING

router = Router(tags=["Money"])


def _a(kind: str) -> dict[str, Any]:
    return {
        "responses": {200: {"description": "The file", "content": {kind: {"schema": {"type": "string", "format": "binary"}}}}}
    }


@router.get("/invoices", response=InvoicePage)
@allow(MONEY_KEEPING, scope="money:read")
def list_invoices(request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)) -> Any:
    """Invoices and credit notes for fees, newest first."""
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.invoices_page(request.actor, before=before, limit=limit + 1)  # type: ignore[attr-defined]
    shown = found[:limit]
    return {
        "items": [_brief(row) for row in shown],
        "next_cursor": seal_cursor([str(shown[-1].pk)]) if len(found) > limit else None,
    }


@router.get("/invoices/waiting", response=list[WaitingChargesOut])
@allow(MONEY_KEEPING, scope="money:read")
def list_waiting_charges(request: HttpRequest) -> Any:
    """Fees that are charged and stand on no invoice yet, by currency; they are invoiced when the month is over."""
    return [
        {name: row[name] for name in ("since", "charges")} | {name: MoneyOut.of(row[name]) for name in ("net", "tax")}
        for row in queries.waiting_charges(request.actor.company_id)  # type: ignore[attr-defined]
    ]


@router.get("/invoices/{uuid:invoice_id}", response=InvoiceOut)
@allow(MONEY_KEEPING, scope="money:read")
def get_invoice(request: HttpRequest, invoice_id: UUID) -> Any:
    found = queries.invoice(invoice_id, request.actor)  # type: ignore[attr-defined]
    document = document_of(found.document)
    return _brief(found) | {
        "tax_category": document.code,
        "tax_rate": f"{document.rate.normalize():f}",
        "exemption": document.exemption,
        "lines": [{"order": order, "kind": kind, "net": MoneyOut.of(net)} for order, kind, net in document.lines],
        "credits": document.credits[0] if document.credits else None,
    }


@router.get("/invoices/{uuid:invoice_id}/xml", response={200: None}, openapi_extra=_a("application/xml"))
@allow(MONEY_KEEPING, scope="money:read")
def get_invoice_xml(request: HttpRequest, invoice_id: UUID) -> Any:
    """UBL 2.1 by EN 16931. Not found for a currency of three decimals, which the standard does not know: take the PDF."""
    return xml_answer(queries.invoice(invoice_id, request.actor))  # type: ignore[attr-defined]


@router.get("/invoices/{uuid:invoice_id}/pdf", response={200: None}, openapi_extra=_a("application/pdf"))
@allow(MONEY_KEEPING, scope="money:read")
def get_invoice_pdf(request: HttpRequest, invoice_id: UUID) -> Any:
    """PDF/A-3 with the invoice as data inside (Factur-X, profile EN 16931)."""
    return pdf_answer(queries.invoice(invoice_id, request.actor))  # type: ignore[attr-defined]


@router.get("/tax-number", response=TaxNumberOut)
@allow(MONEY_KEEPING, scope="money:read")
def get_tax_number(request: HttpRequest) -> Any:
    """Not found while your company has stated none."""
    found = queries.tax_number_of(request.actor.company_id)  # type: ignore[attr-defined]
    if found is None:
        raise NotVisible
    return _tax_number(found)


@router.post("/tax-number", response=TaxNumberOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def state_tax_number(request: HttpRequest, payload: TaxNumberIn) -> Any:
    """It counts once the operator has looked it up. In the European Union the VAT number with its country's letters."""
    return TaxNumberOut(**_tax_number(actions.state_tax_number(payload.tax_number, by=request.actor)))  # type: ignore[attr-defined]


def _tax_number(found: TaxNumber) -> dict[str, Any]:
    return {"tax_number": found.number, "confirmed": found.confirmed, "stated_at": found.created_at}


def _brief(row: Invoice) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "number", "kind", "issued_on")}
    return plain | {name: MoneyOut.of(getattr(row, name)) for name in ("net", "tax", "total")}
