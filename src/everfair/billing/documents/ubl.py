"""An invoice as UBL 2.1 (OASIS, ISO/IEC 19845), in the words of EN 16931."""

from __future__ import annotations

from typing import Any

from everfair.base.money import Money
from everfair.billing.documents.values import Document, is_vat_number
from everfair.billing.documents.xml import maker, written

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CUSTOMIZATION = "urn:cen.eu:en16931:2017"
# UNTDID 1001: commercial invoice, credit note. UNTDID 4461: clearing between partners.
TYPE_CODES = {"invoice": "380", "credit_note": "381"}
CLEARED = "97"


def ubl(document: Document) -> bytes:
    """The document's XML. ValueError for a currency that EN 16931 cannot say."""
    if not document.as_e_invoice:
        raise ValueError(f"EN 16931 has no amounts in {document.currency}")
    noun = "CreditNote" if document.is_credit else "Invoice"
    make = maker({None: f"{_UBL}{noun}-2", "cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"})

    def money(name: str, amount: Money) -> Any:
        return make(name, str(amount.amount), currencyID=document.currency)

    def category(name: str) -> Any:
        return make(
            name, make("cbc:ID", document.code), None if document.code == "O" else make("cbc:Percent", f"{document.rate.normalize():f}"),
            *_why_untaxed(document, make, name), make("cac:TaxScheme", make("cbc:ID", "VAT")),
        )  # fmt: skip

    lines = [
        make(
            f"cac:{noun}Line",
            make("cbc:ID", str(n)),
            make("cbc:CreditedQuantity" if document.is_credit else "cbc:InvoicedQuantity", "1", unitCode="C62"),
            money("cbc:LineExtensionAmount", line[2]),
            make(
                "cac:Item", make("cbc:Description", document.named(line)[1]), make("cbc:Name", document.named(line)[0]),
                category("cac:ClassifiedTaxCategory"),
            ),
            make("cac:Price", money("cbc:PriceAmount", line[2])),
        )
        for n, line in enumerate(document.lines, 1)
    ]  # fmt: skip
    root = make(
        noun,
        make("cbc:CustomizationID", CUSTOMIZATION),
        make("cbc:ID", document.number),
        make("cbc:IssueDate", document.issued_on.isoformat()),
        make("cbc:CreditNoteTypeCode" if document.is_credit else "cbc:InvoiceTypeCode", TYPE_CODES[document.kind]),
        make("cbc:DocumentCurrencyCode", document.currency),
        make("cac:InvoicePeriod", *(make(f"cbc:{end}Date", day.isoformat()) for end, day in zip(("Start", "End"), document.period, strict=True))),
        _former(document, make),
        make("cac:AccountingSupplierParty", _party(document, document.seller, make, buyer=False)),
        make("cac:AccountingCustomerParty", _party(document, document.buyer, make, buyer=True)),
        make("cac:Delivery", make("cbc:ActualDeliveryDate", document.period[1].isoformat())),
        make("cac:PaymentMeans", make("cbc:PaymentMeansCode", CLEARED)),
        make(
            "cac:TaxTotal",
            money("cbc:TaxAmount", document.tax),
            make("cac:TaxSubtotal", money("cbc:TaxableAmount", document.net), money("cbc:TaxAmount", document.tax), category("cac:TaxCategory")),
        ),
        make(
            "cac:LegalMonetaryTotal",
            money("cbc:LineExtensionAmount", document.net),
            money("cbc:TaxExclusiveAmount", document.net),
            money("cbc:TaxInclusiveAmount", document.total),
            money("cbc:PrepaidAmount", document.total),
            money("cbc:PayableAmount", Money.zero(document.currency)),
        ),
        *lines,
    )  # fmt: skip
    return written(root)


def _why_untaxed(document: Document, make: Any, name: str) -> list[Any]:
    """Only the sum of a category says why there is no tax."""
    if name != "cac:TaxCategory" or document.code in ("S", "Z"):
        return []
    return [
        make("cbc:TaxExemptionReasonCode", document.exemption_code) if document.exemption_code else None,
        make("cbc:TaxExemptionReason", document.exemption) if document.exemption else None,
    ]


def _former(document: Document, make: Any) -> Any:
    if document.credits is None:
        return None
    number, day = document.credits
    return make(
        "cac:BillingReference",
        make("cac:InvoiceDocumentReference", make("cbc:ID", number), make("cbc:IssueDate", day.isoformat())),
    )


def _party(document: Document, side: Any, make: Any, *, buyer: bool) -> Any:
    address = side["address"]
    first, second = [*address.get("lines", []), "", ""][:2]
    return make(
        "cac:Party",
        make(
            "cac:PostalAddress",
            make("cbc:StreetName", first) if first else None,
            make("cbc:AdditionalStreetName", second) if second else None,
            make("cbc:CityName", address["city"]) if address.get("city") else None,
            make("cbc:PostalZone", address["postcode"]) if address.get("postcode") else None,
            make("cbc:CountrySubentity", address["region"]) if address.get("region") else None,
            make("cac:Country", make("cbc:IdentificationCode", side["country"])),
        ),
        _tax_scheme(document, side["tax_number"], make, buyer=buyer),
        make(
            "cac:PartyLegalEntity",
            make("cbc:RegistrationName", side["name"]),
            make("cbc:CompanyID", side["registration_number"]) if side["registration_number"] else None,
        ),
        make("cac:Contact", make("cbc:ElectronicMail", side["email"])) if side.get("email") else None,
    )


def _tax_scheme(document: Document, number: str, make: Any, *, buyer: bool) -> Any:
    """A VAT identifier is not named where VAT has nothing to do with it (BR-O-02); a local number is the issuer's only."""
    if not number or (buyer and not is_vat_number(number)):
        return None
    if not is_vat_number(number):
        return make("cac:PartyTaxScheme", make("cbc:CompanyID", number), make("cac:TaxScheme", make("cbc:ID", "TAX")))
    if document.code == "O":
        return None
    return make("cac:PartyTaxScheme", make("cbc:CompanyID", number), make("cac:TaxScheme", make("cbc:ID", "VAT")))
