"""A provider's withdrawal to our own bank: from what it has settled, on its way, into our account; nobody needs to look at it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.ledger.values import settled, suspense, transit
from everfair.payments.actions import import_statement, note_withdrawal, take_statement
from everfair.payments.actions.settling import StatementRead
from everfair.payments.models import BankLine, Match, RailBreak, SettledLine
from everfair.payments.providers.port import StatementLine
from everfair.payments.queries import rail_accounts
from everfair.payments.queries.settling import withdrawals_on_their_way
from tests.base.together import together
from tests.payments.own_payments import CASHIER, sums
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong

pytestmark = pytest.mark.django_db
WHOLE = 250_000
SETTLED = datetime(2026, 11, 2, 9, tzinfo=UTC)


def told(ref: str = "wd_1", minor: int = WHOLE, kind: str = "withdrawal", **more: object) -> StatementLine:
    gross = -minor if kind == "withdrawal" else minor
    given = {"reference": "wd_1", "fee": Money(0, "USD"), "settled_at": SETTLED, **more}
    fee = given["fee"]
    return StatementLine(ref=ref, kind=kind, gross=Money(gross, "USD"), net=Money(gross, "USD") - fee, **given)  # type: ignore[arg-type]


def sent(*lines: StatementLine, rail: str = "sandbox") -> StatementRead:
    return take_statement(rail, lines or [told()])


def receipt(text: str, minor: int = WHOLE, name: str = "Somebody") -> BankLine:
    import_statement("x", Bank("usd").credit(minor, text, name=name).mt940(), by=CASHIER)
    return BankLine.objects.get(amount_minor=minor)


def test_what_a_provider_sends_to_us_leaves_what_it_has_settled_and_is_on_its_way():
    read = sent(told(fee=Money(100, "USD")))

    assert (read.settled, read.breaks) == (1, 0)
    assert (sums(settled("sandbox", "USD")), sums(transit("sandbox", "USD"))) == (-WHOLE - 100, WHOLE)
    assert sent(told(fee=Money(100, "USD"))).settled == 0
    assert [row.transit for row in rail_accounts()] == [Money(WHOLE, "USD")]
    assert nothing_is_wrong()


@pytest.mark.parametrize(("text", "name"), [("PAYOUT WD_1 THANK YOU", "Somebody"), ("weekly payout", "EVERFAIR SANDBOX LTD")])
def test_the_line_of_our_bank_that_has_its_reference_or_names_the_provider_ends_it(text: str, name: str):
    sent()
    line = receipt(text, name=name)

    assert line.state == "settled"
    assert (sums(transit("sandbox", "USD")), sums(suspense("USD"))) == (0, 0)
    match = Match.objects.get(line=line)
    assert (match.target, match.settled_line.ref, match.how) == ("withdrawal", "wd_1", "reference")  # type: ignore[union-attr]
    assert withdrawals_on_their_way("USD") == []
    assert nothing_is_wrong()


@pytest.mark.parametrize(
    ("text", "name", "minor"),
    [("weekly payout", "Somebody", WHOLE), ("PAYOUT WD_1", "EVERFAIR SANDBOX LTD", WHOLE - 1)],
    ids=["names nobody", "another amount"],
)
def test_a_line_that_does_not_say_so_or_has_another_amount_waits_for_a_person(text: str, name: str, minor: int):
    sent()
    line = receipt(text, minor, name)

    assert line.state == "open"
    assert sums(transit("sandbox", "USD")) == WHOLE
    assert nothing_is_wrong()


def test_of_two_of_one_amount_the_one_that_is_named_is_taken_and_without_a_reference_neither():
    sent(told(), told("wd_2", reference="wd_2"))
    bank = Bank("usd").credit(WHOLE, "payout", name="Everfair sandbox")
    import_statement("x", bank.mt940(), by=CASHIER)
    assert {row.reference for row in withdrawals_on_their_way("USD", -WHOLE)} == {"wd_1", "wd_2"}

    import_statement("y", bank.next().credit(WHOLE, "payout wd_2", name="Everfair sandbox").mt940(), by=CASHIER)

    assert {row.reference for row in withdrawals_on_their_way("USD", -WHOLE)} == {"wd_1"}


def test_the_desk_says_which_it_is_and_only_one_of_this_amount():
    sent(told(), told("wd_2", 999, reference="wd_2"))
    line = receipt("nothing to go by")
    ours, other = (SettledLine.objects.get(ref=ref) for ref in ("wd_1", "wd_2"))
    with pytest.raises(Refused) as refusal:
        note_withdrawal(line.pk, other.pk, "looked at their console", by=CASHIER)

    assert refusal.value.code == "payments.no_such_withdrawal"
    assert note_withdrawal(line.pk, ours.pk, "looked at their console", by=CASHIER).state == "done"
    assert Match.objects.get(line=line).how == "desk"
    assert sums(transit("sandbox", "USD")) == 999
    assert nothing_is_wrong()


def test_what_our_bank_did_not_take_is_settled_there_again():
    sent()
    read = sent(told("wd_1:returned", kind="withdrawal_returned"))

    assert (read.settled, read.breaks) == (1, 0)
    assert (sums(settled("sandbox", "USD")), sums(transit("sandbox", "USD"))) == (0, 0)
    assert withdrawals_on_their_way("USD") == []
    assert receipt("PAYOUT WD_1").state == "open"
    assert nothing_is_wrong()


@pytest.mark.parametrize(
    "line",
    [
        told("w", kind="withdrawal_returned", reference="never sent"),
        told("w", -WHOLE, reference="w"),
        StatementLine("w", "withdrawal", "w", Money(-5, "USD"), Money(0, "USD"), Money(-4, "USD"), SETTLED),
    ],
    ids=["came back and never left", "money that came", "wrong sum"],
)
def test_what_cannot_be_so_is_a_break_and_moves_nothing(line: StatementLine):
    read = sent(line)

    assert (read.settled, read.breaks) == (0, 1)
    assert (sums(settled("sandbox", "USD")), sums(transit("sandbox", "USD"))) == (0, 0)
    assert RailBreak.objects.get().kind in ("unknown", "sum")


def test_the_database_refuses_one_withdrawal_for_two_lines():
    sent()
    line = receipt("PAYOUT WD_1")
    match = Match.objects.get(line=line)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(
            Match(
                id=new_id(),
                line=line,
                target="withdrawal",
                settled_line=match.settled_line,
                amount_minor=1,
                currency="USD",
                how="desk",
                by="x",
            )
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.pg15
def test_two_people_who_give_it_to_two_lines_at_once_give_it_once():
    sent()
    import_statement("x", Bank("usd").credit(WHOLE, "one").credit(WHOLE, "two").mt940(), by=CASHIER)
    ours = SettledLine.objects.get()
    lines = list(BankLine.objects.order_by("id"))

    def give(line: BankLine) -> str:
        try:
            return note_withdrawal(line.pk, ours.pk, "this one", by=CASHIER).state
        except Refused as refusal:
            return refusal.code

    assert sorted(together([partial(give, line) for line in lines])) == ["done", "payments.no_such_withdrawal"]
    assert Match.objects.filter(target="withdrawal").count() == 1
    assert nothing_is_wrong()
