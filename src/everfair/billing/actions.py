"""Naming the issuer and the taxes, laying down charges, and issuing invoices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import CLOCK, OPERATOR, SYSTEM_ROLE
from everfair.base.rows import ask, insert
from everfair.base.together import part
from everfair.billing.documents.values import Document, as_document
from everfair.billing.models import Charge, Invoice, InvoicedCharge, Issuer, TaxNumber, TaxRate
from everfair.billing.queries import confirmed_number_of, issuer_now, open_charges, tax_number_of
from everfair.billing.taxes import ANYWHERE, TAX_WORDS, UNION, without_tax
from everfair.billing.values import Fee
from everfair.companies.actions import note_act
from everfair.companies.queries import parties
from everfair.companies.roles import MONEY_KEEPING
from everfair.events.billing import InvoiceIssued
from everfair.reference.queries import COUNTRIES

_SERIES = re.compile(r"[A-Z0-9]{1,10}", re.ASCII)
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{1,39}", re.ASCII)


def set_issuer(
    *,
    name: str,
    country: str,
    registration_number: str,
    tax_number: str,
    address: Mapping[str, Any],
    email: str,
    series: str,
    by: Actor,
) -> Issuer:
    """Who issues the platform's invoices from now on; issued ones keep whom they named.

    Refuses whoever is no operator, and what an invoice may not lack: name, country, registration, tax number (in the European Union with
    its country's letters), a town, and letters for the series.
    """
    _operator(by)
    for field, text in (("name", name), ("registration_number", registration_number), ("city", str(address.get("city", "")))):
        if not text.strip():
            raise Refused("billing.missing", _("An invoice cannot do without this."), field=field, status=422)
    if country not in COUNTRIES:
        raise Refused("billing.country", _("This is no country we know."), field="country", status=422)
    number = read_tax_number(tax_number)
    prefix = "EL" if country == "GR" else country
    if COUNTRIES[country].in_eu and not number.startswith(prefix):
        message = _("A tax number of this country begins with %(letters)s.") % {"letters": prefix}
        raise Refused("billing.tax_number", message, field="tax_number", status=422)
    if not _SERIES.fullmatch(series):
        raise Refused("billing.series", _("Please give one to ten capital letters or digits."), field="series", status=422)
    with transaction.atomic():
        before = issuer_now()
        made = Issuer.objects.create(
            entity=f"{country}:{' '.join(registration_number.split())}"[:60], name=name.strip(), country=country,
            registration_number=registration_number.strip(), tax_number=number, address=dict(address), email=email, series=series,
            set_by=by.label,
        )  # fmt: skip
        note_act("set the issuer", made.pk, "", by, before=_face(before) if before else None, after=_face(made))
    return made


def _face(issuer: Issuer) -> dict[str, str]:
    return {name: getattr(issuer, name) for name in ("name", "country", "registration_number", "tax_number", "series")}


def read_tax_number(text: str) -> str:
    """As it stands on invoices: capitals, no blanks. Refuses what is no such number."""
    compact = text.replace(" ", "").upper()
    if not _NUMBER.fullmatch(compact) or not any(char.isdigit() for char in compact):
        raise Refused("billing.tax_number", _("This is no tax number."), field="tax_number", status=422)
    return compact


def set_tax_rate(
    *, issuer_country: str, customer: str, with_number: bool | None, code: str, rate: Decimal, exemption_code: str = "",
    exemption: str = "", valid_from: datetime | None = None, reason: str, by: Actor,
) -> TaxRate:  # fmt: skip
    """How fees are taxed from a moment on (from now on without one), for customers of a country, of the European Union or of anywhere.

    Refuses whoever is no operator, a rate where there is no tax and none where there is, a reverse charge for customers without
    a confirmed number, a moment in the past, and a missing reason.
    """
    _operator(by)
    if issuer_country not in COUNTRIES or (customer not in COUNTRIES and customer not in (UNION, ANYWHERE)):
        raise Refused("billing.country", _("This is no country we know."), field="customer", status=422)
    if code not in TAX_WORDS:
        raise Refused("billing.tax_code", _("Please choose a tax category."), field="code", status=422)
    if (code == "S") != (rate > 0) or not 0 <= rate <= 50 or rate != round(rate, 2):
        raise Refused(
            "billing.tax_rate", _("Only the standard rate is above zero, and at most 50 per cent."), field="rate", status=422
        )
    if code == "AE" and with_number is not True:
        message = _("A reverse charge is for customers whose tax number was confirmed.")
        raise Refused("billing.reverse_charge", message, field="with_number", status=422)
    if not reason.strip():
        raise Refused("billing.reason", _("Please say why."), field="reason", status=422)
    with transaction.atomic():
        current = now()
        if valid_from is not None and valid_from < current:
            raise Refused("billing.tax_past", _("A tax rate changes from now on or later."), field="valid_from", status=422)
        said = without_tax(code, exemption_code, exemption)
        made = TaxRate.objects.create(
            issuer_country=issuer_country, customer=customer, with_number=with_number, code=code, rate=rate,
            exemption_code=said.exemption_code, exemption=said.exemption, valid_from=valid_from or current, set_by=by.label, reason=reason.strip(),
        )  # fmt: skip
        after = {"country": issuer_country, "customer": customer, "code": code, "rate": f"{rate:f}"}
        note_act("set a tax rate", made.pk, reason.strip(), by, after=after)
    return made


def state_tax_number(number: str, *, by: Actor) -> TaxNumber:
    """The company's tax number as its own people state it; it counts once an operator has confirmed it. A repeated one stays confirmed."""
    if not MONEY_KEEPING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    read = read_tax_number(number)
    known = tax_number_of(by.company_id)
    if known is not None and known.number == read:
        return known
    return TaxNumber.objects.create(company_id=by.company_id, number=read, confirmed=False, by=by.label)


def confirm_tax_number(company_id: UUID, number: str, *, by: Actor) -> TaxNumber:
    """An operator has looked the number up in its country's register. Refuses when the company has stated another one meanwhile."""
    _operator(by)
    with transaction.atomic():
        ask("SELECT id FROM companies_company WHERE id = %s FOR SHARE", [company_id])
        known = tax_number_of(company_id)
        if known is None:
            raise NotVisible
        if known.number != number:
            raise Refused("billing.other_number", _("The company has stated another number meanwhile."))
        if known.confirmed:
            return known
        made = TaxNumber.objects.create(company_id=company_id, number=number, confirmed=True, by=by.label)
        note_act("confirmed a tax number", company_id, "", by, after={"tax_number": number})
    return made


def charge(company_id: UUID, fees: Iterable[Fee], *, subject: UUID, reference: str, entry_key: str) -> None:
    """Lay down what an entry of the books took from a company in fees, or gave back. In the transaction that posts the entry."""
    insert(
        *(
            Charge(
                company_id=company_id, kind=fee.kind, net_minor=fee.net.minor, tax_minor=fee.tax.minor, currency=fee.net.currency,
                code=fee.treatment.code, rate=fee.treatment.rate, exemption_code=fee.treatment.exemption_code,
                exemption=fee.treatment.exemption, subject=subject, reference=reference, entry_key=entry_key, reverses_id=fee.reverses,
            )
            for fee in fees
            if fee.net or fee.tax
        )
    )  # fmt: skip


def issue_invoices(company_id: UUID, currency: str, until: datetime, *, by: Actor) -> list[Invoice]:
    """Put every charge of a company in one currency, up to a moment and on no invoice yet, on one: an invoice for each way it is
    taxed, and a credit note for each earlier invoice of which something was taken back. Returns what was issued, perhaps nothing.

    The series' rows are locked while it is done, so numbers have no gap and none is given twice (I33). Refuses whoever is neither
    operator nor clockwork, and while nobody is named who issues.
    """
    if not (OPERATOR | CLOCK | SYSTEM_ROLE).admits(by):
        raise Refused("billing.operator_only", _("Only an operator issues invoices."), status=403)
    with part():
        issuer = issuer_now()
        if issuer is None:
            raise Refused("billing.no_issuer", _("Please say first who issues the invoices."))
        today = now().date()
        names = {kind: f"{issuer.series}{mark}{today.year}" for kind, mark in (("invoice", ""), ("credit_note", "C"))}
        _lock_series(issuer.entity, sorted(names.values()))
        # A statement of its own, so that it sees what the lock waited for.
        charges = open_charges(company_id, currency, until)
        if not charges:
            return []
        sides = _Sides(issuer, parties([company_id])[company_id], confirmed_number_of(company_id))
        made = []
        for group in _groups(charges):
            former = group[0].on if group[0].charge.reverses_id else None
            kind = "credit_note" if former is not None else "invoice"
            n = ask(_NEXT, [issuer.entity, names[kind]])[0][0]
            made.append(_issue([each.charge for each in group], former, kind, names[kind], n, today, sides))
            emit(InvoiceIssued(made[-1].pk, company_id, kind, made[-1].number), by=by)
        if by.kind == "operator":
            note_act("issued invoices", company_id, "", by, after={"count": str(len(made)), "series": issuer.series})
    return made


@dataclass(frozen=True, slots=True)
class _Sides:
    issuer: Issuer
    customer: Mapping[str, Any]
    number: TaxNumber | None


def _lock_series(entity: str, names: Sequence[str]) -> None:
    for name in names:
        ask("INSERT INTO billing_series (entity, name, last) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", [entity, name])
    ask("SELECT 1 FROM billing_series WHERE entity = %s AND name = ANY(%s) ORDER BY name FOR UPDATE", [entity, list(names)])


_NEXT = "UPDATE billing_series SET last = last + 1 WHERE entity = %s AND name = %s RETURNING last"


def _groups(charges: Sequence[Any]) -> list[list[Any]]:
    """One list for each paper: taken back of the same invoice, or taxed in the same way."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for each in charges:
        one = each.charge
        back = each.on.pk if one.reverses_id and each.on is not None else None
        groups.setdefault((back is not None, str(back or ""), one.code, one.rate, one.exemption_code), []).append(each)
    return [groups[key] for key in sorted(groups)]


def _issue(
    charges: Sequence[Charge], former: Invoice | None, kind: str, series: str, n: int, today: Any, sides: _Sides
) -> Invoice:
    first = charges[0]
    sign = -1 if kind == "credit_note" else 1
    net, tax = sign * sum(one.net_minor for one in charges), sign * sum(one.tax_minor for one in charges)
    made = Invoice(
        entity=sides.issuer.entity, series=series, n=n, kind=kind, company_id=first.company_id, issued_on=today, currency=first.currency,
        net_minor=net, tax_minor=tax, code=first.code, credits=former, document={},
    )  # fmt: skip
    made.document = as_document(_document(made, charges, former, sign, sides))
    insert(made)
    insert(*(InvoicedCharge(charge_id=one.pk, invoice=made) for one in charges))
    return made


def _document(made: Invoice, charges: Sequence[Charge], former: Invoice | None, sign: int, sides: _Sides) -> Document:
    lines: dict[tuple[str, str], int] = {}
    for one in charges:
        lines[one.reference, one.kind] = lines.get((one.reference, one.kind), 0) + sign * one.net_minor
    days = sorted(one.created_at.date() for one in charges)
    issuer, customer, number = sides.issuer, sides.customer, sides.number
    first = charges[0]
    return Document(
        number=made.number,
        kind=made.kind,
        issued_on=made.issued_on,
        period=(days[0], days[-1]),
        currency=made.currency,
        seller={
            "name": issuer.name, "country": issuer.country, "registration_number": issuer.registration_number,
            "tax_number": issuer.tax_number, "address": issuer.address, "email": issuer.email,
        },
        buyer={
            "name": customer["name"], "names": customer["names"], "country": customer["country"],
            "registration_number": customer["registration_number"], "address": customer["address"],
            "tax_number": number.number if number is not None else "",
        },
        lines=tuple((reference, kind, Money(minor, made.currency)) for (reference, kind), minor in lines.items()),
        net=made.net,
        tax=made.tax,
        code=first.code,
        rate=first.rate,
        exemption_code=first.exemption_code,
        exemption=first.exemption,
        credits=(former.number, former.issued_on) if former else None,
    )  # fmt: skip


def _operator(by: Actor) -> None:
    if not OPERATOR.admits(by) and not SYSTEM_ROLE.admits(by):
        raise Refused("billing.operator_only", _("Only the operator may do this."), status=403)
