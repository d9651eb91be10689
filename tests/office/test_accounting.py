"""The accountant's pages: what they show, what they refuse beside the field, what they cost in queries, and the files that leave."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from everfair.base import clock
from everfair.base.actor import RAIL_ACTOR, SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.companies.models import Person
from everfair.ledger.actions import post_entry
from everfair.ledger.models import Entry, Period
from everfair.ledger.queries import period_of
from everfair.ledger.values import Transfer, clearing, costs, settled, wallet
from everfair.payments.models import RailBreak
from tests import make
from tests.ledger.books import usd
from tests.ledger.test_periods import FEE, last_month
from tests.office.desk import asked, notes, send, signed_in, text
from tests.payments.test_settling import captured, line, take

pytestmark = pytest.mark.django_db
BOOKS = "/en/office/books"


def finance() -> Person:
    return make.person(is_staff_member=True, staff_roles=["finance"])


def office() -> Client:
    return signed_in(finance())


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body, newline="")))


def some_trade() -> make.Trade:
    trade = make.trade("completed")
    take(*(captured(1_000) for _n in range(2)))
    return trade


class TestTrialBalance:
    def test_both_columns_come_to_the_same(self):
        some_trade()
        shown = text(office().get(f"{BOOKS}/trial/"))
        assert "Fees earned" in shown
        assert "company:{id}:wallet:USD" in shown
        total = shown.partition("In all")[2].split()
        assert total[:2] == total[2:4] or total[0] == total[1], total

    def test_of_a_day_before_anything_it_is_empty_and_a_day_that_is_none_is_said_beside_the_field(self):
        some_trade()
        assert "Nothing is booked yet" in text(office().get(f"{BOOKS}/trial/?on=2001-01-01"))
        wrong = office().get(f"{BOOKS}/trial/?on=31.12.2026")
        assert wrong.status_code == 422
        assert 'id="id_on_error"' in wrong.content.decode()

    def test_it_costs_the_same_however_much_is_booked(self):
        desk = office()
        asked(desk, f"{BOOKS}/trial/")
        before = asked(desk, f"{BOOKS}/trial/")
        some_trade()
        assert asked(desk, f"{BOOKS}/trial/") == before == 5

    def test_as_a_file_it_says_the_same(self):
        some_trade()
        rows = rows_of(office().get(f"{BOOKS}/trial.csv"))
        assert rows[0][0] == "Account"
        debit, credit = (sum(float(row[n] or 0) for row in rows[1:]) for n in (7, 8))
        assert debit == credit > 0
        book = load_workbook(io.BytesIO(b"".join(office().get(f"{BOOKS}/trial.xlsx").streaming_content)))
        assert [[str(cell or "") for cell in row][:3] for row in book.active.iter_rows(values_only=True)] == [
            row[:3] for row in rows
        ]


class TestStatements:
    def test_the_journal_of_this_month_goes_on_page_after_page(self, monkeypatch):
        monkeypatch.setattr("everfair.office.pages.accounting.PER_PAGE", 3)
        some_trade()
        desk, address, seen = office(), f"{BOOKS}/journal/", []
        while address:
            answer = desk.get(address)
            seen += [line.id for line in answer.context["lines"]]
            address = answer.context["following"]
        assert sorted(seen) == sorted(set(seen))
        assert len(seen) == len(rows_of(desk.get(f"{BOOKS}/journal.csv"))) - 1 > 8

    def test_a_company_has_a_statement_and_looking_at_it_is_noted(self):
        trade = some_trade()
        number = trade.order.seller.number
        desk = office()

        answer = desk.get(f"{BOOKS}/journal/?of=company&what={number}")

        assert [m.address for m in answer.context["movements"]] == [wallet(trade.order.seller_id, "USD")]
        assert trade.order.seller.name in text(answer)
        assert [note.subject for note in notes("looked at an account")] == [trade.order.seller_id]
        assert {line.kind for line in answer.context["lines"]} == {"stage_release"}

    def test_an_order_has_a_statement_from_the_payment_to_the_release(self):
        trade = some_trade()
        make.trade("completed")

        for what in (trade.order.reference, str(trade.order.number)):
            answer = office().get(f"{BOOKS}/journal/?of=order&what={what}")
            assert [line.kind for line in answer.context["lines"]] == [
                "payment_captured", "stage_funded", "payment_captured", "stage_funded", *["stage_release"] * 4,
            ]  # fmt: skip
            assert all(m.closing.minor == 0 for m in answer.context["movements"])

    def test_a_provider_and_a_day_have_one(self):
        some_trade()
        today = clock.now().date().isoformat()
        answer = office().get(f"{BOOKS}/journal/?of=provider&what=sandbox&from_on={today}&to_on={today}")
        assert {m.address.split(":")[2] for m in answer.context["movements"]} == {"clearing", "settled", "costs"}
        assert "Nothing was booked" in text(office().get(f"{BOOKS}/journal/?from_on=2001-01-01&to_on=2001-01-01"))

    @pytest.mark.parametrize(
        ("query", "field"),
        [("of=company&what=99999", "what"), ("of=order&what=x", "what"), ("of=provider&what=Nobody", "what"), ("of=account&what=", "what"),
         ("of=thief", "of"), ("from_on=2026-13-01", "from_on"), ("from_on=2026-02-01&to_on=2026-01-01", "to_on")],
    )  # fmt: skip
    def test_what_cannot_be_is_said_beside_its_field(self, query, field):
        for address in ("journal/", "journal.csv", "journal.beancount"):
            wrong = office().get(f"{BOOKS}/{address}?{query}")
            assert wrong.status_code == 422
            assert f'id="id_{field}_error"' in wrong.content.decode()

    def test_a_page_costs_the_same_however_many_lines_it_has(self):
        desk = office()
        desk.get(f"{BOOKS}/journal/")
        few = asked(desk, f"{BOOKS}/journal/")
        some_trade()
        assert asked(desk, f"{BOOKS}/journal/") == few == 6


class TestFiles:
    def test_what_leaves_is_noted_and_no_formula_leaves(self):
        post_entry('=HYPERLINK("x")', FEE, kind="rail_settled", by=SYSTEM)
        desk = office()
        rows = rows_of(desk.get(f"{BOOKS}/journal.csv"))
        assert rows[1][3] == '\'=HYPERLINK("x")'
        assert [(note.act, note.after["name"]) for note in notes("exported the books")] == [("exported the books", "journal.csv")]
        assert desk.get(f"{BOOKS}/journal.pdf").status_code == 404

    def test_the_plain_text_is_the_journal(self):
        some_trade()
        answer = office().get(f"{BOOKS}/journal.beancount")
        told = b"".join(answer.streaming_content).decode()
        assert answer["Content-Disposition"] == 'attachment; filename="everfair-journal.beancount"'
        assert told.count(" * ") == Entry.objects.count()

    def test_too_many_lines_for_a_workbook_are_told(self, monkeypatch):
        monkeypatch.setattr("everfair.office.pages.exports.LARGEST_WORKBOOK", 2)
        some_trade()
        refused = office().get(f"{BOOKS}/journal.xlsx")
        assert refused.status_code == 422
        assert "take the CSV file" in text(refused)


class TestMonths:
    def test_two_people_close_a_month_on_its_page(self):
        month = last_month()
        code = month.isoformat()[:7]
        page = f"{BOOKS}/periods/{code}/"
        anna, bert = office(), office()
        assert "holds" in text(anna.get(f"{page}?run=1"))

        assert send(anna, f"{page}close/").status_code == 302
        own = send(anna, f"{page}confirm/")
        assert own.status_code == 403
        assert "Another person confirms it" in text(anna.get(page))
        assert send(bert, f"{page}confirm/").status_code == 302

        assert period_of(month).state == "closed"
        assert "It is closed" in text(anna.get(page))
        assert [note.act for note in notes()] == ["closed a month", "confirmed a closed month"]
        assert "Closed" in text(anna.get(f"{BOOKS}/periods/"))

    def test_what_is_not_ready_is_shown_with_what_was_found(self):
        month = last_month()
        captured(500, booked_on=month)
        answer = send(office(), f"{BOOKS}/periods/{month.isoformat()[:7]}/close/")
        assert answer.status_code == 422
        assert "Every payment of the month is settled or explained" in text(answer)
        assert "Something is still open" in text(answer)
        assert not Period.objects.exclude(state="open").exists()

    def test_a_reviewer_sees_but_does_not_close(self):
        month = last_month()
        desk = signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"]))
        page = f"{BOOKS}/periods/{month.isoformat()[:7]}/"
        assert "Finance people close it." in text(desk.get(page))
        assert send(desk, f"{page}close/").status_code == 403

    @pytest.mark.parametrize("month", ["2001-01", "2026-13", "nonsense", "9999-12"])
    def test_a_month_that_is_none_is_not_there(self, month):
        assert office().get(f"{BOOKS}/periods/{month}/").status_code == 404
        assert send(office(), f"{BOOKS}/periods/{month}/close/").status_code == 404

    def test_an_act_that_is_none_is_not_there(self):
        code = last_month().isoformat()[:7]
        assert send(office(), f"{BOOKS}/periods/{code}/burn/").status_code == 404

    def test_the_list_costs_the_same_however_many_months_there_are(self):
        desk = office()
        desk.get(f"{BOOKS}/periods/")
        before = asked(desk, f"{BOOKS}/periods/")
        last_month()
        assert asked(desk, f"{BOOKS}/periods/") == before == 7


class TestCorrections:
    def test_an_entry_is_taken_back_and_both_name_each_other(self):
        wrong = post_entry(
            "wrong", [Transfer(costs("sandbox", "USD"), settled("sandbox", "USD"), usd(7))], kind="rail_settled", by=SYSTEM
        )
        desk = office()
        assert "Take it back" in text(desk.get(f"{BOOKS}/entries/{wrong}/"))

        empty = send(desk, f"{BOOKS}/entries/{wrong}/correct/", reason="")
        done = send(desk, f"{BOOKS}/entries/{wrong}/correct/", reason="Charged twice.")

        assert empty.status_code == 422
        assert 'id="id_reason_error"' in empty.content.decode()
        assert done.status_code == 302
        made = Entry.objects.get(kind="correction")
        shown = text(desk.get(f"{BOOKS}/entries/{made.pk}/"))
        assert "Charged twice." in shown
        assert "wrong" in shown
        assert f"Taken back by entry {made.pk}" in text(desk.get(f"{BOOKS}/entries/{wrong}/"))
        assert [note.act for note in notes("corrected an entry")] == ["corrected an entry"]

    def test_money_of_a_company_has_no_such_form(self):
        some_trade()
        entry = Entry.objects.get(kind="payment_captured", pk=Entry.objects.filter(kind="payment_captured").earliest("id").pk)
        desk = office()
        assert "Take it back" not in text(desk.get(f"{BOOKS}/entries/{entry.pk}/"))
        assert send(desk, f"{BOOKS}/entries/{entry.pk}/correct/", reason="x").status_code == 422
        assert not Entry.objects.filter(kind="correction").exists()


class TestSettling:
    def test_what_is_not_settled_what_it_cost_and_what_does_not_fit(self):
        take(captured(10_000), line(77, "chk_who"))
        captured(300)
        shown = text(office().get(f"{BOOKS}/settling/"))
        assert "A line of something we know nothing of" in shown
        assert "97.50" in shown
        assert "2.50" in shown
        assert "3.00" in shown
        lines = text(office().get(f"{BOOKS}/settling/lines/"))
        assert "chk_who" in lines

    def test_a_break_is_booked_with_a_reason_that_stays(self):
        take(line(800, "chk_who", fee=20))
        found = RailBreak.objects.get()
        desk, page = office(), f"{BOOKS}/breaks/{found.pk}/"
        assert "chk_who" in text(desk.get(page))

        nothing = send(desk, f"{page}end/", how="burn", reason="")
        done = send(desk, f"{page}end/", how="book", reason="They paid by phone.")

        assert (nothing.status_code, done.status_code) == (422, 302)
        assert 'id="id_how_error"' in nothing.content.decode()
        assert 'id="id_reason_error"' in nothing.content.decode()
        found.refresh_from_db()
        assert found.state == "booked"
        assert "They paid by phone." in text(desk.get(page))
        assert [note.subject for note in notes("booked a break")] == [found.pk]
        assert "No break is open" in text(desk.get(f"{BOOKS}/settling/"))
        assert "Booked by a person" in text(desk.get(f"{BOOKS}/settling/?which=all"))

    def test_a_reviewer_sees_it_and_does_not_end_it(self):
        take(line(800))
        page = f"{BOOKS}/breaks/{RailBreak.objects.get().pk}/"
        desk = signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"]))
        assert "Finance people end it." in text(desk.get(page))
        assert send(desk, f"{page}end/", how="dismiss", reason="x").status_code == 403
        assert desk.get(f"{BOOKS}/breaks/{new_id()}/").status_code == 404

    def test_the_page_costs_the_same_however_many_breaks_there_are(self):
        desk = office()
        take(line(1))
        desk.get(f"{BOOKS}/settling/")
        one = asked(desk, f"{BOOKS}/settling/")
        take(*(line(2 + n) for n in range(9)))
        post_entry(
            "x", [Transfer(clearing("sandbox", "EUR"), settled("sandbox", "EUR"), Money(5, "EUR"))], kind="odd", by=RAIL_ACTOR
        )
        assert asked(desk, f"{BOOKS}/settling/") == one == 8
