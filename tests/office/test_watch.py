"""The state of the books: what the watch saw, and a freeze that one operator places and two lift."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from everfair.events.ledger import FreezeLifted, FreezeLiftProposed, PayoutsFrozen
from everfair.ledger import checking
from everfair.ledger.models import Freeze
from everfair.ledger.queries import frozen
from everfair.ledger.sealing import seal
from everfair.office.reactions import tell_the_operators
from tests import make
from tests.ledger.books import put
from tests.office.desk import asked, member, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db
PAGE = "/en/office/books/state/"


@pytest.fixture(autouse=True)
def _a_new_checker():
    checking.forget()


def test_before_anything_has_happened():
    shown = text(signed_in(operator()).get(PAGE))

    assert "The books are not checked" in shown
    assert "nothing yet" in shown
    assert "The checkpoints lie on this machine." in shown


def test_the_last_check_and_the_newest_seal_are_seen(committed: None):
    put(make.company().pk, 500)
    seal()
    checking.check()

    shown = text(signed_in(operator()).get(PAGE))

    assert "Everything held at the last check, and payouts go out." in shown
    assert "No. 1, " in shown
    assert "State of the books" in shown


def freeze_by(client: Client, **typed: str) -> Any:
    return send(client, "/en/office/books/freeze/", **typed)


def test_one_operator_freezes_and_two_lift():
    one, two = signed_in(operator(name="Ada")), signed_in(operator(name="Grace"))
    nothing = freeze_by(one, reason="")
    done = freeze_by(one, reason="A statement looks odd.")
    twice = freeze_by(two, reason="Me too.")
    freeze = Freeze.objects.get()
    address = f"/en/office/books/freezes/{freeze.pk}/lift/"
    checking.check()

    empty = send(one, address, reason=" ")
    first = send(one, address, reason="It was a copy.")
    again = send(one, address, reason="Really.")
    between = text(one.get(PAGE))
    theirs = text(two.get(PAGE))
    second = send(two, address, reason="Seen the copy.")

    assert (nothing.status_code, done.status_code, empty.status_code, first.status_code) == (422, 302, 422, 302)
    assert 'id="id_reason_error"' in empty.content.decode()
    assert twice.status_code in (302, 409)
    assert again.status_code == 422
    assert "Another operator has to give the second one" in between
    assert "Give the second word" in theirs
    assert (second.status_code, frozen()) == (302, None)
    shown = text(one.get(PAGE))
    for word in ("Ada", "Grace", "It was a copy.", "Seen the copy.", "A statement looks odd."):
        assert word in shown
    assert [note.after for note in notes("word to lift a freeze")] == [{"freeze": "first word"}, {"freeze": "lifted"}]


def test_the_last_word_is_refused_beside_the_form_while_no_check_was_sound():
    one, two = signed_in(operator()), signed_in(operator())
    freeze_by(one, reason="odd")
    address = f"/en/office/books/freezes/{Freeze.objects.get().pk}/lift/"
    send(one, address, reason="fine")

    answer = send(two, address, reason="fine")

    assert (answer.status_code, frozen() is None) == (422, False)
    assert "The last check did not find the books sound." in text(answer)


def test_every_page_of_the_office_says_that_payouts_are_frozen_and_no_other():
    office, company = signed_in(operator()), signed_in(member())
    before = text(office.get("/en/office/"))
    freeze_by(office, reason="odd")

    after = text(office.get("/en/office/"))
    other = text(company.get("/en/me/"))

    assert "Payouts are frozen" not in before
    assert "Payouts are frozen" in after
    assert "Payouts are frozen" not in other


def test_a_company_reads_why_its_payout_is_not_taken():
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    freeze_by(signed_in(operator()), reason="odd")
    seller = signed_in(trade_person(trade))

    answer = send(seller, "/en/wallet/payouts/new/", bank_account=str(account.pk), amount="100.00", confirmed="1")

    assert "Payouts rest while the platform checks its books." in answer.content.decode()


def trade_person(trade: make.Trade) -> Any:
    from everfair.companies.models import Person

    return Person.objects.get(pk=trade.seller.person_id)


@pytest.mark.parametrize(
    ("fact", "subject"),
    [(PayoutsFrozen, "Payouts are frozen"), (FreezeLiftProposed, "A second word is needed to let payouts go on"), (FreezeLifted, "Payouts go on")],
)  # fmt: skip
def test_every_operator_gets_a_letter(fact: Any, subject: str, django_capture_on_commit_callbacks: Any):
    people = [operator(), operator()]
    one, two = (signed_in(person) for person in people)
    freeze_by(one, reason="A statement looks odd.")
    freeze = Freeze.objects.get()
    checking.check()
    for client, why in ((one, "It was a copy."), (two, "Seen the copy.")):
        send(client, f"/en/office/books/freezes/{freeze.pk}/lift/", reason=why)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        tell_the_operators(fact(freeze.pk))

    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(person.email for person in people)
    assert {letter.subject for letter in mail.outbox} == {subject}
    assert PAGE in mail.outbox[0].body


def test_the_page_asks_as_often_for_many_freezes_as_for_one():
    office = operator()
    client, other = signed_in(office), signed_in(operator())
    asked(client, PAGE)
    counts = []
    for _n in range(2):
        for _k in range(2):
            freeze_by(client, reason="odd")
            freeze = Freeze.objects.latest("id")
            checking.check()
            for who in (client, other):
                send(who, f"/en/office/books/freezes/{freeze.pk}/lift/", reason="fine")
        counts.append(asked(client, PAGE))

    assert counts[0] == counts[1] <= 16
