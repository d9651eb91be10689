"""The desk of money that leaves: what waits for whom, two people for each batch and each doubtful account, and a note of every act."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.actor import SYSTEM
from everfair.base.money import Money
from everfair.companies.queries import actor_of_person
from everfair.ledger.values import clearing
from everfair.payments.actions import add_bank_account, owe_company, prepare_batch, request_payout
from everfair.payments.models import BankAccount, Batch, FileTaking, Payout
from tests import make
from tests.office.desk import notes, operator, send, signed_in, text
from tests.payments.test_batches import BIG, MIDDLE, rich, usd

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Any:
    return signed_in(operator(name="Olga Operator"))


@pytest.fixture
def second() -> Any:
    return signed_in(operator(name="Tom Treasurer"))


def state(payout: Payout) -> str:
    return Payout.objects.values_list("state", flat=True).get(pk=payout.pk)


def test_a_batch_goes_from_one_pair_of_hands_to_another_and_to_the_bank(first, second):
    payout = make.payout(rich(name="Aster GmbH"), usd(BIG), state="batched")
    at = f"/en/office/payouts/batches/{payout.batch_id}/"

    assert "Our bank, by file · USD" in text(first.get("/en/office/payouts/"))
    assert send(first, f"{at}prepare/").status_code == 302
    assert "You put it forward; somebody else lets it go." in text(first.get(at))
    assert send(first, f"{at}release/", seen=str(BIG)).status_code == 403
    assert send(second, f"{at}release/", seen="1").status_code == 409
    assert send(second, f"{at}release/", seen="x").status_code == 409
    assert send(second, f"{at}release/", seen=str(BIG)).status_code == 302
    file = send(second, f"{at}file/")
    assert (file.status_code, file["Content-Type"]) == (200, "application/xml")
    assert file.content.startswith(b"<?xml")
    assert send(first, f"{at}file/").status_code == 409
    assert send(first, f"{at}file-again/", reason="").status_code == 422
    assert send(first, f"{at}file-again/", reason="lost").content == file.content
    assert send(first, f"{at}hand-over/").status_code == 302
    shown = text(second.get(at))

    assert "Handed to the bank" in shown
    assert "Olga Operator · lost" in shown
    assert (state(payout), FileTaking.objects.count()) == ("sent", 2)
    assert [note.act for note in notes()] == [
        "batch put forward", "batch released", "payout file taken", "payout file taken", "payout file handed to the bank",
    ]  # fmt: skip
    assert send(first, f"/en/office/payouts/{payout.pk}/settle/", bank_ref="NTRF-1").status_code == 302
    assert state(payout) == "paid"
    assert "1 of 1 have their last word" in text(first.get("/en/office/payouts/"))


def test_the_same_click_twice_takes_one_file(first, second):
    payout = make.payout(rich(), usd(BIG), state="released")

    answers = [send(first, f"/en/office/payouts/batches/{payout.batch_id}/file/", _key="one") for _n in range(2)]

    assert answers[0].content == answers[1].content
    assert FileTaking.objects.count() == 1


def test_an_exception_waits_with_its_reason_and_goes_on_or_is_called_off(first):
    one, other = (make.payout(rich(), usd(MIDDLE), state="batched") for _n in range(2))
    for payout in (one, other):
        assert send(first, f"/en/office/payouts/{payout.pk}/take-out/", reason="").status_code == 422
        assert send(first, f"/en/office/payouts/{payout.pk}/take-out/", reason="The buyer rang").status_code == 302

    shown = text(first.get("/en/office/payouts/?which=held"))
    assert shown.count("The buyer rang") == 2
    assert first.get("/en/office/").context["queues"]["payout_exceptions"].count == 2
    assert send(first, f"/en/office/payouts/{one.pk}/readmit/").status_code == 302
    assert send(first, f"/en/office/payouts/{other.pk}/cancel/", reason="The company asked").status_code == 302
    assert (state(one), state(other)) == ("approved", "cancelled")


def test_the_only_person_of_a_company_finds_the_operator_as_the_second(first):
    owner = rich(name="Aster GmbH")
    payout = request_payout(make.bank_account(owner).pk, usd(BIG), by=owner)

    assert "Aster GmbH" in text(first.get("/en/office/payouts/?which=approve"))
    assert send(first, f"/en/office/payouts/{payout.pk}/approve/").status_code == 302
    assert (state(payout), text(first.get(f"/en/office/payouts/{payout.pk}/")).count("Olga Operator")) == ("approved", 1)
    assert "No payout waits for you" in text(first.get("/en/office/payouts/?which=approve"))


def test_a_doubtful_account_is_looked_at_by_one_and_confirmed_by_another(first, second):
    firm = make.company(name="Aster GmbH")
    account = add_bank_account(by=make.actor(firm), **make.BANK | {"holder": "\u0410ster GmbH"})
    at = f"/en/office/payouts/accounts/{account.pk}/"

    assert "Looks like the company's name" in text(first.get("/en/office/payouts/?which=accounts"))
    assert send(first, f"{at}look/", evidence=" ").status_code == 422
    assert send(first, f"{at}look/", evidence="Called the bank back on its published number").status_code == 302
    assert "You looked first; somebody else confirms it." in text(first.get(at))
    assert send(first, f"{at}confirm/").status_code == 403
    assert send(second, f"{at}confirm/").status_code == 302
    assert BankAccount.objects.get().state == "verified"
    assert send(second, f"{at}refuse/", reason="The bank took it back").status_code == 302
    assert BankAccount.objects.get().state == "refused"
    assert [note.act for note in notes()] == ["bank account looked at", "bank account confirmed", "bank account refused"]


def test_what_companies_owe_is_a_list_of_its_own(first):
    firm = make.company(name="Aster GmbH")
    owe_company(firm.pk, Money(12_345, "USD"), clearing("sandbox", "USD"), cause="c", reason="Chargeback of EF-7", by=SYSTEM)

    assert "Aster GmbH Chargeback of EF-7 USD 123.45 USD 123.45" in text(first.get("/en/office/payouts/?which=debts"))


def test_nothing_waits_and_every_tab_says_so(first):
    for which in ("batches", "approve", "held", "doubt", "stopped", "accounts", "debts", "nonsense"):
        assert first.get(f"/en/office/payouts/?which={which}").status_code == 200


def test_a_batch_asks_the_same_few_questions_however_many_are_in_it(first, django_assert_num_queries):
    for n in range(3):
        payout = make.payout(rich(), usd(MIDDLE + n), state="batched")
    prepare_batch(payout.batch_id, by=actor_of_person(operator(name="Maker")))
    first.get(f"/en/office/payouts/batches/{payout.batch_id}/")

    with django_assert_num_queries(10):
        first.get(f"/en/office/payouts/batches/{payout.batch_id}/")
    with django_assert_num_queries(8):
        first.get("/en/office/payouts/")
    assert Batch.objects.count() == 1


def test_a_stranger_finds_no_desk(first):
    payout = make.payout(owner := rich(), usd(MIDDLE), state="batched")
    inside = signed_in(make.member(make.company()))

    for page in (
        "payouts/",
        f"payouts/{payout.pk}/",
        f"payouts/batches/{payout.batch_id}/",
        f"payouts/accounts/{payout.bank_account_id}/",
    ):
        assert inside.get(f"/en/office/{page}").status_code == 403
    assert owner.company_id == payout.company_id
    assert first.get("/en/office/payouts/batches/00000000-0000-0000-0000-000000000000/").status_code == 404
