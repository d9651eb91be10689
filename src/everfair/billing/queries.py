"""Who issues, how a company is taxed, what it was charged, and its invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one
from everfair.billing.models import Charge, Invoice, Issuer, TaxNumber, TaxRate
from everfair.billing.taxes import UNTAXED, Treatment, usual
from everfair.reference.queries import COUNTRIES


def issuer_now() -> Issuer | None:
    """Who issues invoices; None while nobody is named."""
    return find_one(Issuer, "true ORDER BY id DESC LIMIT 1")


def tax_number_of(company_id: UUID) -> TaxNumber | None:
    return find_one(TaxNumber, "company_id = %s ORDER BY id DESC LIMIT 1", [company_id])


def confirmed_number_of(company_id: UUID) -> TaxNumber | None:
    """The newest that an operator has looked up: what an invoice names."""
    return find_one(TaxNumber, "company_id = %s AND confirmed ORDER BY id DESC LIMIT 1", [company_id])


def treatment_of(company_id: UUID) -> Treatment:
    """How a fee of this company is taxed now: one query."""
    found = ask(_TREATMENT, {"company": company_id, "eu": [code for code, row in COUNTRIES.items() if row.in_eu]})
    if not found or found[0][0] is None:
        return UNTAXED
    issuer, customer, confirmed, code, rate, exemption_code, exemption = found[0]
    return Treatment(code, rate, exemption_code, exemption) if code else usual(issuer, customer, confirmed)


_TREATMENT = """
    SELECT i.country, c.country, coalesce(n.confirmed, false), r.code, r.rate, r.exemption_code, r.exemption
    FROM companies_company c
    LEFT JOIN LATERAL (SELECT country FROM billing_issuer ORDER BY id DESC LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT confirmed FROM billing_taxnumber WHERE company_id = c.id ORDER BY id DESC LIMIT 1) n ON true
    LEFT JOIN LATERAL (
        SELECT code, rate, exemption_code, exemption FROM billing_taxrate
        WHERE issuer_country = i.country AND valid_from <= ef_now()
            AND (customer IN (c.country, '*') OR (customer = 'EU' AND c.country = ANY(%(eu)s::varchar[])))
            AND (with_number IS NULL OR with_number = coalesce(n.confirmed, false))
        ORDER BY customer = c.country DESC, customer = 'EU' DESC, with_number IS NOT NULL DESC, valid_from DESC, id DESC LIMIT 1
    ) r ON true
    WHERE c.id = %(company)s
"""


def charges_of(subject: UUID) -> list[Charge]:
    """Everything charged for one order, in the order it was: one query."""
    return find(Charge, "subject = %s ORDER BY id", [subject])


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge on no invoice; of one taken back, `on` is the invoice of what it takes back, when that has one."""

    charge: Charge
    on: Invoice | None


def open_charges(company_id: UUID, currency: str, until: datetime) -> list[OpenCharge]:
    """What is still to be invoiced of a company, in the order it was charged: two queries."""
    rows = find(Charge, _OPEN, [company_id, currency, until], also={"on_id": _ON})
    wanted = [row.on_id for row in rows if row.on_id]  # type: ignore[attr-defined]
    former = {each.pk: each for each in find(Invoice, "id = ANY(%s::uuid[])", [wanted])} if wanted else {}
    return [OpenCharge(row, former.get(row.on_id)) for row in rows]  # type: ignore[attr-defined]


_NOT_INVOICED = "code <> '' AND NOT EXISTS (SELECT FROM billing_invoicedcharge x WHERE x.charge_id = billing_charge.id)"
_OPEN = f"company_id = %s AND currency = %s AND created_at <= %s AND {_NOT_INVOICED} ORDER BY id"
_ON = "(SELECT x.invoice_id FROM billing_invoicedcharge x WHERE x.charge_id = billing_charge.reverses_id)"


def to_be_invoiced(until: datetime, limit: int = 200) -> list[tuple[UUID, str]]:
    """(company, currency) with charges up to a moment that stand on no invoice."""
    sql = f"SELECT DISTINCT company_id, currency FROM billing_charge WHERE created_at <= %s AND {_NOT_INVOICED} ORDER BY 1, 2 LIMIT %s"  # noqa: S608
    return [(row[0], row[1]) for row in ask(sql, [until, limit])]


def open_sums(company_id: UUID | None = None) -> list[dict[str, Any]]:
    """What is still to be invoiced, by company and currency: for the office of all, for a company its own."""
    sql = f"""
        SELECT c.number, c.name, billing_charge.currency, sum(net_minor), sum(tax_minor), min(billing_charge.created_at), count(*)
        FROM billing_charge JOIN companies_company c ON c.id = billing_charge.company_id
        WHERE {_NOT_INVOICED} AND (%s::uuid IS NULL OR billing_charge.company_id = %s::uuid)
        GROUP BY 1, 2, 3 ORDER BY 6, 1, 3 LIMIT 500"""  # noqa: S608
    names = ("number", "name", "currency", "net_minor", "tax_minor", "since", "charges")
    return [dict(zip(names, row, strict=True)) for row in ask(sql, [company_id, company_id])]


def waiting_charges(company_id: UUID | None = None) -> list[dict[str, Any]]:
    """The same with `net` and `tax` as money."""
    return [
        row | {name: Money(int(row[f"{name}_minor"]), row["currency"]) for name in ("net", "tax")}
        for row in open_sums(company_id)
    ]


def invoices_visible_to(actor: Actor) -> QuerySet[Invoice]:
    """A company sees its own; the operator and the clockwork all."""
    if actor.kind in ("operator", "system", "clock"):
        return Invoice.objects.all()
    return Invoice.objects.filter(company_id=actor.company_id) if actor.company_id else Invoice.objects.none()


def invoice(invoice_id: UUID, actor: Actor) -> Invoice:
    found = invoices_visible_to(actor).filter(pk=invoice_id).first()
    if found is None:
        raise NotVisible
    return found


def invoices_page(actor: Actor, *, before: UUID | None = None, limit: int = 50) -> list[Invoice]:
    """Newest first, each with its company; `before` is the last one's id."""
    found = invoices_visible_to(actor).select_related("company")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:limit])


def tax_rates() -> list[TaxRate]:
    """Every version, the latest to begin first."""
    return find(TaxRate, "true ORDER BY valid_from DESC, id DESC LIMIT 200")


def unconfirmed_numbers() -> list[dict[str, Any]]:
    """Tax numbers that companies have stated and nobody has looked up, the oldest first."""
    names = ("company_id", "number", "name", "country", "tax_number", "stated_at")
    return [dict(zip(names, row, strict=True)) for row in ask(_UNCONFIRMED)]


_UNCONFIRMED = """
    SELECT c.id, c.number, c.name, c.country, n.number, n.created_at FROM (
        SELECT DISTINCT ON (company_id) * FROM billing_taxnumber ORDER BY company_id, id DESC
    ) n JOIN companies_company c ON c.id = n.company_id WHERE NOT n.confirmed ORDER BY n.id LIMIT 200
"""
