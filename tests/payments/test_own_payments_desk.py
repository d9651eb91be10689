"""Our own payments at the desk, at once, in the reader's words, and proven."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils.translation import override

from everfair.base.actor import SYSTEM
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.values import costs, suspense
from everfair.payments import actions
from everfair.payments.actions import import_statement, match_lines
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.models import BankBreak, BankLine, BankReturn, Match
from everfair.payments.queries import break_note
from tests import make
from tests.base.together import together
from tests.payments.own_payments import (
    bring,
    filed,
    found_breaks,
    free,
    fresh,
    in_clearing,
    next_bank,
    owed,
    sent,
    sums,
)
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich
from tests.payments.test_transfers import CASHIER, SECOND, broken

# ── at the desk ──


@pytest.mark.django_db
def test_a_person_says_what_a_line_paid_and_what_came_back():
    owners = rich(), rich()
    payouts = sent(*owners)
    bank = Bank("usd").debit(2 * BIG + 900, "SAMMELAUFTRAG")
    bring(bank)
    out = BankLine.objects.get()
    ids = [payout.pk for payout in payouts]
    with pytest.raises(Refused) as less:
        actions.note_paid(out.pk, ids[:1], "Only one?", by=CASHIER)
    made = actions.note_paid(out.pk, ids, "The portal says so.", by=CASHIER)
    assert (made.state, fresh(payouts[0]).state) == ("proposed", "sent")
    actions.approve_decision(made.pk, by=SECOND)
    assert [fresh(payout).state for payout in payouts] == ["paid", "paid"]
    assert (less.value.code, sums(costs("bank", "USD")), in_clearing()) == ("payments.payout_misfit", 900, 0)

    bring(bank.next().credit(BIG - 800, "RETOURE"))
    back = BankLine.objects.get(kind="credit")
    made = actions.note_bounced(back.pk, ids[0], "AC06", "The bank told us.", by=CASHIER)
    actions.approve_decision(made.pk, by=SECOND)

    assert (fresh(payouts[0]).state, payouts[0].failure, free(owners[0].company_id)) == ("returned", "AC06", (5_000_000, 0))
    assert (sums(costs("bank", "USD")), in_clearing(), sums(suspense("USD"))) == (1_700, 0, 0)
    assert nothing_is_wrong()


# ── at once, on real transactions ──


def test_one_statement_by_eight_threads_settles_a_payout_once(committed):
    owner = rich()
    [payout] = sent(owner)
    body = Bank("usd").debit(BIG, "", e2e=payout.pk.hex).credit(BIG, "", e2e=payout.pk.hex, reason="AC04").camt()

    together([partial(import_statement, "bank", body, by=SYSTEM)] * 6 + [match_lines] * 2)
    match_lines()

    assert (fresh(payout).state, free(owner.company_id), in_clearing()) == ("returned", (5_000_000, 0), 0)
    assert (Match.objects.count(), ask("SELECT count(*) FROM ledger_entry WHERE kind LIKE 'payout%%'")[0][0]) == (2, 2)
    assert broken() == []


def test_a_hand_and_a_statement_at_once_settle_a_payout_once(committed):
    owner = rich()
    [payout] = sent(owner)
    body = Bank("usd").debit(BIG, "", e2e=payout.pk.hex).camt()
    staff = make.staff()

    together(
        [
            partial(import_statement, "bank", body, by=SYSTEM),
            partial(actions.settle_bank_payout, payout.pk, "by hand", by=staff),
            partial(actions.bounce_bank_payout, payout.pk, "AC01", by=staff),
        ]
    )
    match_lines()

    state = fresh(payout).state
    assert state in ("paid", "returned", "failed")
    assert free(owner.company_id) == ((5_000_000 - BIG, 0) if state == "paid" else (5_000_000, 0))
    assert in_clearing() == (0 if state != "returned" else BIG)
    assert (found_breaks() == ["paid_state"]) == (state == "failed")
    assert broken() == []


def test_a_return_sent_by_hand_and_put_into_a_batch_at_once_is_one_of_both(committed):
    found = owed()
    bring(next_bank().debit(70_000, "by hand"))
    out = BankLine.objects.get(kind="debit")

    together([collect_returns, partial(actions.note_return_sent, out.pk, found.pk, "Seen.", by=CASHIER)])

    state = fresh(found).state
    assert state in ("batched", "done")
    assert (fresh(out).state == "settled") == (state == "done")
    assert broken() == []


# ── breaks in the reader's words ──


@pytest.mark.django_db
def test_what_was_found_is_kept_as_a_code_and_read_in_the_readers_words():
    [payout] = sent(rich())
    bring(Bank("usd").debit(BIG - 1, "", e2e=payout.pk.hex))
    found = BankBreak.objects.get()

    assert (found.note, found.facts["note"], found.facts["sent"]) == ("", "paid_amount", [BIG, "USD"])
    with override("en"):
        english = break_note(found)
    with override("zh-hant"):
        chinese = break_note(found)
    assert "15,000.00" in english
    assert "14,999.99" in english
    assert chinese != english


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["shown and not booked", "more than the line", "ended and still owed"])
def test_the_proofs_find_what_was_changed_behind_the_books(change):
    found = owed()
    filed(found)
    [payout] = sent(rich())
    bring(next_bank().debit(5_000, "?"))
    line = BankLine.objects.get(kind="debit")
    assert nothing_is_wrong()

    if change == "shown and not booked":
        Match.objects.create(line=line, target="payout", payout=payout, amount_minor=5_000, currency="USD", how="desk", by="x")
    elif change == "more than the line":
        Match.objects.create(line=line, target="costs", amount_minor=5_001, currency="USD", how="desk", by="x")
    else:
        BankReturn.objects.filter(pk=found.pk).update(state="done")

    names = {
        "shown and not booked": "every payout by our bank stands in its clearing until a statement shows it, and never after",
        "more than the line": "what left our bank is explained to the cent, or in suspense",
        "ended and still owed": "every transfer that goes back is owed until a statement shows that it left",
    }
    assert [each.partition(":")[0] for each in broken()] == [names[change]]
