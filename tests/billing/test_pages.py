"""Pages and API of invoices, fees, taxes, and of money given back: through the pages alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from everfair.base.clock import now
from everfair.billing.actions import issue_invoices, state_tax_number
from everfair.billing.models import Invoice, Issuer, TaxNumber, TaxRate
from everfair.billing.queries import tax_number_of, treatment_of
from everfair.markets.models import FeeSchedule
from everfair.trade.models import Return
from tests import make
from tests.billing.billing import broken, charged, issuer, schedule
from tests.office.desk import asked, notes, operator, send, signed_in, text
from tests.trade.programs import program
from tests.trade.test_shipments import in_wallet

pytestmark = pytest.mark.django_db
ISSUER_FORM = {
    "name": "Fair GmbH", "country": "DE", "registration_number": "HRB 9", "tax_number": "DE136695976", "line1": "Kai 1", "line2": "", "city": "Hamburg",
    "postcode": "20457", "email": "books@fair.example", "series": "INV",
}  # fmt: skip
FEES_FORM = {
    "commission_rate": "2.5", "commission_base": "goods", "commission_floors": "5.00 USD, 4.50 EUR", "commission_caps": "", "span": "order",
    "valid_from": "", "reason": "the board",
}  # fmt: skip


@pytest.fixture
def office() -> Client:
    return signed_in(operator())


def finance_of(company: Any) -> Client:
    return signed_in(make.member(company, "finance"))


def invoiced(count: int = 1) -> tuple[Any, list[Invoice]]:
    issuer()
    company, made = make.company(), []
    for n in range(count):
        charged(company, 1000 + n, reference=f"EF-{n}")
        made += issue_invoices(company.pk, "USD", now(), by=make.operator())
    return company, made


# ── the company's ──


def test_a_company_reads_its_invoices_and_takes_them_home():
    company, [made] = invoiced()
    charged(company, 500)
    books = finance_of(company)

    listed, shown = text(books.get("/en/wallet/invoices/")), text(books.get(f"/en/wallet/invoices/{made.pk}/"))
    xml, pdf = books.get(f"/en/wallet/invoices/{made.pk}.xml"), books.get(f"/zh-hant/wallet/invoices/{made.pk}.pdf")

    assert made.number in listed
    assert "USD 10.00" in listed
    assert "USD 11.90" in listed
    assert "USD 5.00" in listed
    assert "Everfair Messe GmbH" in shown
    assert "Standard rate" in shown
    assert (xml["Content-Type"], made.number.encode() in xml.content) == ("application/xml", True)
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="{made.number}.pdf"'


def test_the_list_costs_the_same_however_long_it_is():
    company, _made = invoiced(2)
    books = finance_of(company)
    books.get("/en/wallet/invoices/")
    few = asked(books, "/en/wallet/invoices/")
    for n in range(6):
        charged(company, 100 + n)
        issue_invoices(company.pk, "USD", now(), by=make.operator())

    assert asked(books, "/en/wallet/invoices/") == few
    assert few <= 9


def test_a_stranger_and_a_seller_without_the_purse_see_nothing():
    company, [made] = invoiced()
    stranger, seller = finance_of(make.company()), signed_in(make.member(company, "seller"))

    for end in ("/", ".xml", ".pdf"):
        assert stranger.get(f"/en/wallet/invoices/{made.pk}{end}").status_code == 404
        assert seller.get(f"/en/wallet/invoices/{made.pk}{end}").status_code == 403
    assert "No invoices yet" in text(stranger.get("/en/wallet/invoices/"))


def test_a_company_states_its_tax_number_and_the_operator_confirms_it(office: Client):
    issuer()
    company = make.company(country="FR", name="Maison Dupont")
    books = finance_of(company)

    wrong = send(books, "/en/wallet/tax-number/", tax_number="none!")
    assert (wrong.status_code, TaxNumber.objects.count()) == (422, 0)
    assert "This is no tax number." in text(wrong)
    send(books, "/en/wallet/tax-number/", tax_number="fr 40 303265045")
    assert "Waiting for the operator" in text(books.get("/en/wallet/invoices/"))
    assert "FR40303265045" in text(office.get("/en/office/taxes/"))
    send(office, f"/en/office/taxes/numbers/{company.number}/confirm/", tax_number="FR40303265045")

    assert (tax_number_of(company.pk).confirmed, treatment_of(company.pk).code) == (True, "AE")
    assert "Confirmed" in text(books.get("/en/wallet/invoices/"))
    assert notes("confirmed a tax number")[0].subject == company.pk


# ── the office's ──


def test_an_operator_writes_a_version_of_the_fees_and_old_ones_stay(office: Client):
    assert "No version holds yet" in text(office.get("/en/office/fees/"))
    send(office, "/en/office/fees/export/set/", **FEES_FORM)
    send(office, "/en/office/fees/export/set/", **FEES_FORM | {"commission_rate": "3", "payment_service_rate": "0.5"})

    first, second = FeeSchedule.objects.order_by("number")
    assert first.lines == [
        {"kind": "commission", "base": "goods", "rate": "0.025", "floors": {"EUR": 450, "USD": 500}, "caps": {}}
    ]
    assert [line["kind"] for line in second.lines] == ["commission", "payment_service"]
    page = text(office.get("/en/office/fees/"))
    assert "2.50%" in page
    assert "4.50 EUR, 5.00 USD" in page
    assert page.count("holds now") == 1
    note = notes("fees set")[-1]
    assert (note.subject, note.reason) == (second.pk, "the board")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"commission_rate": ""}, "Please give the rate of at least one fee"),
        ({"commission_rate": "31"}, "This number is too large."),
        ({"commission_rate": "2,5"}, "Please write digits with a point"),
        ({"commission_floors": "5.00"}, "Please write amounts with their currency"),
        ({"commission_floors": "5.001 USD"}, "At most 2 decimals"),
        ({"commission_floors": "5.00 USD, 6.00 USD"}, "Please write amounts with their currency"),
        ({"commission_caps": "1.00 USD"}, "A floor is not above its cap"),
        ({"payment_service_rate": "29"}, "together not more than 0.3"),
        ({"valid_from": "2020-01-01T00:00"}, "from now on or later"),
        ({"reason": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_said_beside_its_field(office: Client, changes: dict[str, str], words: str):
    answer = send(office, "/en/office/fees/export/set/", **FEES_FORM | changes)

    assert (answer.status_code, FeeSchedule.objects.count()) == (422, 0)
    assert words in text(answer)


def test_an_operator_names_the_issuer_and_a_tax_rate(office: Client):
    assert "Nobody issues invoices" in text(office.get("/en/office/taxes/"))
    wrong = send(office, "/en/office/taxes/issuer/", **ISSUER_FORM | {"tax_number": "ATU12345678"})
    assert (wrong.status_code, Issuer.objects.count()) == (422, 0)
    send(office, "/en/office/taxes/issuer/", **ISSUER_FORM)
    rate = {
        "issuer_country": "DE",
        "customer": "CN",
        "with_number": "",
        "code": "S",
        "rate": "6",
        "exemption_code": "",
        "exemption": "",
        "valid_from": "",
    }
    send(office, "/en/office/taxes/rate/", **rate, reason="a new law")
    refused = send(office, "/en/office/taxes/rate/", **rate | {"code": "AE", "rate": "0"}, reason="a new law")

    assert (Issuer.objects.get().entity, TaxRate.objects.get().code, refused.status_code) == ("DE:HRB 9", "S", 422)
    assert "DE → CN" in text(office.get("/en/office/taxes/"))
    assert [note.act for note in notes() if note.act.startswith("set a") or note.act.startswith("set the")] == [
        "set the issuer",
        "set a tax rate",
    ]


def test_an_operator_sees_what_waits_and_issues_it_now(office: Client):
    issuer()
    company = make.company(name="Aster Works")
    charged(company, 1000)
    assert "Aster Works" in text(office.get("/en/office/invoices/"))

    key = {"_key": "twice"}
    office.post(f"/en/office/invoices/{company.number}/USD/issue/", key)
    office.post(f"/en/office/invoices/{company.number}/USD/issue/", key)

    [made] = Invoice.objects.all()
    page = office.get("/en/office/invoices/")
    assert made.number in text(page)
    assert "To be invoiced" not in text(page)
    assert office.get(f"/en/wallet/invoices/{made.pk}.pdf").status_code == 200
    assert asked(office, "/en/office/invoices/") <= 12


# ── money given back ──


def test_a_seller_gives_money_back_in_two_steps_and_sees_what_moves():
    issuer()
    schedule(("commission", "released", "0.03", 500, 0))
    trade = make.trade("completed")
    seller = finance_of(trade.order.seller)
    address = f"/en/orders/{trade.order.pk}/return/"
    assert address in seller.get(f"/en/orders/{trade.order.pk}/").content.decode()

    shown = text(send(seller, address, amount="20.00", reason="a scratch"))
    assert Return.objects.count() == 0
    assert "Commission USD 0.60" in shown
    assert "Tax on the fees (19%) USD 0.11" in shown
    assert "Leaves your wallet in the end USD 19.29" in shown
    before = in_wallet(trade.seller)
    send(seller, address, amount="20.00", reason="a scratch", confirmed="1")

    assert (before - in_wallet(trade.seller), in_wallet(trade.buyer), broken()) == (1929, 2000, {})
    assert "gave money back" in text(signed_in(make.member(trade.order.buyer)).get(f"/en/orders/{trade.order.pk}/"))


@pytest.mark.parametrize(
    ("amount", "words"),
    [("420.01", "was not paid that much"), ("1,00", "write digits"), ("0", "above zero"), ("1.001", "At most 2")],
)
def test_a_sum_that_cannot_go_back_is_said_beside_its_field(amount: str, words: str):
    trade = make.trade("completed")

    answer = send(
        finance_of(trade.order.seller), f"/en/orders/{trade.order.pk}/return/", amount=amount, reason="x", confirmed="1"
    )

    assert (answer.status_code, Return.objects.count()) == (422, 0)
    assert words in text(answer)


def test_only_those_who_keep_the_sellers_money_find_the_page():
    trade = make.trade("completed")
    address = f"/en/orders/{trade.order.pk}/return/"

    assert finance_of(trade.order.buyer).get(address).status_code == 404
    assert finance_of(make.company()).get(address).status_code == 404
    assert signed_in(make.member(trade.order.seller, "seller")).get(address).status_code == 403


# ── programs ──


def test_a_program_reads_invoices_and_gives_money_back_once():
    company, [made] = invoiced()
    trade = make.trade("completed")
    state_tax_number("DE136695976", by=make.actor(company))
    reading, selling = program(company), program(trade.order.seller)

    listed = reading.get("/api/v1/invoices").json()
    one = reading.get(f"/api/v1/invoices/{made.pk}").json()
    assert [row["number"] for row in listed["items"]] == [made.number]
    assert (one["total"], one["tax_category"], one["lines"][0]["order"]) == ({"amount": "11.90", "currency": "USD"}, "S", "EF-0")
    assert reading.get(f"/api/v1/invoices/{made.pk}/xml").content.startswith(b"<?xml")
    assert reading.get(f"/api/v1/invoices/{made.pk}/pdf").content.startswith(b"%PDF")
    assert selling.get(f"/api/v1/invoices/{made.pk}").status_code == 404
    body, key = json.dumps({"amount": "20.00", "reason": "a scratch"}), {"Idempotency-Key": "r-1"}
    answers = [
        selling.post(f"/api/v1/orders/{trade.order.pk}/returns", body, content_type="application/json", headers=key)
        for _n in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Return.objects.count() == 1
