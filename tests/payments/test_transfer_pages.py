"""The payer's pages of a bank transfer, and the same for programs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.actor import SYSTEM
from everfair.payments.actions import import_statement
from everfair.payments.bank import account_by_number, account_for, epc_payload, our_accounts, read_accounts
from everfair.payments.models import Intent
from everfair.trade.actions import pay_stage
from tests import make
from tests.companies.signing_in import browser
from tests.office.desk import send, text
from tests.payments.statements import Bank
from tests.trade.programs import program
from tests.trade.programs import send as api_send

pytestmark = pytest.mark.django_db


def unpaid(**columns: Any) -> tuple[Intent, Client]:
    trade = make.trade("agreed", **columns)
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    return intent, browser(make.member(trade.order.buyer, "owner"))


def chosen(**columns: Any) -> tuple[Intent, Client]:
    intent, payer = unpaid(**columns)
    assert send(payer, f"/en/payments/{intent.pk}/bank/").status_code == 302
    intent.refresh_from_db()
    return intent, payer


def test_the_payer_goes_from_the_payment_to_the_account_and_reference():
    intent, payer = unpaid()
    assert f"/en/payments/{intent.pk}/bank/" in payer.get(f"/en/payments/{intent.pk}/").content.decode()
    assert "the payment waits 10 days for it" in text(payer.get(f"/en/payments/{intent.pk}/bank/"))
    intent.refresh_from_db()
    assert intent.state == "created"  # a look chooses nothing

    answer = send(payer, f"/en/payments/{intent.pk}/bank/")
    assert (answer.status_code, answer["Location"]) == (302, f"/en/payments/{intent.pk}/transfer/")
    intent.refresh_from_db()
    page = payer.get(answer["Location"])
    shown = text(page)
    assert "Waiting for your transfer" in shown
    for part in ("126.00", "Everfair Demo Escrow", "DE79 0000 0000 0000 0000 02", "EVFRDEFFXXX", intent.reference[:4]):
        assert part in shown, part
    assert page["Cache-Control"] == "private, no-store"
    assert 'class="qr"' not in page.content.decode()  # SEPA is for euro
    assert "How to transfer it" in text(payer.get(f"/en/payments/{intent.pk}/"))


def test_a_payment_in_euro_has_a_picture_for_banking_apps():
    intent, payer = unpaid()
    Intent.objects.filter(pk=intent.pk).update(currency="EUR")
    send(payer, f"/en/payments/{intent.pk}/bank/")
    html = payer.get(f"/en/payments/{intent.pk}/transfer/").content.decode()
    assert re.search(r'<img class="qr" src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+"', html)


def test_the_picture_says_what_the_standard_wants():
    account = account_for("EUR")
    assert account is not None
    lines = epc_payload(account, 1234507, "RF18539007547034").split("\n")
    assert lines == [
        "BCD", "002", "1", "SCT", "EVFRDEFFXXX", "Everfair Demo Escrow", "DE09000000000000000001", "EUR12345.07", "", "RF18539007547034",
    ]  # fmt: skip


def test_going_back_to_the_card_and_choosing_again_keeps_the_reference():
    intent, payer = chosen()
    first = intent.reference
    assert send(payer, f"/en/payments/{intent.pk}/card/").status_code == 302
    send(payer, f"/en/payments/{intent.pk}/bank/")
    intent.refresh_from_db()
    assert (intent.state, intent.reference) == ("awaiting", first)


def test_what_is_missing_is_shown_after_a_part_and_nothing_after_the_whole():
    intent, payer = chosen()
    bank = Bank("usd").credit(10_000, intent.reference)
    import_statement("x", bank.mt940(), by=SYSTEM)
    shown = text(payer.get(f"/en/payments/{intent.pk}/transfer/"))
    assert "26.00" in shown
    assert "100.00 of it has arrived already" in shown.replace("$", "").replace("US", "").replace("USD ", "")
    assert "Pay in another way" not in shown
    import_statement("x", bank.next().credit(2_600, intent.reference).mt940(), by=SYSTEM)
    assert "Please do not send it again" in text(payer.get(f"/en/payments/{intent.pk}/transfer/"))


def test_a_payment_without_a_transfer_has_no_such_page():
    intent, payer = unpaid()
    assert payer.get(f"/en/payments/{intent.pk}/transfer/").status_code == 404


def test_a_transfer_page_asks_as_often_for_much_as_for_little():
    intent, payer = chosen()
    address = f"/en/payments/{intent.pk}/transfer/"
    payer.get(address)
    counts = []
    for n in range(2):
        with CaptureQueriesContext(connection) as seen:
            payer.get(address)
        counts.append(len(seen.captured_queries))
        if n == 0:
            bank = Bank("usd")
            for _each in range(5):
                bank.credit(100, intent.reference)
            import_statement("x", bank.mt940(), by=SYSTEM)
    assert counts[0] == counts[1] <= 16


# ── our own accounts ──


@pytest.mark.parametrize("written", ["DE79000000000000000002", "DE79 0000 0000 0000 0000 02", "DE79000000000000000002USD"])
def test_an_account_is_known_however_its_bank_writes_it(written):
    found = account_by_number(written)
    assert found is not None
    assert found.code == "usd"


@pytest.mark.parametrize("written", ["", "DE79000000000000000003", "2", "DE79000000000000000002EUR"])
def test_another_number_is_not_ours(written):
    assert account_by_number(written) is None


@pytest.mark.parametrize(
    "setting",
    [
        '[{"code": "A B", "holder": "H", "account": "1", "bic": "", "bank": "B", "country": "DE", "currency": "EUR"}]',
        '[{"code": "a", "holder": "H", "account": "", "bic": "", "bank": "B", "country": "DE", "currency": "EUR"}]',
        '[{"code": "a", "holder": "H", "account": "1", "bic": "", "bank": "B", "country": "DE", "currency": "euro"}]',
        "not JSON",
    ],
)
def test_a_wrong_setting_is_refused(setting):
    with pytest.raises((ValueError, TypeError)):
        read_accounts(setting)


def test_the_play_accounts_have_valid_numbers():
    from schwifty import IBAN

    assert [row.currency for row in our_accounts()] == ["EUR", "USD", "CNY"]
    assert all(IBAN(row.account).is_valid for row in our_accounts())


# ── for programs ──


def test_a_program_chooses_a_transfer_and_reads_where_to_send_it():
    trade = make.trade("agreed")
    intent_id = pay_stage(trade.stage(1).pk, by=trade.buyer)
    buying = program(trade.order.buyer)
    address = f"/payments/{intent_id}"
    made = api_send(buying, "post", f"{address}/bank")
    assert made.status_code == 200, made.content
    assert made.json()["reference"].startswith("RF")
    assert (made.json()["account"], made.json()["amount"]) == ("DE79000000000000000002", {"amount": "126.00", "currency": "USD"})
    assert buying.get(f"/api/v1{address}/transfer").json() | {"until": ""} == made.json() | {"until": ""}
    assert buying.get(f"/api/v1{address}").json()["method"] == "bank"
    back = api_send(buying, "post", f"{address}/card")
    assert (back.status_code, back.json()["state"], back.json()["method"]) == (200, "created", "card")
