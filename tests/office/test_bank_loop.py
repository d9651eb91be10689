"""The loop with our bank at the desk: what a debit paid, what came back, transfers that go back, and breaks in the reader's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from everfair.payments.actions import import_statement
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.models import BankBreak, BankLine, BankReturn, SettledLine
from tests.office.desk import notes, operator, send, signed_in, text
from tests.office.test_bank import SYSTEM, cashier
from tests.office.test_queues import waiting
from tests.payments.own_payments import bring, fresh, owed, sent
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich

pytestmark = pytest.mark.django_db


def test_the_desk_offers_what_a_debit_could_have_paid_and_what_a_receipt_could_bring_back(django_assert_max_num_queries: Any):
    payouts = sent(rich(name="Aster GmbH"), rich(name="Birke GmbH"))
    bank = Bank("usd").debit(2 * BIG, "SAMMLER")
    bring(bank)
    office, second = cashier(), cashier()
    line = BankLine.objects.get()
    at = f"/en/office/bank/lines/{line.pk}/"
    with django_assert_max_num_queries(40):
        shown = office.get(at).content.decode()
    ids = ",".join(str(payout.pk) for payout in payouts)
    assert ids in shown
    assert "2 payments" in shown

    assert send(office, f"{at}paid/", paid="nonsense", reason="x").status_code == 422
    assert send(office, f"{at}paid/", paid=ids, reason="").status_code == 422
    assert send(office, f"{at}paid/", paid=ids, reason="The portal shows both.").status_code == 302
    made = line_decision(second)
    assert [fresh(payout).state for payout in payouts] == ["paid", "paid"]
    assert "A payout that left" in text(office.get(at))

    bring(bank.next().credit(BIG, "RETOURE"))
    back = BankLine.objects.get(kind="credit")
    at = f"/en/office/bank/lines/{back.pk}/"
    assert str(payouts[0].pk) in office.get(at).content.decode()
    assert send(office, f"{at}bounced/", payout=str(payouts[0].pk), why="AC04", reason="They called.").status_code == 302
    line_decision(second)
    assert (fresh(payouts[0]).state, fresh(payouts[0]).failure) == ("returned", "AC04")
    assert "The account is closed" in text(signed_in(operator()).get(f"/en/office/payouts/{payouts[0].pk}/"))
    assert made
    assert nothing_is_wrong()


def line_decision(office: Client) -> bool:
    """The second person approves what waits."""
    from everfair.payments.models import LineDecision

    found = LineDecision.objects.get(state="proposed")
    return send(office, f"/en/office/bank/decisions/{found.pk}/approve/").status_code == 302


def test_a_transfer_that_goes_back_is_seen_in_its_batch_taken_out_and_readmitted():
    found = owed()
    collect_returns()
    staff = signed_in(operator())
    batch = f"/en/office/payouts/batches/{fresh(found).batch_id}/"
    assert "Nobody GmbH" in text(staff.get(batch))
    assert "Put it forward" in text(staff.get(batch))
    assert "In a batch" in text(cashier().get("/en/office/bank/returns/"))
    at = f"/en/office/bank/returns/{found.pk}/"

    assert send(staff, f"{at}take_out/", reason="").status_code == 422
    assert send(staff, f"{at}take_out/", reason="They wrote us.").status_code == 302
    assert "They wrote us." in text(cashier().get(at))
    assert send(staff, f"{at}readmit/").status_code == 302
    assert send(staff, f"{at}nonsense/").status_code == 404

    assert fresh(found).state == "requested"
    assert [note.act for note in notes() if note.act.startswith("bank return")] == [
        "bank return taken out",
        "bank return readmitted",
    ]


def test_a_break_is_read_in_the_readers_language():
    [payout] = sent(rich())
    import_statement("x", Bank("usd").debit(BIG - 1, payout.pk.hex).mt940(), by=SYSTEM)
    found = BankBreak.objects.get()
    office = cashier()

    english, chinese = (text(office.get(f"/{tongue}/office/bank/breaks/{found.pk}/")) for tongue in ("en", "zh-hans"))

    assert "Sent was" in english
    assert "Sent was" not in chinese
    assert "实际" in chinese or "银行" in chinese
    assert "Sent was" in text(office.get("/en/office/bank/breaks/"))


def test_why_a_file_cannot_be_read_is_said_in_the_readers_language():
    from django.core.files.uploadedfile import SimpleUploadedFile

    office = cashier()
    answers = {
        tongue: send(office, f"/{tongue}/office/bank/", file=SimpleUploadedFile("a", b"hello", "text/plain")).content.decode()
        for tongue in ("en", "zh-hant")
    }
    assert "there is no field :20:" in answers["en"]
    assert "there is no field :20:" not in answers["zh-hant"]
    assert "沒有 :20: 欄位" in answers["zh-hant"]


def test_a_return_that_software_decided_says_why_in_words():
    found = owed()
    assert "Not ours." in text(cashier().get("/en/office/bank/returns/"))
    assert BankReturn.objects.get() == found


def test_what_no_file_can_say_and_a_batch_of_returns_alone_wait_on_the_first_page():
    found = owed(account="123456")
    collect_returns()
    office = signed_in(operator())
    by_hand = waiting(office).get("bank_returns"), waiting(office).get("batches")

    other = owed(80_000)
    collect_returns()

    assert (fresh(found).state, fresh(other).state) == ("held", "batched")
    assert by_hand == (1, None)
    assert (waiting(office).get("bank_returns"), waiting(office).get("batches")) == (1, 1)


def test_a_receipt_that_says_nothing_is_given_to_a_providers_withdrawal_by_the_desk():
    from tests.payments.test_withdrawals import receipt
    from tests.payments.test_withdrawals import sent as withdrawn

    withdrawn()
    desk, line = cashier(), receipt("nothing to go by")
    address = f"/en/office/bank/lines/{line.pk}/"

    page = text(desk.get(address))
    assert "It is a provider's withdrawal to us" in page
    assert "wd_1" in page
    assert "2,500.00" in text(desk.get("/en/office/books/settling/"))
    assert send(desk, f"{address}withdrawal/", withdrawal=str(line.pk), reason="Their console.").status_code == 422
    which = str(SettledLine.objects.get().pk)
    assert send(desk, f"{address}withdrawal/", withdrawal=which, reason="Their console.").status_code == 302
    assert fresh(line).state == "settled"
    assert "Sent by a provider" in text(desk.get(address))
    assert nothing_is_wrong()
