"""What an invoice says, as frozen plain values. A row keeps it whole; nothing else is looked up when it is written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from everfair.base.money import Money, exponent

# What XML calls the fees: it is read by programs, in one language. People read the PDF in their own.
FEE_NAMES = {
    "commission": "Commission", "payment_service": "Payment service", "escrow_service": "Escrow service", "trade_service": "Trade service",
}  # fmt: skip
# EN 16931 knows no finer amounts (BR-DEC-…).
MOST_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Document:
    """`lines`: (of which sale, kind of fee, net). All of one invoice is taxed in one way. `credits`: number and day of the invoice
    that a credit note takes back a part of. Everything has been paid: it was kept back from what the seller received."""

    number: str
    kind: str
    issued_on: date
    period: tuple[date, date]
    currency: str
    seller: Mapping[str, Any]
    buyer: Mapping[str, Any]
    lines: tuple[tuple[str, str, Money], ...]
    net: Money
    tax: Money
    code: str
    rate: Decimal
    exemption_code: str
    exemption: str
    credits: tuple[str, date] | None = None

    @property
    def total(self) -> Money:
        return self.net + self.tax

    @property
    def is_credit(self) -> bool:
        return self.kind == "credit_note"

    @property
    def as_e_invoice(self) -> bool:
        """Whether the standard can say it: a currency of three decimals is on paper only."""
        return exponent(self.currency) <= MOST_DECIMALS

    def named(self, line: tuple[str, str, Money]) -> tuple[str, str]:
        """Name and description of a line, as XML calls them."""
        reference, kind, _net = line
        return FEE_NAMES.get(kind, kind), f"Order {reference}"


def as_document(found: Document) -> dict[str, Any]:
    """As a row keeps it."""
    return {
        "number": found.number, "kind": found.kind, "issued_on": found.issued_on.isoformat(),
        "period": [day.isoformat() for day in found.period], "currency": found.currency, "seller": dict(found.seller),
        "buyer": dict(found.buyer), "lines": [[reference, kind, net.minor] for reference, kind, net in found.lines],
        "net_minor": found.net.minor, "tax_minor": found.tax.minor, "code": found.code, "rate": f"{found.rate.normalize():f}",
        "exemption_code": found.exemption_code, "exemption": found.exemption,
        "credits": [found.credits[0], found.credits[1].isoformat()] if found.credits else None,
    }  # fmt: skip


def document_of(kept: Mapping[str, Any]) -> Document:
    """The same again."""
    currency = kept["currency"]
    first, last = (date.fromisoformat(day) for day in kept["period"])
    return Document(
        number=kept["number"], kind=kept["kind"], issued_on=date.fromisoformat(kept["issued_on"]), period=(first, last), currency=currency,
        seller=kept["seller"], buyer=kept["buyer"],
        lines=tuple((reference, kind, Money(minor, currency)) for reference, kind, minor in kept["lines"]),
        net=Money(kept["net_minor"], currency), tax=Money(kept["tax_minor"], currency), code=kept["code"], rate=Decimal(kept["rate"]),
        exemption_code=kept["exemption_code"], exemption=kept["exemption"],
        credits=(kept["credits"][0], date.fromisoformat(kept["credits"][1])) if kept["credits"] else None,
    )  # fmt: skip


def is_vat_number(number: str) -> bool:
    """Whether it is a VAT identifier as the standard means it, with its country's letters (BR-CO-09); else it is a local tax number."""
    return len(number) > 3 and number[:2].isalpha() and number[:2].isascii()
