"""Plain values of billing, and the words of its codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.money import Money
from everfair.base.words import name_codes
from everfair.billing.taxes import TAX_WORDS, Treatment
from everfair.ledger.values import fees as earned
from everfair.ledger.values import tax
from everfair.markets.fees import FEE_WORDS

__all__ = ["FEE_WORDS", "TAX_WORDS", "Fee", "Treatment", "fee_accounts", "fees_kept", "kept_fees", "one_sum"]

# fmt: off
INVOICE_WORDS = name_codes("invoice", {"invoice": _("Invoice"), "credit_note": _("Credit note")})
PROOF_WORDS = name_codes("proof", {
    "every fee in the books has its charge, invoiced or still to be":
        _("Every fee in the books has its charge, invoiced or still to be"),
    "every number of every series of invoices is there": _("Every number of every series of invoices is there"),
    "every invoice says the sum of its charges": _("Every invoice says the sum of its charges"),
    "no charge is taken back beyond its amount": _("No charge is taken back beyond its amount"),
})
ACT_WORDS = name_codes("act", {
    "set the issuer": _("Set who issues invoices"),
    "set a tax rate": _("Set a tax rate for fees"),
    "confirmed a tax number": _("Confirmed a tax number"),
    "issued invoices": _("Issued invoices"),
})
FIELD_WORDS = name_codes("field", {
    "country": _("Country"), "customer": _("Customer"), "code": _("Tax category"), "rate": _("Rate"), "tax_number": _("Tax number"),
    "series": _("Series"), "count": _("How many"), "registration_number": _("Registration number"), "fees": _("Fees"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"billing": _("Invoices")})
# fmt: on


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee of one payout: what the platform earns, the tax on it, and how it is taxed. A fee taken back is below zero."""

    kind: str
    net: Money
    tax: Money
    treatment: Treatment
    # Of a fee taken back: the charge it takes back.
    reverses: UUID | None = None

    @property
    def gross(self) -> Money:
        return self.net + self.tax


def one_sum(fees: Any, currency: str) -> Money:
    """What fees come to, tax included."""
    found = Money.zero(currency)
    for fee in fees:
        found += fee.gross
    return found


def fee_accounts(fees: Iterable[Fee], currency: str) -> list[tuple[str, Money]]:
    """Where fees go in the books, and how much: each kind to its own account, and the tax on them to one."""
    fees = list(fees)
    taxes = sum((fee.tax for fee in fees), Money.zero(currency))
    return [*((earned(currency, fee.kind), fee.net) for fee in fees), (tax(currency), taxes)]


def kept_fees(fees: Iterable[Fee]) -> list[dict[str, Any]]:
    """As they are kept until they are taken (`fees_kept` reads them)."""
    return [
        {
            "kind": fee.kind, "net_minor": fee.net.minor, "tax_minor": fee.tax.minor, "currency": fee.net.currency,
            "code": fee.treatment.code, "rate": str(fee.treatment.rate), "exemption_code": fee.treatment.exemption_code,
            "exemption": fee.treatment.exemption,
        }
        for fee in fees
    ]  # fmt: skip


def fees_kept(rows: Iterable[dict[str, Any]]) -> list[Fee]:
    return [
        Fee(
            row["kind"], Money(row["net_minor"], row["currency"]), Money(row["tax_minor"], row["currency"]),
            Treatment(row["code"], Decimal(row["rate"]), row["exemption_code"], row["exemption"]),
        )
        for row in rows
    ]  # fmt: skip
