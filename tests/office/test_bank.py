"""The bank in the office: statements brought in, breaks settled, and the desk that says whose the money is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.markets.actions import set_rule
from everfair.payments.actions import import_statement
from everfair.payments.models import BankBreak, BankLine, BankReturn, BankStatement, LineDecision
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text
from tests.payments.statements import Bank
from tests.payments.test_transfers import DUE, awaited, broken, fresh

pytestmark = pytest.mark.django_db


def cashier(**columns: Any) -> Client:
    return signed_in(make.person(is_staff_member=True, staff_roles=["finance"], **columns))


def bring(office: Client, body: bytes, name: str = "bank.sta") -> Any:
    return send(office, "/en/office/bank/", file=SimpleUploadedFile(name, body, "text/plain"))


def stray(amount: int = DUE, **more: Any) -> BankLine:
    import_statement(
        "x", Bank("usd").credit(amount, "?", name="Nobody Known", account="DE44500105175407324931", **more).mt940(), by=SYSTEM
    )
    return BankLine.objects.get()


def test_a_statement_is_brought_and_its_lines_are_seen():
    _trade, intent = awaited()
    office = cashier()
    assert "No statement yet" in text(office.get("/en/office/bank/"))

    answer = bring(office, Bank("usd").credit(DUE, intent.reference, name="Buyer GmbH").mt940())

    assert (answer.status_code, answer["Location"]) == (302, "/en/office/bank/")
    assert fresh(intent).state == "captured"
    statement = BankStatement.objects.get()
    shown = text(office.get(f"/en/office/bank/statements/{statement.pk}/"))
    assert "Buyer GmbH" in shown
    assert "Settled" in shown
    [note] = notes("bank statement taken")
    assert (note.after["booked"], note.after["breaks"]) == (1, [])


def test_what_cannot_be_read_is_said_beside_the_field_and_nothing_is_kept():
    office = cashier()
    for body in (b"hello", b"", b":20", b"<!DOCTYPE d><d/>"):
        answer = bring(office, body)
        assert answer.status_code == 422
        assert 'id="id_file_error"' in answer.content.decode()
    assert BankStatement.objects.count() == BankBreak.objects.count() == 0
    assert notes("bank statement taken") == []


def test_a_statement_that_does_not_fit_leads_to_its_break_and_is_settled_with_a_reason():
    office = cashier()
    answer = bring(office, Bank("usd").credit(500, "x").mt940(closing=501))
    assert answer["Location"] == "/en/office/bank/breaks/"
    assert "Opening balance and lines do not make the closing balance" in text(office.get("/en/office/bank/breaks/"))
    assert "1 break" in text(office.get("/en/office/bank/"))
    found = BankBreak.objects.get()
    assert send(office, f"/en/office/bank/breaks/{found.pk}/", reason="").status_code == 422
    assert send(office, f"/en/office/bank/breaks/{found.pk}/", reason="The bank sent it anew.").status_code == 302
    assert "The bank sent it anew." in text(office.get(f"/en/office/bank/breaks/{found.pk}/"))
    assert "Nothing here" in text(office.get("/en/office/bank/breaks/"))


def test_the_desk_offers_the_payments_a_line_could_be_meant_for():
    trade, intent = awaited()
    line = stray()
    office = cashier()
    assert "Nobody Known" in text(office.get("/en/office/bank/lines/"))
    shown = office.get(f"/en/office/bank/lines/{line.pk}/").content.decode()
    assert intent.reference in shown
    assert "the amount is exact" in shown

    done = send(office, f"/en/office/bank/lines/{line.pk}/assign/", payments=intent.reference, reason="They wrote us.")

    assert done.status_code == 302
    assert (fresh(intent).state, fresh(line).state) == ("captured", "settled")
    [note] = notes("bank line decided")
    assert (note.reason, note.after["kind"], note.after["amount"]) == ("They wrote us.", "assign", DUE)
    assert "Towards a payment" in text(office.get(f"/en/office/bank/lines/{line.pk}/"))
    assert trade.order is not None
    assert broken() == []


def test_a_payment_that_is_pressed_stands_in_the_box_and_nothing_else_does():
    _trade, intent = awaited()
    office = cashier()
    page = f"/en/office/bank/lines/{stray().pk}/"
    assert f"give={intent.pk}" in office.get(page).content.decode()

    pressed = office.get(f"{page}?give={intent.pk}")
    other = office.get(f"{page}?give=nonsense")

    assert pressed.context["forms"]["assign"].initial == {"payments": intent.reference}
    assert other.context["forms"]["assign"].initial == {"payments": ""}


def test_several_payments_and_amounts_are_typed_one_on_each_line():
    (_a, first), (_b, second) = awaited(), awaited()
    line = stray(DUE + 5000)
    typed = f"{first.reference}\n{second.reference} = 50.00"
    assert send(cashier(), f"/en/office/bank/lines/{line.pk}/assign/", payments=typed, reason="Two orders.").status_code == 302
    assert (fresh(first).state, fresh(second).state) == ("captured", "awaiting")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "RF00",
        "RF18539007547034",
        "{ref} = 1,00",
        "{ref} = 0",
        "{ref} = -5",
        "{ref} = 999999.00",
        "{ref}\n{ref} = 1.00",
        "{ref} = 1.001",
    ],
)
def test_wrong_input_at_the_desk_stands_beside_its_field_and_changes_nothing(typed):
    _trade, intent = awaited()
    line = stray()
    answer = send(cashier(), f"/en/office/bank/lines/{line.pk}/assign/", payments=typed.format(ref=intent.reference), reason="x")
    assert answer.status_code == 422
    assert 'id="id_payments_error"' in answer.content.decode()
    assert (fresh(line).state, LineDecision.objects.count(), notes("bank line decided")) == ("open", 0, [])


def test_a_line_goes_back_to_its_sender():
    line = stray()
    office = cashier()
    assert send(office, f"/en/office/bank/lines/{line.pk}/return/", name="N", account="", reason="x").status_code == 422
    typed = {"name": "Nobody Known", "account": "DE44500105175407324931", "bic": "", "reason": "Not ours."}
    assert send(office, f"/en/office/bank/lines/{line.pk}/return/", **typed).status_code == 302
    assert BankReturn.objects.get().to_name == "Nobody Known"
    assert "Nobody Known" in text(office.get("/en/office/bank/returns/"))


def test_a_line_stays_in_suspense_with_a_note():
    line = stray()
    office = cashier()
    assert send(office, f"/en/office/bank/lines/{line.pk}/keep/", reason="We asked the bank.").status_code == 302
    assert "Nobody Known" in text(office.get("/en/office/bank/lines/?kept=1"))
    assert "Nobody Known" not in text(office.get("/en/office/bank/lines/"))


def test_a_large_sum_waits_for_another_person():
    from decimal import Decimal

    set_rule("payments.bank_second_above", "export", Decimal(100), None, "for this test", make.operator())
    _trade, intent = awaited()
    line = stray()
    first, second = cashier(), signed_in(operator())
    send(first, f"/en/office/bank/lines/{line.pk}/assign/", payments=intent.reference, reason="They wrote us.")
    made = LineDecision.objects.get()
    assert "Another person has to approve this." in text(first.get("/en/office/bank/decisions/"))
    assert send(first, f"/en/office/bank/decisions/{made.pk}/approve/").status_code == 403
    assert fresh(intent).state == "awaiting"
    assert send(second, f"/en/office/bank/decisions/{made.pk}/approve/").status_code == 302
    assert fresh(intent).state == "captured"
    assert [note.act for note in notes() if note.act.startswith("bank")] == ["bank line decided", "bank decision approved"]


def test_who_is_no_cashier_does_not_come_in():
    line = stray()
    for role in ("reviewer", "arbitrator"):
        office = signed_in(make.person(is_staff_member=True, staff_roles=[role]))
        for address in ("", "lines/", f"lines/{line.pk}/", "decisions/", "breaks/", "returns/"):
            assert office.get(f"/en/office/bank/{address}").status_code == 403
        assert send(office, f"/en/office/bank/lines/{line.pk}/keep/", reason="x").status_code == 403
        assert "/office/bank/" not in office.get("/en/office/").content.decode()


def test_no_page_asks_more_often_when_there_is_more():
    office = cashier()
    asked(office, "/en/office/bank/")  # what a session asks once
    counts = []
    bank = Bank("usd")
    for n in range(2):
        for k in range(1 + n * 30):
            bank.credit(1000 + k, f"unknown {n} {k}", name=f"Nobody {n} {k}")
        [done] = import_statement(f"x{n}", bank.mt940(), by=SYSTEM).outcomes
        import_statement(f"b{n}", bank.next().mt940(closing=1), by=SYSTEM)
        for _each in range(1 + n * 5):
            awaited()
        line = BankLine.objects.order_by("-id")[0]
        places = ("", f"statements/{done.statement_id}/", "lines/", f"lines/{line.pk}/", "decisions/", "breaks/", "returns/")
        counts.append([asked(office, f"/en/office/bank/{place}") for place in places])
        bank = bank.next()
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 22
