"""An invoice on paper: PDF/A-3 with its own XML inside (Factur-X, profile EN 16931), made of the kept document and of nothing else."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from everfair.base import papers
from everfair.base.formats import country_name, percent, plain_day, plain_money
from everfair.base.typesetting import settable
from everfair.base.words import word
from everfair.billing.documents.cii import cii
from everfair.billing.documents.values import Document
from everfair.companies.values import address_lines

TEMPLATE = Path(__file__).parent / "templates" / "fee-invoice.typ"
_log = logging.getLogger(__name__)


def paper(document: Document, language: str) -> bytes:
    """The PDF in a reader's language. Without the data inside where the standard or PDF/A cannot hold it: amounts of three decimals,
    and names in a script that our fonts lack."""
    made, archival = papers.pdf(TEMPLATE, as_json(document, language), _dated(document), "a-3b")
    if not archival:
        _log.warning("invoice %s is no PDF/A: a script is missing in our fonts", document.number)
    if not (archival and document.as_e_invoice):
        return made
    from facturx import generate_from_binary  # heavy: only when a paper is made

    carried: bytes = generate_from_binary(
        made, cii(document), flavor="factur-x", level="en16931", check_schematron=False, lang=language, afrelationship="alternative",
        pdf_metadata={
            "author": document.seller["name"], "keywords": "Factur-X, EN 16931", "title": f"{_titles(document)} {document.number}",
            "subject": document.number,
        },
    )  # fmt: skip
    return carried


def _titles(document: Document) -> str:
    return "Credit note" if document.is_credit else "Invoice"


def _dated(document: Document) -> datetime:
    return datetime.combine(document.issued_on, time(), UTC)


def as_json(document: Document, language: str) -> str:
    with override(language):
        said = {
            "title": _("Credit note") if document.is_credit else _("Invoice"),
            "number": document.number,
            "seller": _party(document.seller, language),
            "buyer": _party(document.buyer, language),
            "facts": [list(fact) for fact in _facts(document)],
            "heads": ["#", _("Fee"), _("Order"), _("Amount")],
            "lines": [
                [str(n), word(kind, "fee"), reference, plain_money(net)]
                for n, (reference, kind, net) in enumerate(document.lines, 1)
            ],
            "sums": [list(row) for row in _sums(document)],
            "notes": _notes(document),
            "page": _("Page {page} of {pages}"),
            "captions": {"seller": _("Issued by"), "buyer": _("Issued to")},
        }
        return json.dumps(
            {"said": settable(said, 60.0), "language": language, "han": language if language != "en" else "zh-hans"},
            ensure_ascii=False,
        )


def _facts(document: Document) -> list[tuple[str, str]]:
    first, last = document.period
    found = [
        (_("Number"), document.number),
        (_("Day"), plain_day(document.issued_on)),
        (_("Fees charged"), plain_day(first) if first == last else f"{plain_day(first)} – {plain_day(last)}"),
    ]
    if document.credits:
        found.append((_("Takes back a part of"), f"{document.credits[0]}, {plain_day(document.credits[1])}"))
    return found


def _sums(document: Document) -> list[tuple[str, str]]:
    rate = percent(document.rate / 100, 2 if document.rate % 1 else 0)
    tax = _("Tax, %(rate)s") % {"rate": rate} if document.code == "S" else _("Tax")
    return [(_("Net"), plain_money(document.net)), (tax, plain_money(document.tax)), (_("Total"), plain_money(document.total))]


def _notes(document: Document) -> list[str]:
    notes = []
    if document.code not in ("S", "Z"):
        notes.append(f"{word(document.code, 'tax category')} ({document.exemption})")
    if document.is_credit:
        notes.append(_("The amount was returned to the wallet. Nothing is to be paid."))
    else:
        notes.append(_("Paid: the amount was kept back when the seller was paid. Nothing is to be paid."))
    return notes


def _party(side: Any, language: str) -> dict[str, Any]:
    names = [side["name"], *(name for name in (side.get("names") or {}).values() if name and name != side["name"])]
    facts = [
        (_("Registration"), side["registration_number"]),
        (_("Tax number"), side["tax_number"]),
        (_("E-mail"), side.get("email", "")),
    ]
    return {
        "names": list(dict.fromkeys(names)),
        "address": [*address_lines(side["address"], side["country"]), country_name(side["country"])],
        "facts": [[name, value] for name, value in facts if value],
    }
