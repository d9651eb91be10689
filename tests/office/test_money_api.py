"""The operator's money over the API: the same acts, notes, second persons and refusals as on the pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.companies.actions import make_api_key
from everfair.ledger.queries import balance
from everfair.ledger.values import clearing, wallet
from everfair.payments.actions import add_bank_account, owe_company
from everfair.payments.models import (
    BankBreak,
    LineDecision,
)
from tests import make
from tests.ledger.books import usd
from tests.office.desk import member, notes, signed_in
from tests.office.money_api import WHY, asked, finance, paged, read, send
from tests.office.test_bank import stray
from tests.office.test_chargebacks import charged_back
from tests.payments.statements import Bank
from tests.payments.test_batches import BIG, MIDDLE, rich
from tests.payments.test_transfers import DUE, awaited, fresh

pytestmark = pytest.mark.django_db


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
