"""Every invoice is valid EN 16931: by its XML schema and by the standard's own rules, in both syntaxes, and its PDF carries the same."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from everfair.base.money import Money
from everfair.billing.documents.cii import cii
from everfair.billing.documents.paper import paper
from everfair.billing.documents.ubl import ubl
from everfair.billing.documents.values import Document, as_document, document_of
from tests.data import shared_data

schematron = pytest.importorskip("tests.billing.schematron", reason="saxonche is not installed: requirements/dev.in names it")

SELLER = {
    "name": "Everfair Messe GmbH", "country": "DE", "registration_number": "HRB 123456", "tax_number": "DE136695976",
    "address": {"lines": ["Kai 1", "Haus B"], "city": "Hamburg", "postcode": "20457"}, "email": "books@fair.example",
}  # fmt: skip
BUYER = {
    "name": "Müller & Söhne <Handel>", "names": {}, "country": "DE", "registration_number": "HRB 7", "tax_number": "",
    "address": {"lines": ["Straße 2"], "city": "Köln", "postcode": "50667", "region": "NRW"},
}  # fmt: skip
OUTSIDE, REVERSE = ("VATEX-EU-O", "Not subject to VAT"), ("VATEX-EU-AE", "Reverse charge")


def invoice(*minors: int, **changes: Any) -> Document:
    currency = changes.pop("currency", "EUR")
    lines = tuple(
        (f"EF-{1000 + n}", ("commission", "payment_service")[n % 2], Money(minor, currency))
        for n, minor in enumerate(minors or (2000,))
    )
    net = Money(sum(line[2].minor for line in lines), currency)
    said = Document(
        "INV2026-000001", "invoice", date(2026, 11, 1), (date(2026, 10, 1), date(2026, 10, 31)), currency, SELLER, BUYER, lines, net,
        net.share(Decimal("0.19")), "S", Decimal(19), "", "",
    )  # fmt: skip
    untaxed = {"tax": Money.zero(currency), "rate": Decimal(0)} if changes.get("code", "S") != "S" else {}
    return replace(said, **untaxed | changes)


CASES = {
    "one line": invoice(),
    "several lines": invoice(1, 99999999, 12345, 0, 7),
    "half a cent": invoice(250, tax=Money(48, "EUR")),
    "taxes that were rounded line by line": invoice(*[3] * 40, tax=Money(40, "EUR")),
    "zero rated": invoice(code="Z"),
    "a domestic customer": invoice(buyer=BUYER | {"tax_number": "DE136695976"}),
    "reverse charge": invoice(
        code="AE", exemption_code=REVERSE[0], exemption=REVERSE[1], buyer=BUYER | {"country": "FR", "tax_number": "FR40303265045"}
    ),
    "outside the scope": invoice(code="O", exemption_code=OUTSIDE[0], exemption=OUTSIDE[1], buyer=BUYER | {"country": "CN", "tax_number": "CN9133"}),
    "an issuer with a local number": invoice(
        code="O", exemption_code=OUTSIDE[0], exemption=OUTSIDE[1], seller=SELLER | {"country": "HK", "tax_number": "12345678"}
    ),
    "a currency without decimals": invoice(1234, currency="JPY"),
    "Chinese names": invoice(
        buyer=BUYER | {
            "name": "永康市五金有限公司", "names": {"zh-hant": "永康市五金有限公司"}, "country": "CN",
            "address": {"lines": ["城东路 8 号"], "city": "永康", "region": "浙江"},
        },
        code="O", exemption_code=OUTSIDE[0], exemption=OUTSIDE[1],
    ),
    "nothing in the end": invoice(0),
    "a bare address": invoice(buyer=BUYER | {"address": {}, "registration_number": ""}),
    "a credit note": invoice(1234, kind="credit_note", credits=("INV2026-000001", date(2026, 10, 1))),
    "a credit note without tax": invoice(
        code="AE", exemption_code=REVERSE[0], exemption=REVERSE[1], kind="credit_note", credits=("INV2026-000001", date(2026, 10, 1)),
        buyer=BUYER | {"country": "FR", "tax_number": "FR40303265045"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("document", CASES.values(), ids=CASES.keys())
def test_both_syntaxes_are_valid(document: Document):
    assert schematron.faults(ubl(document)) == []
    assert schematron.faults(cii(document)) == []


def test_the_rules_would_see_a_fault():
    wrong = invoice(tax=Money(5000, "EUR"))
    nameless = invoice(code="AE", exemption_code=REVERSE[0], exemption=REVERSE[1], buyer=BUYER | {"registration_number": ""})
    mixed = ubl(invoice()).replace(b'<cbc:PayableAmount currencyID="EUR">0.00', b'<cbc:PayableAmount currencyID="EUR">9.00')

    assert "BR-S-09" in schematron.faults(ubl(wrong))
    assert schematron.faults(cii(wrong)) != []
    assert "BR-AE-02" in schematron.faults(ubl(nameless))
    assert schematron.faults(mixed) == ["BR-CO-16"]
    assert "Element" in schematron.faults(ubl(invoice()).replace(b"cbc:IssueDate", b"cbc:IssuedDate"))[0]


def test_the_standards_own_examples_pass_the_same_rules():
    with tarfile.open(shared_data("en16931") / "examples.tar.gz") as archive:
        samples = {name: archive.extractfile(name).read() for name in archive.getnames() if "ubl/examples/ubl-tc434" in name}  # type: ignore[union-attr]

    assert len(samples) == 6
    assert {name: schematron.faults(xml) for name, xml in samples.items() if schematron.faults(xml)} == {}


def test_a_document_is_kept_whole():
    for document in CASES.values():
        assert document_of(as_document(document)) == document


def test_xml_says_the_sums_the_parties_and_the_lines():
    said = etree.fromstring(ubl(invoice(2000, 350)))
    spaces = {"cbc": said.nsmap["cbc"], "cac": said.nsmap["cac"]}

    def text(path: str) -> list[str]:
        return [row.text or "" for row in said.iterfind(path, spaces)]

    assert text("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount") == ["27.96"]
    assert text("cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName") == ["Müller & Söhne <Handel>"]
    assert text("cac:InvoiceLine/cac:Item/cbc:Description") == ["Order EF-1000", "Order EF-1001"]
    assert text("cac:InvoiceLine/cac:Item/cbc:Name") == ["Commission", "Payment service"]
    assert ubl(invoice()) == ubl(invoice())


def test_three_decimals_are_on_paper_only():
    kuwait = invoice(1234, currency="KWD")

    for make_xml in (ubl, cii):
        with pytest.raises(ValueError, match="EN 16931"):
            make_xml(kuwait)
    assert paper(kuwait, "en").startswith(b"%PDF")


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_the_paper_is_an_archive_that_carries_its_data(language: str):
    from facturx import get_facturx_xml_from_pdf
    from pypdf import PdfReader

    for name in ("several lines", "Chinese names", "a credit note"):
        made = paper(CASES[name], language)
        found, xml = get_facturx_xml_from_pdf(made, check_xsd=True)
        reader = PdfReader(io.BytesIO(made))
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index, union-attr]
        words = "".join(page.extract_text() for page in reader.pages)

        assert (found, schematron.faults(xml), xml) == ("factur-x.xml", [], cii(CASES[name]))
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "EN 16931" in metadata
        assert CASES[name].number in words
        assert CASES[name].buyer["name"] in words.replace("\u200b", "")
