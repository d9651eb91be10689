"""A trade whose money is never anything but a line of a bank: in by transfer, held, earned, out by a batch, and back from a closed account."""

from __future__ import annotations

import pytest

from everfair.base.actor import SYSTEM
from everfair.base.clock import now
from everfair.base.events import run_all_reactions
from everfair.base.money import Money
from everfair.ledger.queries import balance
from everfair.ledger.queries.trial import trial_balance
from everfair.ledger.values import bank_cash, clearing, costs, suspense, wallet
from everfair.messaging.models import Notice
from everfair.messaging.queries import notice_sentence
from everfair.payments.actions import (
    choose_bank,
    confirm_bank_account,
    hand_over_batch,
    import_statement,
    look_at_bank_account,
    prepare_batch,
    release_batch,
    take_file,
)
from everfair.payments.models import BankAccount, BankBreak, BankLine, Payout
from everfair.trade.actions import pay_stage, receive_order, ship_order
from tests import make
from tests.payments.statements import Bank
from tests.payments.test_own_payments import sums
from tests.payments.test_transfers import broken

TERMS = {"quantity": "100000"}  # enough for a payout by our own bank


@pytest.mark.usefixtures("committed")
def test_a_trade_from_bank_to_bank_and_back_leaves_no_cent_unexplained():
    trade = make.trade("agreed", **TERMS)
    bank, came = Bank("usd"), 0
    # The buyer sends both stages from a bank.
    for n in (1, 2):
        intent = choose_bank(pay_stage(trade.stage(n).pk, by=trade.buyer), by=trade.buyer)
        came += intent.amount_minor
        bank = (bank if n == 1 else bank.next()).credit(intent.amount_minor, intent.reference, name="Buyer")
        import_statement("in", bank.mt940(), by=SYSTEM)
        run_all_reactions()
    assert [trade.stage(n).state for n in (1, 2)] == ["funded", "funded"]
    assert sums(bank_cash("usd", "USD")) == came

    # The goods arrive; the seller has earned it, less the fees.
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": now().date()}, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)
    run_all_reactions()
    earned = balance(wallet(trade.seller.company_id, "USD"), "USD").posted
    assert 0 < earned.minor < came

    # All of it leaves by a batch of two people; the bank takes ten dollars for it.
    payout = make.payout(trade.seller, earned, state="batched")
    prepare_batch(payout.batch_id, by=make.staff())
    release_batch(payout.batch_id, earned.minor, by=make.staff())
    take_file(payout.batch_id, by=make.staff())
    hand_over_batch(payout.batch_id, by=make.staff())
    second = bank.next().debit(earned.minor + 1_000, "Everfair", e2e=payout.pk.hex, charges=1_000, ref="OUT-1")
    import_statement("out", second.camt(), by=SYSTEM)
    run_all_reactions()
    assert Payout.objects.get().state == "paid"
    assert balance(wallet(trade.seller.company_id, "USD"), "USD").posted == Money.zero("USD")
    assert (sums(clearing("bank", "USD")), sums(suspense("USD")), sums(costs("bank", "USD"))) == (0, 0, 1_000)
    assert broken() == []

    # And comes back: the account is closed.
    third = second.next().credit(earned.minor, "RETURN", e2e=payout.pk.hex, reason="AC04", ref="BACK-1")
    for _again in range(2):
        import_statement("back", third.camt(), by=SYSTEM)
    run_all_reactions()
    assert Payout.objects.get().state == "returned"
    assert balance(wallet(trade.seller.company_id, "USD"), "USD").posted == earned
    told = Notice.objects.filter(kind="payout.came_back", person_id=trade.seller.person_id)
    assert ["The account is closed" in notice_sentence(row.kind, row.params) for row in told] == [True]
    assert BankAccount.objects.get().state == "added"

    # Two operators look at the account anew, and it leaves once more.
    account = BankAccount.objects.get()
    look_at_bank_account(account.pk, "Their bank says it was a mistake.", by=make.staff())
    confirm_bank_account(account.pk, by=make.staff())
    again = make.payout(trade.seller, earned, state="batched", account=account)
    prepare_batch(again.batch_id, by=make.staff())
    release_batch(again.batch_id, earned.minor, by=make.staff())
    take_file(again.batch_id, by=make.staff())
    import_statement("out again", third.next().debit(earned.minor, again.pk.hex).mt940(), by=SYSTEM)

    assert Payout.objects.get(pk=again.pk).state == "paid"
    assert sums(bank_cash("usd", "USD")) == came - earned.minor - 1_000
    assert (sums(clearing("bank", "USD")), sums(suspense("USD"))) == (0, 0)
    assert (BankBreak.objects.count(), BankLine.objects.exclude(state="settled").count()) == (0, 0)
    assert all(each.debits == each.credits for each in trial_balance())
    assert broken() == []
