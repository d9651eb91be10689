"""An invoice as UN/CEFACT Cross Industry Invoice, the data inside a Factur-X PDF, in the words of EN 16931."""

from __future__ import annotations

from datetime import date
from typing import Any

from everfair.base.money import Money
from everfair.billing.documents.ubl import CLEARED, CUSTOMIZATION, TYPE_CODES
from everfair.billing.documents.values import Document, is_vat_number
from everfair.billing.documents.xml import maker, written

_CEFACT = "urn:un:unece:uncefact:data:"
_make = maker({
    "rsm": f"{_CEFACT}standard:CrossIndustryInvoice:100",
    "ram": f"{_CEFACT}standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_CEFACT}standard:UnqualifiedDataType:100",
    "qdt": f"{_CEFACT}standard:QualifiedDataType:100",
})  # fmt: skip


def cii(document: Document) -> bytes:
    """The document's XML. ValueError for a currency that EN 16931 cannot say."""
    if not document.as_e_invoice:
        raise ValueError(f"EN 16931 has no amounts in {document.currency}")
    root = _make(
        "rsm:CrossIndustryInvoice",
        _make("rsm:ExchangedDocumentContext", _make("ram:GuidelineSpecifiedDocumentContextParameter", _make("ram:ID", CUSTOMIZATION))),
        _make(
            "rsm:ExchangedDocument",
            _make("ram:ID", document.number),
            _make("ram:TypeCode", TYPE_CODES[document.kind]),
            _make("ram:IssueDateTime", _day("udt", document.issued_on)),
        ),
        _make(
            "rsm:SupplyChainTradeTransaction",
            *(_line(document, n, line) for n, line in enumerate(document.lines, 1)),
            _make(
                "ram:ApplicableHeaderTradeAgreement",
                _party(document, "ram:SellerTradeParty", document.seller),
                _party(document, "ram:BuyerTradeParty", document.buyer),
            ),
            _make(
                "ram:ApplicableHeaderTradeDelivery",
                _make("ram:ActualDeliverySupplyChainEvent", _make("ram:OccurrenceDateTime", _day("udt", document.period[1]))),
            ),
            _settlement(document),
        ),
    )  # fmt: skip
    return written(root)


def _money(name: str, amount: Money, **attributes: str) -> Any:
    return _make(name, str(amount.amount), **attributes)


def _day(space: str, day: date) -> Any:
    return _make(f"{space}:DateTimeString", f"{day:%Y%m%d}", format="102")


def _tax(document: Document, *, summed: bool) -> Any:
    reason = summed and document.code not in ("S", "Z")
    return _make(
        "ram:ApplicableTradeTax",
        _money("ram:CalculatedAmount", document.tax) if summed else None,
        _make("ram:TypeCode", "VAT"),
        _make("ram:ExemptionReason", document.exemption) if reason and document.exemption else None,
        _money("ram:BasisAmount", document.net) if summed else None,
        _make("ram:CategoryCode", document.code),
        _make("ram:ExemptionReasonCode", document.exemption_code) if reason and document.exemption_code else None,
        None if document.code == "O" else _make("ram:RateApplicablePercent", f"{document.rate.normalize():f}"),
    )


def _line(document: Document, n: int, line: tuple[str, str, Money]) -> Any:
    name, description = document.named(line)
    return _make(
        "ram:IncludedSupplyChainTradeLineItem",
        _make("ram:AssociatedDocumentLineDocument", _make("ram:LineID", str(n))),
        _make("ram:SpecifiedTradeProduct", _make("ram:Name", name), _make("ram:Description", description)),
        _make("ram:SpecifiedLineTradeAgreement", _make("ram:NetPriceProductTradePrice", _money("ram:ChargeAmount", line[2]))),
        _make("ram:SpecifiedLineTradeDelivery", _make("ram:BilledQuantity", "1", unitCode="C62")),
        _make(
            "ram:SpecifiedLineTradeSettlement",
            _tax(document, summed=False),
            _make("ram:SpecifiedTradeSettlementLineMonetarySummation", _money("ram:LineTotalAmount", line[2])),
        ),
    )


def _settlement(document: Document) -> Any:
    former = document.credits
    return _make(
        "ram:ApplicableHeaderTradeSettlement",
        _make("ram:InvoiceCurrencyCode", document.currency),
        _make("ram:SpecifiedTradeSettlementPaymentMeans", _make("ram:TypeCode", CLEARED)),
        _tax(document, summed=True),
        _make(
            "ram:BillingSpecifiedPeriod",
            _make("ram:StartDateTime", _day("udt", document.period[0])),
            _make("ram:EndDateTime", _day("udt", document.period[1])),
        ),
        _make(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            _money("ram:LineTotalAmount", document.net),
            _money("ram:TaxBasisTotalAmount", document.net),
            _money("ram:TaxTotalAmount", document.tax, currencyID=document.currency),
            _money("ram:GrandTotalAmount", document.total),
            _money("ram:TotalPrepaidAmount", document.total),
            _money("ram:DuePayableAmount", Money.zero(document.currency)),
        ),
        _make(
            "ram:InvoiceReferencedDocument",
            _make("ram:IssuerAssignedID", former[0]),
            _make("ram:FormattedIssueDateTime", _day("qdt", former[1])),
        )
        if former
        else None,
    )


def _party(document: Document, name: str, side: Any) -> Any:
    address = side["address"]
    first, second = [*address.get("lines", []), "", ""][:2]
    buyer, number = name == "ram:BuyerTradeParty", side["tax_number"]
    vat = is_vat_number(number)
    shown = number and (document.code != "O" if vat else not buyer)
    return _make(
        name,
        _make("ram:Name", side["name"]),
        _make("ram:SpecifiedLegalOrganization", _make("ram:ID", side["registration_number"]))
        if side["registration_number"]
        else None,
        _make(
            "ram:DefinedTradeContact",
            _make("ram:EmailURIUniversalCommunication", _make("ram:URIID", side["email"])),
        )
        if side.get("email")
        else None,
        _make(
            "ram:PostalTradeAddress",
            _make("ram:PostcodeCode", address["postcode"]) if address.get("postcode") else None,
            _make("ram:LineOne", first) if first else None,
            _make("ram:LineTwo", second) if second else None,
            _make("ram:CityName", address["city"]) if address.get("city") else None,
            _make("ram:CountryID", side["country"]),
            _make("ram:CountrySubDivisionName", address["region"]) if address.get("region") else None,
        ),
        _make("ram:SpecifiedTaxRegistration", _make("ram:ID", number, schemeID="VA" if vat else "FC")) if shown else None,
    )
