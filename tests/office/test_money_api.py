"""The operator's money over the API: the same acts, notes, second persons and refusals as on the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.companies.actions import make_api_key
from everfair.ledger import checking
from everfair.ledger.actions import post_entry
from everfair.ledger.models import Entry, Period
from everfair.ledger.queries import balance
from everfair.ledger.values import Transfer, clearing, costs, settled, wallet
from everfair.payments.actions import add_bank_account, owe_company
from everfair.payments.models import (
    BankBreak,
    LineDecision,
    RailBreak,
    RailOrder,
)
from tests import make
from tests.ledger.books import usd
from tests.ledger.test_periods import last_month
from tests.office.desk import member, notes, operator, signed_in
from tests.office.test_bank import stray
from tests.office.test_chargebacks import charged_back
from tests.payments.on_credit import funded_on_credit
from tests.payments.statements import Bank
from tests.payments.test_batches import BIG, MIDDLE, rich
from tests.payments.test_transfers import DUE, awaited, fresh

pytestmark = pytest.mark.django_db
WHY = {"reason": "looked at"}


@pytest.fixture
def first() -> Client:
    return signed_in(operator(name="Olga Operator"))


@pytest.fixture
def second() -> Client:
    return signed_in(operator(name="Tom Treasurer"))


def finance() -> Client:
    return signed_in(make.person(is_staff_member=True, staff_roles=["finance"]))


def send(who: Client, path: str, body: Any = None, *, key: str = "", **files: Any) -> Any:
    headers = {"Idempotency-Key": key or f"key-{make.next_number()}"}
    if files:
        return who.post(f"/api/v1/office{path}", files, headers=headers)
    return who.post(f"/api/v1/office{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


def read(who: Client, path: str) -> Any:
    answer = who.get(f"/api/v1/office{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def asked(who: Client, path: str) -> int:
    """How many queries it costs, once what is kept for a while is there."""
    read(who, path)
    with CaptureQueriesContext(connection) as seen:
        read(who, path)
    return len(seen.captured_queries)


def paged(who: Client, path: str) -> list[Any]:
    """Page after page of one."""
    found: list[Any] = []
    cursor = ""
    while True:
        told = read(who, f"{path}{'&' if '?' in path else '?'}limit=1&cursor={cursor}")
        found += told["items"]
        cursor = told["next_cursor"]
        if not cursor:
            return found


class TestBatches:
    def test_one_goes_from_one_pair_of_hands_to_another_and_to_the_bank(self, first, second):
        payout = make.payout(rich(name="Aster GmbH"), usd(BIG), state="batched")
        at, total = f"/batches/{payout.batch_id}", {"total": f"{BIG / 100:.2f}"}

        prepared = send(first, f"{at}/prepare")
        assert (prepared.status_code, prepared.json()["state"], prepared.json()["moves"]) == (200, "prepared", ["reopen"])
        assert read(second, at)["moves"] == ["reopen", "release"]
        assert send(first, f"{at}/release", total).status_code == 403
        assert send(second, f"{at}/release", {"total": "1.00"}).json()["code"] == "payments.batch_changed"
        assert send(second, f"{at}/release", {"total": "1.001"}).status_code == 422
        released = send(second, f"{at}/release", total)
        assert (released.status_code, released.json()["state"]) == (200, "released")
        made = [send(second, f"{at}/file", key="once") for _n in range(2)]
        assert [(file.status_code, file["Content-Type"]) for file in made] == [(200, "application/xml")] * 2
        assert made[0].content == made[1].content
        assert made[0].content.startswith(b"<?xml")
        assert send(first, f"{at}/file").status_code == 409
        assert send(first, f"{at}/file-again", {"reason": " "}).status_code == 422
        assert send(first, f"{at}/file-again", {"reason": "lost"}).content == made[0].content
        done = send(first, f"{at}/hand-over").json()

        assert (done["state"], done["payouts"][0]["state"], done["file"]["count"]) == ("sent", "sent", 1)
        assert [row["reason"] for row in done["file"]["takings"]] == ["", "lost"]
        assert [note.act for note in notes()] == [
            "batch put forward", "batch released", "payout file taken", "payout file taken", "payout file handed to the bank",
        ]  # fmt: skip

    def test_they_come_page_by_page_for_the_same_price(self, first):
        make.payout(rich(), usd(BIG), state="released")
        few = asked(first, "/batches")
        for _n in range(2):
            make.payout(rich(), usd(BIG), state="released")

        rows = paged(first, "/batches?state=released")

        assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
        assert (len(rows), {row["total"]["amount"] for row in rows}) == (3, {f"{BIG / 100:.2f}"})
        assert asked(first, "/batches") == few
        assert read(first, "/batches?state=open")["items"] == []


class TestPayouts:
    def test_one_is_taken_out_and_readmitted_or_called_off(self, first):
        owner = rich()
        payout = make.payout(owner, usd(MIDDLE), state="batched")
        at = f"/payouts/{payout.pk}"

        assert "take_out" in read(first, at)["moves"]
        assert send(first, f"{at}/take-out", WHY).json()["state"] == "held"
        assert [row["id"] for row in paged(first, "/payouts?which=held")] == [str(payout.pk)]
        assert send(first, f"{at}/readmit").json()["state"] == "approved"
        done = send(first, f"{at}/cancel", WHY).json()

        assert (done["state"], done["moves"]) == ("cancelled", [])
        assert not balance(wallet(owner.company_id, "USD"), "USD").reserved
        assert [note.act for note in notes()] == ["payout taken out", "payout readmitted", "payout called off"]

    def test_one_of_our_bank_is_ended_by_hand(self, first):
        payout = make.payout(rich(), usd(BIG), state="sent")

        assert send(first, f"/payouts/{payout.pk}/settle", {"bank_ref": "NTRF-1"}).json()["state"] == "paid"
        assert send(first, f"/payouts/{payout.pk}/bounce", {"reason": "AC04"}).json()["state"] == "returned"

    def test_a_doubtful_account_needs_two_operators(self, first, second):
        owner = rich(name="Aster GmbH")
        doubtful = add_bank_account(
            holder="Jonas Brandt",
            account="GB82WEST12345698765432",
            bic="",
            bank_name="Bank",
            country="GB",
            currency="USD",
            by=owner,
        )
        at = f"/bank-accounts/{doubtful.pk}"

        assert [row["id"] for row in paged(first, "/bank-accounts")] == [str(doubtful.pk)]
        assert send(first, f"{at}/look", {"evidence": "a letter"}).json()["state"] == "looked"
        assert send(first, f"{at}/confirm").status_code == 403
        assert send(second, f"{at}/confirm").json()["state"] == "verified"
        assert send(second, f"{at}/refuse", WHY).json()["state"] == "refused"

    def test_what_companies_owe_is_listed(self, first):
        firms = [make.company(), make.company()]
        for firm in firms:
            owe_company(firm.pk, usd(500), clearing("sandbox", "USD"), cause=f"c{firm.pk}", reason="Chargeback", by=SYSTEM)

        assert [(row["company"], row["left"]["amount"]) for row in paged(first, "/debts")] == [(str(f.pk), "5.00") for f in firms]


class TestChargebacks:
    def test_one_is_read_with_its_file_and_answered_once(self, first):
        trade, found = charged_back()
        at = f"/chargebacks/{found.pk}"

        told = read(first, at)

        assert (told["payee"], told["state"], told["amount"]["amount"]) == (str(trade.order.seller_id), "open", "126.00")
        assert trade.order.reference in told["proposal"]
        assert [row["source"] for row in told["takes"]] == ["debt"]
        assert send(first, f"{at}/answer", {"answer": "contest", "evidence": " "}).json()["code"] == "payments.evidence"
        assert send(first, f"{at}/answer", {"answer": "maybe"}).status_code == 422
        said = send(first, f"{at}/answer", {"answer": "contest", "evidence": "signed for on Monday"}).json()
        assert (said["answer"], said["evidence"]) == ("contest", "signed for on Monday")
        assert send(first, f"{at}/answer", {"answer": "accept"}).status_code == 409
        assert [note.act for note in notes()] == ["contested a chargeback"]

    def test_they_come_by_state_and_what_is_exposed_is_summed(self, first):
        trade, found = charged_back()

        assert [row["id"] for row in paged(first, "/chargebacks?state=open")] == [str(found.pk)]
        assert read(first, "/chargebacks?state=won")["items"] == []
        seen = read(first, "/chargebacks/exposure")
        assert [(row["company"], row["amount"]["amount"]) for row in seen["by_seller"]] == [
            (str(trade.order.seller_id), "126.00")
        ]
        [ratio] = [row for row in seen["ratios"] if row["days"] == 30]
        assert (ratio["payments"], ratio["charged"], ratio["by_count"]) == (2, 1, "0.500000")


class TestTheBank:
    def test_a_file_is_brought_and_what_does_not_fit_is_a_break(self):
        _trade, intent = awaited()
        desk, bank = finance(), Bank("usd").credit(DUE, intent.reference, name="Buyer GmbH")

        told = send(desk, "/bank/statements", file=SimpleUploadedFile("bank.sta", bank.mt940(), "text/plain")).json()
        wrong = send(
            desk, "/bank/statements", file=SimpleUploadedFile("bank.sta", bank.next().mt940(closing=1), "text/plain")
        ).json()

        assert [row["outcome"] for row in told["outcomes"]] == ["booked"]
        assert fresh(intent).state == "captured"
        [booked] = paged(desk, "/bank/statements")
        assert (booked["id"], booked["lines"]) == (told["outcomes"][0]["statement"], 1)
        [row] = paged(desk, "/bank/breaks")
        assert row["kind"] == wrong["outcomes"][0]["outcome"]
        assert send(desk, f"/bank/breaks/{row['id']}/settle", {"reason": " "}).status_code == 422
        assert send(desk, f"/bank/breaks/{row['id']}/settle", WHY).json()["settled_note"] == "looked at"
        assert (read(desk, "/bank/breaks")["items"], len(paged(desk, "/bank/breaks?settled=true"))) == ([], 1)
        assert BankBreak.objects.get().settled_at is not None
        unreadable = send(desk, "/bank/statements", file=SimpleUploadedFile("bank.sta", b"hello", "text/plain"))
        assert (unreadable.status_code, unreadable.json()["errors"][0]["field"]) == (422, "file")

    def test_a_line_is_given_to_the_payment_it_is_for(self):
        _trade, intent = awaited()
        line, desk = stray(), finance()

        assert [row["id"] for row in paged(desk, "/bank/lines")] == [str(line.pk)]
        assert read(desk, f"/bank/lines/{line.pk}")["held"]["amount"] == f"{DUE / 100:.2f}"
        too_much = {"parts": [{"payment": str(intent.pk), "amount": "99999.00"}], **WHY}
        assert send(desk, f"/bank/lines/{line.pk}/assign", too_much).status_code == 422
        unknown = {"parts": [{"payment": str(line.pk)}], **WHY}
        assert send(desk, f"/bank/lines/{line.pk}/assign", unknown).json()["code"] == "payments.no_such_payment"
        assert fresh(intent).state == "awaiting"
        done = send(desk, f"/bank/lines/{line.pk}/assign", {"parts": [{"payment": str(intent.pk)}], **WHY}).json()

        assert (done["verb"], done["state"], fresh(intent).state) == ("assign", "done", "captured")
        assert [(row["target"], row["payment"]) for row in read(desk, f"/bank/lines/{line.pk}")["matches"]] == [
            ("intent", str(intent.pk))
        ]

    def test_a_large_return_needs_a_second_person(self):
        line, one, two = stray(2_000_000), finance(), finance()
        to = {"name": "Nobody Known", "account": "DE44500105175407324931", **WHY}

        proposed = send(one, f"/bank/lines/{line.pk}/return", to).json()
        assert proposed["state"] == "proposed"
        assert [row["id"] for row in read(two, "/bank/decisions")] == [proposed["id"]]
        assert send(one, f"/bank/decisions/{proposed['id']}/approve").status_code == 403
        assert send(two, f"/bank/decisions/{proposed['id']}/approve").json()["state"] == "done"
        [owed] = read(two, "/bank/returns")
        assert (owed["to_name"], owed["amount"]["amount"]) == ("Nobody Known", "20000.00")

    def test_one_is_withdrawn_and_the_line_kept(self):
        line, desk = stray(2_000_000), finance()
        to = {"name": "Nobody Known", "account": "DE44500105175407324931", **WHY}
        proposed = send(desk, f"/bank/lines/{line.pk}/return", to).json()

        assert send(desk, f"/bank/decisions/{proposed['id']}/withdraw").json()["state"] == "withdrawn"
        assert send(desk, f"/bank/lines/{line.pk}/keep", WHY).json()["state"] == "kept"
        assert (read(desk, "/bank/lines")["items"], len(paged(desk, "/bank/lines?state=kept"))) == ([], 1)
        assert LineDecision.objects.get().state == "withdrawn"

    def test_a_reviewer_is_no_cashier(self):
        reviewer = signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"]))

        for path in ("bank/statements", "bank/lines", "bank/breaks", "bank/decisions"):
            assert reviewer.get(f"/api/v1/office/{path}").status_code == 403


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


LISTS = (
    "/batches", "/payouts", "/bank-accounts", "/debts", "/chargebacks", "/chargebacks/exposure", "/bank/statements", "/bank/lines",
    "/bank/breaks", "/bank/decisions", "/bank/returns", "/books/trial", "/books/accounts", "/books/journal", "/books/periods", "/rails",
    "/rail-accounts", "/rail-breaks", "/books/state", "/credit",
)  # fmt: skip


def test_members_keys_and_strangers_are_kept_out():
    firm = make.company()
    _key, raw = make_api_key("robot", ["money:read", "money:write"], by=make.actor(firm, "owner", who=make.member(firm)))
    program = Client(headers={"Authorization": f"Bearer {raw}"})

    for path in LISTS:
        assert [who.get(f"/api/v1/office{path}").status_code for who in (signed_in(member()), program, Client())] == [
            403,
            403,
            401,
        ]


def test_nothing_is_there_under_an_unknown_id(first):
    nothing = make.company().pk

    for path in (
        "batches",
        "payouts",
        "bank-accounts",
        "chargebacks",
        "bank/statements",
        "bank/lines",
        "bank/breaks",
        "rail-breaks",
    ):
        assert first.get(f"/api/v1/office/{path}/{nothing}").status_code == 404
    for path in (f"/batches/{nothing}/prepare", f"/payouts/{nothing}/approve", f"/bank/decisions/{nothing}/approve"):
        assert send(first, path).status_code == 404
