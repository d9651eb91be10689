"""The books, the rails and the watch over the API: the same acts, notes, second persons and refusals as on the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.ledger import checking
from everfair.ledger.actions import post_entry
from everfair.ledger.models import Entry, Period
from everfair.ledger.values import Transfer, costs, settled, wallet
from everfair.payments.models import (
    RailBreak,
    RailOrder,
)
from tests import make
from tests.ledger.books import usd
from tests.ledger.test_periods import last_month
from tests.office.desk import notes, signed_in
from tests.office.money_api import WHY, asked, finance, paged, read, send
from tests.payments.on_credit import funded_on_credit

pytestmark = pytest.mark.django_db


class TestTheBooks:
    def test_the_trial_balance_sums_to_nothing(self):
        make.trade("completed")

        [usd_balance] = read(finance(), "/books/trial")

        assert usd_balance["currency"] == "USD"
        assert usd_balance["debits"] == usd_balance["credits"]
        fees = next(row for row in usd_balance["rows"] if row["address"].startswith("platform:fees"))
        assert (fees["balance"]["amount"], fees["account_class"]) == ("8.40", "income")
        before = (clock.now().date() - timedelta(days=1)).isoformat()
        assert read(finance(), f"/books/trial?on={before}") == []

    def test_a_company_has_a_journal_by_days_and_the_look_is_noted(self):
        trade = make.trade("completed")
        desk, today = finance(), clock.now().date()
        path = f"/books/journal?of=company&what={trade.order.seller.number}"

        rows = paged(desk, f"{path}&from_on={today}&to_on={today}")

        assert [(row["kind"], row["target"]) for row in rows] == [("stage_release", wallet(trade.order.seller_id, "USD"))] * 2
        assert read(desk, f"{path}&to_on={today - timedelta(days=1)}")["items"] == []
        assert {note.subject for note in notes("looked at an account")} == {trade.order.seller_id}
        for wrong, field in (("of=company&what=999999", "what"), (f"from_on={today}&to_on=2001-01-01", "to_on")):
            answer = desk.get(f"/api/v1/office/books/journal?{wrong}")
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
        assert desk.get("/api/v1/office/books/journal?of=thief").status_code == 422

    def test_the_journal_costs_the_same_for_few_and_many(self):
        make.trade("completed")
        desk = finance()
        few = asked(desk, "/books/journal?limit=2")

        assert asked(desk, "/books/journal?limit=100") == few

    def test_accounts_come_in_the_order_of_their_addresses(self):
        make.trade("completed")

        rows = paged(finance(), "/books/accounts?prefix=platform:")

        assert [row["address"] for row in rows] == sorted(row["address"] for row in rows)
        assert {row["reserved"] for row in rows} == {None}

    def test_an_entry_is_read_and_taken_back(self):
        desk = finance()
        made = post_entry(
            "cost:1", [Transfer(costs("sandbox", "USD"), settled("sandbox", "USD"), usd(7))], kind="rail_settled", by=SYSTEM
        )

        assert read(desk, f"/books/entries/{made}")["correctable"] is True
        taken = send(desk, f"/books/entries/{made}/correct", WHY)
        assert (taken.status_code, taken.json()["transfers"][0]["source"]) == (201, settled("sandbox", "USD"))
        assert read(desk, f"/books/entries/{made}")["corrected_by"] == taken.json()["id"]
        assert send(desk, f"/books/entries/{made}/correct", WHY).status_code == 409
        assert send(desk, "/books/entries/999999999/correct", WHY).status_code == 404
        assert Entry.objects.filter(kind="correction").count() == 1

    def test_a_month_is_closed_by_two_people(self):
        month, one, two = last_month(), finance(), finance()
        at = f"/books/periods/{month:%Y-%m}"

        assert {row["breach"] for row in read(one, f"{at}/checks")} == {None}
        assert "close" in read(one, at)["moves"]
        assert send(one, f"{at}/close").json()["state"] == "closing"
        assert send(one, f"{at}/confirm").status_code == 403
        assert send(two, f"{at}/withdraw").json()["state"] == "open"
        assert send(one, f"{at}/close").status_code == 200
        assert send(two, f"{at}/confirm").json()["state"] == "closed"
        assert Period.objects.get(month=month).state == "closed"
        assert [note.act for note in notes()] == [
            "closed a month",
            "opened a month again",
            "closed a month",
            "confirmed a closed month",
        ]
        assert next(row for row in read(one, "/books/periods") if row["month"] == f"{month:%Y-%m}")["state"] == "closed"
        for never in ("2026-13", "x", "9999-12", "2026-1"):
            assert one.get(f"/api/v1/office/books/periods/{never}").status_code == 404


class TestRails:
    def test_they_say_what_they_carry_and_how_they_answer(self, first):
        make.trade("completed")

        told = read(first, "/rails?currency=USD")

        carries = {row["code"]: (row["carried"]["amount"], row["share"], row["breaker"]) for row in told["rails"]}
        assert carries["sandbox"] == ("420.00", "1.000000", "closed")
        assert first.get("/api/v1/office/rails?currency=dollars").status_code == 422

    def test_one_is_closed_with_a_reason(self, first):
        ends_on = (clock.now().date() + timedelta(days=40)).isoformat()

        said = send(first, "/rails/sandbox/order", {"open": False, "ends_on": ends_on, "reason": "they gave notice"}).json()

        assert (said["open"], said["ends_on"], [row["reason"] for row in said["orders"]]) == (
            False,
            ends_on,
            ["they gave notice"],
        )
        assert send(first, "/rails/nobody/order", {"open": True, "reason": "x"}).status_code == 404
        assert send(first, "/rails/sandbox/order", {"open": "on", "reason": "x"}).status_code in (200, 422)
        assert send(first, "/rails/sandbox/order", {"open": True}).status_code == 422
        assert [note.act for note in notes()][:1] == ["payment rail ordered"]
        assert RailOrder.objects.order_by("id").first().open is False

    def test_a_break_is_dismissed_by_a_bookkeeper(self, first):
        made = RailBreak.objects.create(
            rail="sandbox", kind="unknown", about="chk_1", currency="USD", gross_minor=500, fee_minor=10, cleared_minor=0
        )
        reviewer = signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"]))

        assert [row["id"] for row in paged(first, "/rail-breaks?state=open")] == [str(made.pk)]
        assert read(first, f"/rail-breaks/{made.pk}")["told"]["amount"] == "5.00"
        assert send(reviewer, f"/rail-breaks/{made.pk}/dismiss", WHY).status_code == 403
        assert send(first, f"/rail-breaks/{made.pk}/dismiss", WHY).json()["state"] == "dismissed"
        assert send(first, f"/rail-breaks/{made.pk}/book", WHY).status_code == 409
        assert read(first, "/rail-accounts") == []


class TestTheWatch:
    def test_one_operator_freezes_and_two_lift(self, first, second):
        frozen = send(first, "/freezes", WHY)

        assert (frozen.status_code, frozen.json()["standing"]) == (201, "frozen")
        [freeze] = frozen.json()["freezes"]
        assert send(second, "/freezes", WHY).status_code == 409
        at = f"/freezes/{freeze['id']}/lift"
        checking.check()
        assert len(send(first, at, WHY).json()["freezes"][0]["words"]) == 1
        assert send(first, at, WHY).status_code == 409
        assert read(first, "/books/state")["standing"] == "frozen"
        assert send(second, at, WHY).json()["freezes"][0]["open"] is False
        assert [note.after for note in notes("word to lift a freeze")] == [{"freeze": "first word"}, {"freeze": "lifted"}]

    def test_what_is_owed_on_credit_is_seen(self, first):
        trade, line = funded_on_credit()

        [row] = read(first, "/credit")

        assert (row["credit"], row["seller"], row["owed"]["amount"]) == (str(line.pk), str(trade.order.seller_id), "420.00")
        assert (row["held"]["amount"], row["due"]["amount"]) == ("420.00", "0.00")
