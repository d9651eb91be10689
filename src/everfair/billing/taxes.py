"""How a fee is taxed: by where the platform is, where its customer is, and whether the customer's tax number was confirmed.

The usual rules of the European Union come with the software; a `TaxRate` of the office comes before them, by date. Anywhere else
nothing is assumed: without a row of the office a fee is outside the scope of tax.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes
from everfair.reference.queries import COUNTRIES

# UNTDID 5305, as far as fees need it.
# fmt: off
TAX_WORDS = name_codes("tax category", {
    "S":  _("Standard rate"),
    "AE": _("Reverse charge: the customer pays the tax"),
    "Z":  _("Zero rated"),
    "O":  _("Outside the scope of tax"),
})
# Why there is no tax, as the invoice says it (BT-120) and as a program reads it (BT-121, the VATEX code list).
EXEMPTIONS = {
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "O":  ("VATEX-EU-O",  "Not subject to VAT"),
}
# Standard rates in per cent. Source: European Commission, Taxes in Europe Database, as of 2026.
STANDARD_RATES = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24", "ES": "21", "FI": "25.5", "FR": "20",
    "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17", "LV": "21", "MT": "18", "NL": "21", "PL": "23",
    "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
}
# fmt: on
# Whom a row of the office is for: one country, the countries of the European Union, or everybody.
UNION, ANYWHERE = "EU", "*"


@dataclass(frozen=True, slots=True)
class Treatment:
    """`code` is of `TAX_WORDS` («» while nobody is named who issues invoices), `rate` in per cent."""

    code: str = ""
    rate: Decimal = Decimal(0)
    exemption_code: str = ""
    exemption: str = ""

    @property
    def share(self) -> Fraction:
        return Fraction(self.rate) / 100


UNTAXED = Treatment()


def usual(issuer: str, customer: str, has_number: bool) -> Treatment:
    """What the software knows without the office. Council Directive 2006/112/EC, art. 44, 45 and 196: a service to a business is
    taxed where that is; in another member state it pays the tax itself, if its number is good; else it counts as no business."""
    if issuer not in STANDARD_RATES or not COUNTRIES[customer].in_eu:
        return without_tax("O")
    if customer != issuer and has_number:
        return without_tax("AE")
    return Treatment("S", Decimal(STANDARD_RATES[issuer]))


def without_tax(code: str, exemption_code: str = "", exemption: str = "") -> Treatment:
    usual_code, usual_words = EXEMPTIONS.get(code, ("", ""))
    return Treatment(code, Decimal(0), exemption_code or usual_code, exemption or usual_words)
