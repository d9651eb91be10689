"""Fees that wait for their invoice, and the tax number, for programs."""

from __future__ import annotations

import pytest

from everfair.base.actor import SYSTEM
from everfair.base.clock import now
from everfair.billing.actions import confirm_tax_number, issue_invoices
from everfair.billing.queries import tax_number_of
from tests import make
from tests.billing.billing import charged, issuer
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def test_what_is_charged_waits_for_its_invoice():
    issuer()
    company, other = make.company(), make.company()
    charged(company, 1000)
    charged(company, 500)
    keeping = program(company)

    [waiting] = keeping.get("/api/v1/invoices/waiting").json()
    issue_invoices(company.pk, "USD", now(), by=SYSTEM)

    assert (waiting["charges"], waiting["net"]) == (2, {"amount": "15.00", "currency": "USD"})
    assert keeping.get("/api/v1/invoices/waiting").json() == []
    assert program(other).get("/api/v1/invoices/waiting").json() == []


def test_a_tax_number_is_stated_and_counts_once_it_is_confirmed():
    company = make.company()
    keeping = program(company)
    assert keeping.get("/api/v1/tax-number").status_code == 404

    said = send(keeping, "post", "/tax-number", {"tax_number": "de 136695976"})
    confirm_tax_number(company.pk, "DE136695976", by=make.staff())

    assert (said.status_code, said.json()["tax_number"], said.json()["confirmed"]) == (200, "DE136695976", False)
    assert keeping.get("/api/v1/tax-number").json()["confirmed"] is True


@pytest.mark.parametrize("number", ["", "  ", "ABC", "1" * 41, "DE1\u202e2", 7, None])
def test_what_is_no_tax_number_is_refused(number):
    company = make.company()

    answer = send(program(company), "post", "/tax-number", {"tax_number": number})

    assert (answer.status_code, tax_number_of(company.pk)) == (422, None)


def test_reading_does_not_state_one():
    assert send(program(make.company(), "money:read"), "post", "/tax-number", {"tax_number": "DE136695976"}).status_code == 403
