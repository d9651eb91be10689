"""What a statement shows of our own payments: that a payout came back, and what we send back ourselves."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils.translation import override

from everfair.base.events import run_all_reactions
from everfair.base.refused import Refused
from everfair.ledger.queries import balance
from everfair.ledger.values import bank_cash, costs, line_suspense, return_due, suspense
from everfair.messaging.models import Notice
from everfair.messaging.queries import notice_sentence
from everfair.payments import actions
from everfair.payments.actions import prepare_batch, release_batch
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.models import BankAccount, BankLine, Batch
from tests import make
from tests.payments.own_payments import (
    IBAN,
    bring,
    filed,
    found_breaks,
    free,
    fresh,
    in_clearing,
    next_bank,
    order_of,
    owed,
    sent,
    sums,
)
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich, usd
from tests.payments.test_transfers import CASHIER

# ── what came back ──


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["02", "04", "08", "mt940", "reversed"])
def test_a_payout_that_comes_back_is_in_the_wallet_again(how):
    owner = rich()
    [payout] = sent(owner)
    first = Bank("usd").debit(BIG, "", e2e=payout.pk.hex)
    bring(first)
    mark, text = ("RD" if how == "reversed" else "C"), (f"RETURN /RTRN/AC04/ {payout.pk.hex}" if how == "mt940" else "return")

    bring(first.next().line(mark, BIG, text, e2e=payout.pk.hex, reason="AC04"), "08" if how == "reversed" else how)

    assert (fresh(payout).state, payout.failure, free(owner.company_id)) == ("returned", "AC04", (5_000_000, 0))
    assert (in_clearing(), sums(bank_cash("usd", "USD")), sums(suspense("USD")), found_breaks()) == (0, 0, 0, [])
    back = BankLine.objects.exclude(kind="debit").get()
    assert (back.state, balance(line_suspense(back.pk), "USD").posted.minor) == ("settled", 0)
    assert nothing_is_wrong()


def test_the_company_reads_in_its_own_language_why_a_payout_came_back(committed):
    owner = rich()
    [payout] = sent(owner)
    bring(Bank("usd").debit(BIG, "", e2e=payout.pk.hex).credit(BIG, "", e2e=payout.pk.hex, reason="AC04"))

    run_all_reactions()

    notice = Notice.objects.get(kind="payout.came_back", person_id=owner.person_id)
    assert "The account is closed" in notice_sentence(notice.kind, notice.params)
    with override("zh-hant"):
        assert "帳戶已銷戶" in notice_sentence(notice.kind, notice.params)


@pytest.mark.django_db
def test_the_account_a_payout_came_back_from_is_looked_at_anew_by_two():
    owner = rich()
    [payout] = sent(owner)
    waits = make.payout(owner, usd(BIG), state="batched", account=payout.bank_account)
    bank = Bank("usd").debit(BIG, "", e2e=payout.pk.hex)
    bring(bank)
    bring(bank.next().credit(BIG, "", e2e=payout.pk.hex, reason="AC01"))
    account = BankAccount.objects.get(pk=payout.bank_account_id)
    doubted = (account.state, account.matched, account.doubts)

    with pytest.raises(Refused) as unready:
        actions.request_payout(account.pk, usd(5_000), by=owner)
    with pytest.raises(Exception, match="what was found"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(matched=True)
    prepare_batch(waits.batch_id, by=make.staff())
    with pytest.raises(Refused) as stays:
        release_batch(waits.batch_id, BIG, by=make.staff())
    first, second = make.staff(), make.staff()
    actions.look_at_bank_account(account.pk, "Called them back.", by=first)
    with pytest.raises(Refused):
        actions.confirm_bank_account(account.pk, by=first)
    actions.confirm_bank_account(account.pk, by=second)

    assert doubted == ("added", False, ["returned"])
    assert (unready.value.code, stays.value.code) == ("payments.account_unverified", "payments.batch_empty")
    assert fresh(account).state == "verified"
    release_batch(waits.batch_id, BIG, by=make.staff())
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_what_two_operators_had_confirmed_is_confirmed_by_two_again():
    owner = rich()
    account = BankAccount.objects.create(company_id=owner.company_id, holder="Somebody", wait_hours=0, **make.BANK)
    for _n in range(2):
        first, second = make.staff(), make.staff()
        actions.look_at_bank_account(account.pk, "Seen.", by=first)
        actions.confirm_bank_account(account.pk, by=second)
        payout = make.payout(owner, usd(BIG), account=fresh(account))
        actions.settle_bank_payout(payout.pk, "x", by=make.staff())
        actions.bounce_bank_payout(payout.pk, "AC04", by=make.staff())
        assert (fresh(account).state, account.looked_by, account.confirmed_by) == ("added", None, None)
    assert account.doubts == ["returned"]


@pytest.mark.django_db
@pytest.mark.parametrize(("minor", "kind"), [(BIG - 1, "back_amount"), (BIG + 1, "back_amount")])
def test_what_comes_back_with_another_amount_is_a_break_and_stays_in_suspense(minor, kind):
    owner = rich()
    [payout] = sent(owner)
    bank = Bank("usd").debit(BIG, "", e2e=payout.pk.hex)
    bring(bank)

    bring(bank.next().credit(minor, "", e2e=payout.pk.hex))

    line = BankLine.objects.get(kind="credit")
    assert (fresh(payout).state, free(owner.company_id), found_breaks()) == ("paid", (5_000_000 - BIG, 0), [kind])
    assert (line.state, balance(line_suspense(line.pk), "USD").posted.minor) == ("open", minor)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_what_comes_back_less_the_banks_own_charge_is_whole_again_and_the_charge_is_ours():
    owner = rich()
    [payout] = sent(owner)
    bank = Bank("usd").debit(BIG, "", e2e=payout.pk.hex)
    bring(bank)

    bring(bank.next().credit(BIG - 700, "", e2e=payout.pk.hex, charges=700))

    assert (fresh(payout).state, free(owner.company_id)) == ("returned", (5_000_000, 0))
    assert (in_clearing(), sums(costs("bank", "USD")), found_breaks()) == (0, 700, [])
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_what_comes_back_twice_or_without_having_left_is_a_break():
    [once], [never] = sent(rich()), sent(rich())
    bank = Bank("usd").debit(BIG, "", e2e=once.pk.hex).credit(BIG, "", e2e=once.pk.hex, ref="A")
    bring(bank.credit(BIG, "", e2e=once.pk.hex, ref="B").credit(BIG, "", e2e=never.pk.hex))

    assert (fresh(once).state, fresh(never).state) == ("returned", "sent")
    assert (found_breaks(), in_clearing()) == (["back_state", "back_state"], 0)
    assert nothing_is_wrong()


# ── what we send back ──


@pytest.mark.django_db
def test_a_return_leaves_with_the_payouts_in_one_file_of_two_people_and_its_line_settles_it():
    payout = make.payout(rich(), usd(BIG), state="batched")
    found = owed()

    made = filed(found)
    on_its_way = fresh(found).state
    bring(next_bank().debit(BIG + 70_000, "", batch=(order_of(payout), 2)))

    assert (fresh(found).batch_id, made.count, made.total_minor) == (payout.batch_id, 2, BIG + 70_000)
    assert found.pk.hex.encode() in bytes(made.body)
    assert (on_its_way, fresh(found).state, fresh(payout).state) == ("sent", "done", "paid")
    assert (balance(return_due(found.pk), "USD").posted.minor, in_clearing(), sums(suspense("USD"))) == (0, 0, 0)
    assert (found_breaks(), nothing_is_wrong()) == ([], True)


@pytest.mark.django_db
def test_a_return_is_settled_by_its_own_id_once_and_with_its_amount():
    found = owed()
    filed(found)
    wrong = next_bank().debit(69_999, "", e2e=found.pk.hex, ref="A")
    bring(wrong)
    before = fresh(found).state

    bring(next_bank().debit(70_000, "", e2e=found.pk.hex, ref="B").debit(70_000, "", e2e=found.pk.hex, ref="C"))

    assert (before, fresh(found).state, found_breaks()) == ("sent", "done", ["paid_amount", "paid_twice"])
    assert balance(return_due(found.pk), "USD").posted.minor == 0
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_who_decided_where_money_goes_back_to_does_not_let_it_go():
    who = make.staff()
    found = owed(by=who)
    collect_returns()
    batch_id = fresh(found).batch_id
    prepare_batch(batch_id, by=make.staff())

    with pytest.raises(Refused) as same:
        release_batch(batch_id, 70_000, by=who)
    with pytest.raises(Exception, match="does not let it go"), transaction.atomic():
        Batch.objects.filter(pk=batch_id).update(state="released", released_by=who.person_id)

    assert (same.value.status, fresh(found).state) == (403, "batched")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("account", "name", "why"), [("123456", "Nobody", "number"), ("DE00", "Nobody", "number"), (IBAN, "無名", "letters")]
)
def test_what_a_file_cannot_say_is_taken_out_and_sent_by_hand(account, name, why):
    found = owed(account=account, name=name)

    collect_returns()
    taken_out = fresh(found).state, found.exception, found.batch_id
    bring(next_bank().debit(70_000, "by hand"))
    out = BankLine.objects.get(kind="debit")
    actions.note_return_sent(out.pk, found.pk, "Seen.", by=CASHIER)

    assert taken_out == ("held", why, None)
    assert (fresh(found).state, fresh(out).state, nothing_is_wrong()) == ("done", "settled", True)


@pytest.mark.django_db
def test_a_return_is_taken_out_readmitted_and_what_the_bank_did_not_do_is_sent_by_hand():
    found = owed()
    collect_returns()
    batch = Batch.objects.get(pk=fresh(found).batch_id)
    actions.except_return(found.pk, "They wrote us.", by=make.staff())
    assert (fresh(found).state, fresh(batch).state) == ("held", "dropped")
    actions.readmit_return(found.pk, by=make.staff())
    filed(found)

    actions.bounce_return(found.pk, "The bank refused it.", by=make.staff())
    with pytest.raises(Refused) as again:
        actions.readmit_return(found.pk, by=make.staff())

    assert (fresh(found).state, again.value.code) == ("held", "payments.return_filed")
    assert balance(return_due(found.pk), "USD").posted.minor == 70_000
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_return_that_comes_back_waits_in_suspense_with_a_break():
    found = owed()
    filed(found)
    bring(next_bank().debit(70_000, "", e2e=found.pk.hex))

    bring(next_bank().credit(70_000, "", e2e=found.pk.hex, reason="AC04"))

    line = BankLine.objects.latest("id")
    assert (line.state, balance(line_suspense(line.pk), "USD").posted.minor, found_breaks()) == ("open", 70_000, ["return_back"])
    assert nothing_is_wrong()
