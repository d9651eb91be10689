"""Invoices: what stands on them, by whose tax, and numbers without a gap (I33)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from everfair.base import clock
from everfair.base.actor import CLOCK_ACTOR, SYSTEM
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.billing.actions import confirm_tax_number, issue_invoices, set_issuer, set_tax_rate, state_tax_number
from everfair.billing.documents.ubl import ubl
from everfair.billing.documents.values import document_of
from everfair.billing.jobs import invoice_last_month
from everfair.billing.models import Charge, Invoice, Series
from everfair.billing.queries import invoice as invoice_of
from everfair.billing.queries import invoices_page, open_sums, treatment_of
from everfair.billing.reactions import tell_of_invoice
from everfair.events.billing import InvoiceIssued
from everfair.messaging.models import Notice
from everfair.trade.actions import return_money
from tests import make
from tests.base.together import together
from tests.billing.billing import ISSUER, broken, charged, issuer

pytestmark = pytest.mark.django_db


def issue(company: Any, currency: str = "USD") -> list[Invoice]:
    return issue_invoices(company.pk, currency, now(), by=SYSTEM)


def confirmed(company: Any, number: str) -> None:
    state_tax_number(number, by=make.actor(company))
    confirm_tax_number(company.pk, number, by=make.operator())


def sums(invoice: Invoice) -> tuple[str, str, int, int, str]:
    return invoice.kind, invoice.number, invoice.net_minor, invoice.tax_minor, invoice.code


# ── how it is taxed ──


@pytest.mark.parametrize(
    ("country", "number", "code", "rate"),
    [
        ("DE", "", "S", "19"), ("DE", "DE136695976", "S", "19"), ("FR", "", "S", "19"), ("FR", "FR40303265045", "AE", "0"),
        ("CN", "", "O", "0"), ("GB", "GB123456789", "O", "0"),
    ],
)  # fmt: skip
def test_a_fee_is_taxed_by_where_both_are_and_by_a_confirmed_number(country: str, number: str, code: str, rate: str):
    issuer()
    company = make.company(country=country)
    if number:
        state_tax_number(number, by=make.actor(company))
        assert treatment_of(company.pk).code == ("O" if code == "O" else "S")
        confirm_tax_number(company.pk, number, by=make.operator())

    found = treatment_of(company.pk)

    assert (found.code, found.rate) == (code, Decimal(rate))


def test_without_an_issuer_nothing_is_taxed_and_nothing_invoiced():
    company = make.company()
    charged(company, 1000)

    assert (treatment_of(company.pk).code, open_sums(), invoice_last_month()) == ("", [], 0)
    with pytest.raises(Refused) as refusal:
        issue(company)
    assert refusal.value.code == "billing.no_issuer"
    issuer()
    assert issue(company) == []


def test_a_row_of_the_office_comes_before_the_usual_rule_the_nearest_first():
    issuer()
    china, france = make.company(country="CN"), make.company(country="FR")
    said = {"issuer_country": "DE", "reason": "the tax office's letter", "by": make.operator()}
    set_tax_rate(customer="*", with_number=None, code="Z", rate=Decimal(0), **said)
    set_tax_rate(customer="EU", with_number=False, code="S", rate=Decimal("17.5"), **said)
    set_tax_rate(customer="CN", with_number=None, code="S", rate=Decimal(6), valid_from=now() + timedelta(days=2), **said)

    assert (treatment_of(china.pk).code, treatment_of(france.pk).rate) == ("Z", Decimal("17.5"))
    clock.advance(timedelta(days=3))
    assert treatment_of(china.pk).rate == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": "XX"}, "customer"), ({"code": "Q"}, "code"), ({"rate": Decimal(0)}, "rate"), ({"code": "Z"}, "rate"),
        ({"rate": Decimal("51")}, "rate"), ({"code": "AE", "rate": Decimal(0)}, "with_number"), ({"reason": " "}, "reason"),
        ({"valid_from": 1}, "valid_from"),
    ],
)  # fmt: skip
def test_what_is_no_tax_rate_is_refused(changes: dict[str, Any], field: str):
    said = {
        "issuer_country": "DE",
        "customer": "DE",
        "with_number": None,
        "code": "S",
        "rate": Decimal(19),
        "reason": "law",
    } | changes
    if "valid_from" in changes:
        said["valid_from"] = now() - timedelta(days=1)

    with pytest.raises(Refused) as refusal:
        set_tax_rate(**said, by=make.operator())

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"country": "XX"}, "country"), ({"registration_number": ""}, "registration_number"),
        ({"tax_number": "ATU12345678"}, "tax_number"), ({"tax_number": "DE"}, "tax_number"), ({"series": "in-v"}, "series"),
        ({"address": {"lines": []}}, "city"),
    ],
)  # fmt: skip
def test_an_issuer_without_what_an_invoice_needs_is_refused(changes: dict[str, Any], field: str):
    with pytest.raises(Refused) as refusal:
        set_issuer(**ISSUER | changes, by=make.operator())

    assert refusal.value.field == field


def test_only_operators_name_issuers_and_confirm_numbers():
    company = make.company()
    state_tax_number("DE136695976", by=make.actor(company))
    for refused in (
        lambda by: set_issuer(**ISSUER, by=by),
        lambda by: confirm_tax_number(company.pk, "DE136695976", by=by),
        lambda by: issue_invoices(company.pk, "USD", now(), by=by),
    ):
        with pytest.raises(Refused) as refusal:
            refused(make.actor(company))
        assert refusal.value.status == 403
    with pytest.raises(Refused) as other:
        confirm_tax_number(company.pk, "DE999999999", by=make.operator())
    assert other.value.code == "billing.other_number"


# ── what stands on it ──


def test_one_invoice_for_each_way_of_tax_says_every_fee_once():
    issuer()
    company = make.company(country="FR", name="Maison", registration_number="R 1")
    charged(company, 1000, reference="EF-1")
    charged(company, 333, kind="payment_service", reference="EF-1")
    confirmed(company, "FR40303265045")
    charged(company, 500, reference="EF-2")
    charged(company, 700, reference="EF-3", currency="EUR")

    made = issue(company)

    year = now().year
    assert [sums(each) for each in made] == [
        ("invoice", f"INV{year}-000001", 500, 0, "AE"),
        ("invoice", f"INV{year}-000002", 1333, 253, "S"),
    ]
    document = document_of(made[1].document)
    assert document.lines == (("EF-1", "commission", Money(1000, "USD")), ("EF-1", "payment_service", Money(333, "USD")))
    assert (document.seller["tax_number"], document.buyer["tax_number"]) == ("DE136695976", "FR40303265045")
    assert (issue(company), [row["currency"] for row in open_sums()], broken()) == ([], ["EUR"], {})


def test_what_was_taken_back_before_its_invoice_stands_on_it_and_after_it_on_a_credit_note():
    issuer()
    trade = make.trade("completed")
    seller = make.Company.objects.get(pk=trade.order.seller_id)
    return_money(trade.order.pk, Money.of("20.00", "USD"), "a scratch", by=trade.seller)
    [first] = issue(seller)
    return_money(trade.order.pk, Money.of("100.00", "USD"), "a dent", by=trade.seller)
    return_money(trade.order.pk, Money.of("300.00", "USD"), "all of it", by=trade.seller)

    [second] = issue(seller)

    assert first.total == Money.of("8.00", "USD")
    assert (second.kind, second.number, second.credits_id) == ("credit_note", f"INVC{now().year}-000001", first.pk)
    assert (second.net_minor, second.tax_minor) == (first.net_minor, first.tax_minor)
    assert document_of(second.document).credits == (first.number, first.issued_on)
    assert first.number.encode() in ubl(document_of(second.document))
    assert broken() == {}


def test_a_month_that_is_over_is_invoiced_by_the_clock_once():
    issuer()
    company = make.company()
    finance = make.member(company, "finance")
    charged(company, 1000)
    assert invoice_last_month() == 0
    clock.advance(timedelta(days=32))
    charged(company, 5)

    assert (invoice_last_month(), invoice_last_month()) == (1, 0)

    [made] = invoices_page(make.actor(company))
    assert (made.net_minor, [row["net_minor"] for row in open_sums(company.pk)]) == (1000, [5])
    fact = InvoiceIssued(made.pk, company.pk, made.kind, made.number)
    tell_of_invoice(fact)
    tell_of_invoice(fact)
    assert list(Notice.objects.filter(person_id=finance.pk).values_list("kind", flat=True)) == ["invoice.issued"]


def test_a_company_sees_its_own_invoices_only():
    issuer()
    company, other = make.company(), make.company()
    charged(company, 1000)
    [made] = issue(company)

    assert invoice_of(made.pk, make.actor(company)) == made == invoice_of(made.pk, make.operator())
    with pytest.raises(NotVisible):
        invoice_of(made.pk, make.actor(other))
    assert invoices_page(make.actor(other)) == []


# ── numbers and guards ──


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE billing_invoice SET net_minor = 1", "DELETE FROM billing_invoice", "UPDATE billing_charge SET net_minor = 1",
        "DELETE FROM billing_charge", "UPDATE billing_invoicedcharge SET invoice_id = invoice_id", "DELETE FROM billing_series",
        "UPDATE billing_series SET last = last - 1", "UPDATE billing_series SET last = last + 2", "UPDATE billing_series SET name = 'X'",
        "INSERT INTO billing_series (entity, name, last) VALUES ('e', 'n', 5)", "UPDATE billing_issuer SET name = 'x'",
        "UPDATE billing_taxnumber SET confirmed = true",
        "INSERT INTO billing_invoice SELECT gen_random_uuid(), created_at, entity, series, n + 1, kind, issued_on, currency, net_minor, tax_minor,"
        " code, document, company_id, credits_id FROM billing_invoice",
        "UPDATE billing_series SET last = last + 1; SET CONSTRAINTS ALL IMMEDIATE",
    ],
)  # fmt: skip
def test_the_database_refuses_what_would_break_a_series_or_change_what_was_issued(sql: str):
    issuer()
    company = make.company()
    charged(company, 1000)
    issue(company)
    state_tax_number("DE136695976", by=make.actor(company))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert broken() == {}


def test_a_number_that_was_rolled_back_is_given_to_the_next():
    issuer()
    companies = [make.company() for _n in range(12)]
    for company in companies:
        charged(company, 1000)

    for n, company in enumerate(companies):
        try:
            with transaction.atomic():
                issue(company)
                if n % 3:
                    raise RuntimeError("the disk was full")
        except RuntimeError:
            pass

    assert sorted(Invoice.objects.values_list("n", flat=True)) == [1, 2, 3, 4]
    assert broken() == {}


@pytest.mark.usefixtures("committed")
def test_sixty_four_at_once_with_a_storm_of_rollbacks_leave_no_gap():
    issuer()
    companies = [make.company() for _n in range(16)]
    for company in companies:
        charged(company, 1000)

    def attempt(n: int) -> int:
        with transaction.atomic():
            made = issue_invoices(companies[n % 16].pk, "USD", now(), by=CLOCK_ACTOR)
            if n % 4 == 1 and made:
                raise RuntimeError("the storm")
        return len(made)

    answers: list[Any] = []
    for wave in range(4):  # sixteen sessions of four waves: as many as the test's server admits
        answers += together([lambda n=n: attempt(n) for n in range(wave * 16, wave * 16 + 16)])
    answers += [attempt(n * 4) for n in range(4)]
    for company in companies:
        issue(company)

    assert {type(answer) for answer in answers} <= {int, RuntimeError}
    assert sorted(Invoice.objects.values_list("n", flat=True)) == list(range(1, 17))
    assert (Series.objects.get(name=f"INV{now().year}").last, broken()) == (16, {})


@pytest.mark.usefixtures("committed")
def test_sixty_four_sessions_issue_for_one_company_and_one_invoice_comes_of_it():
    issuer()
    company = make.company()
    for n in range(8):
        charged(company, 100 + n, reference=f"EF-{n}")

    answers = [
        each for _wave in range(4) for each in together([lambda: issue_invoices(company.pk, "USD", now(), by=CLOCK_ACTOR)] * 16)
    ]

    assert sorted(len(answer) for answer in answers) == [0] * 63 + [1]
    assert (Invoice.objects.get().net_minor, Charge.objects.count(), broken()) == (828, 8, {})
