"""The loop with our bank: a debit settles what left, a credit brings back what returned, and what does not fit is a break, never money."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from everfair.base.actor import SYSTEM
from everfair.base.money import Money
from everfair.base.sql import ask
from everfair.ledger.values import bank_cash, costs, suspense
from everfair.payments import actions
from everfair.payments.actions import import_statement, match_lines
from everfair.payments.models import BankLine, Match, PayoutFile
from tests import make
from tests.payments.own_payments import (
    bring,
    found_breaks,
    free,
    fresh,
    in_clearing,
    order_of,
    sent,
    sums,
)
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich, usd

# ── what left ──


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["02", "04", "08", "mt940"])
def test_a_debit_that_quotes_a_payout_settles_it_and_clearing_is_nothing(how):
    owner = rich()
    [payout] = sent(owner)
    text = f"EREF+{payout.pk.hex}" if how == "mt940" else "payout"

    bring(Bank("usd").debit(BIG, text, e2e=payout.pk.hex, ref="NTRF-1"), how)

    assert (fresh(payout).state, payout.provider_ref) == ("paid", "NTRF-1")
    assert (free(owner.company_id), in_clearing(), sums(suspense("USD"))) == ((5_000_000 - BIG, 0), 0, 0)
    assert sums(bank_cash("usd", "USD")) == -BIG
    assert (BankLine.objects.get().state, Match.objects.get().target, found_breaks()) == ("settled", "payout", [])
    assert nothing_is_wrong()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["{id}", "/EREF/{id}/REMI/x", "ref {ID} end", "EREF: {broken}", "P-1 {spaced}"],
)
def test_an_id_is_found_however_the_bank_passed_it_on(text):
    [payout] = sent(rich())
    plain = payout.pk.hex
    told = text.format(id=plain, ID=plain.upper(), broken=f"{plain[:20]}\n{plain[20:]}", spaced=f"{plain[:16]} {plain[16:]}")

    bring(Bank("usd").debit(BIG, told), "mt940")

    assert fresh(payout).state == "paid"


@pytest.mark.django_db
def test_a_field_of_sixteen_characters_is_enough_where_one_payout_can_be_meant():
    [payout] = sent(rich())

    bring(Bank("usd").debit(BIG, "payout", cust=payout.pk.hex[:16]), "mt940")

    assert (fresh(payout).state, nothing_is_wrong()) == ("paid", True)


@pytest.mark.django_db
@pytest.mark.parametrize("told", ["order", "block in the text", "message in the text", "sum and number"])
def test_a_batch_that_the_bank_booked_as_one_debit_settles_each_of_its_payouts(told):
    owners = rich(), rich()
    payouts = sent(*owners, amounts=(BIG, BIG + 1))
    order = order_of(payouts[0])
    whole = PayoutFile.objects.get().message_id
    bank = Bank("usd")
    match told:
        case "order":
            bank.debit(2 * BIG + 1, "", batch=(order, 2))
        case "sum and number":
            bank.debit(2 * BIG + 1, "", batch=("", 2))
        case _:
            bank.debit(2 * BIG + 1, f"SAMMLER {order if 'block' in told else whole} 2 POSTEN")

    bring(bank, "mt940" if "text" in told else "08")

    assert [fresh(payout).state for payout in payouts] == ["paid", "paid"]
    assert (in_clearing(), sums(suspense("USD")), found_breaks()) == (0, 0, [])
    assert sorted(Match.objects.values_list("amount_minor", "how")) == [(BIG, "batch"), (BIG + 1, "batch")]
    assert nothing_is_wrong()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minor", "count"),
    [(2 * BIG, 2), (2 * BIG + 2, 2), (2 * BIG + 1, 3), (BIG, 1)],
    ids=["less", "more", "another number", "one of them"],
)
def test_a_batch_of_another_sum_or_number_is_a_break_and_moves_nothing(minor, count):
    owners = rich(), rich()
    payouts = sent(*owners, amounts=(BIG, BIG + 1))

    bring(Bank("usd").debit(minor, "", batch=(order_of(payouts[0]), count)))

    assert [fresh(payout).state for payout in payouts] == ["sent", "sent"]
    assert (in_clearing(), sums(suspense("USD")), found_breaks()) == (0, minor, ["order_sum"])
    assert (BankLine.objects.get().state, Match.objects.count()) == ("open", 0)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_bank_that_names_the_order_and_the_first_of_its_payments_means_the_order():
    payouts = sent(rich(), rich())

    bring(Bank("usd").debit(2 * BIG, f"{order_of(payouts[0])} {payouts[0].pk.hex}"), "mt940")

    assert ([fresh(payout).state for payout in payouts], found_breaks()) == (["paid", "paid"], [])
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_payouts_of_several_currencies_in_one_line_are_a_break():
    owner = rich("EUR")
    [dollars] = sent(rich())
    euros = make.payout(owner, Money(BIG, "EUR"), account=make.bank_account(owner, currency="EUR"))

    bring(Bank("usd").debit(BIG, f"{dollars.pk.hex} {euros.pk.hex}"), "mt940")

    assert (fresh(dollars).state, fresh(euros).state, found_breaks()) == ("sent", "sent", ["paid_amount"])


@pytest.mark.django_db
def test_two_batches_of_the_same_sum_and_number_are_for_a_person():
    first, second = sent(rich()), sent(rich())
    bring(Bank("usd").debit(BIG, "", batch=("", 1)))

    assert [fresh(row).state for row in (*first, *second)] == ["sent", "sent"]
    assert (BankLine.objects.get().state, found_breaks()) == ("open", [])


@pytest.mark.django_db
@pytest.mark.parametrize("minor", [BIG - 1, BIG + 1, 1])
def test_another_amount_is_a_break_and_moves_nothing(minor):
    owner = rich()
    [payout] = sent(owner)

    bring(Bank("usd").debit(minor, "", e2e=payout.pk.hex))

    assert (fresh(payout).state, free(owner.company_id)) == ("sent", (5_000_000, BIG))
    assert (in_clearing(), sums(suspense("USD")), found_breaks()) == (0, minor, ["paid_amount"])
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_another_currency_is_a_break_and_moves_nothing():
    [payout] = sent(rich())

    bring(Bank("eur").debit(BIG, "", e2e=payout.pk.hex))

    assert (fresh(payout).state, found_breaks(), nothing_is_wrong()) == ("sent", ["paid_amount"], True)


@pytest.mark.django_db
def test_what_has_not_left_or_has_ended_is_not_settled_by_a_line():
    [bounced] = sent(rich())
    batched = make.payout(rich(), usd(BIG), state="batched")
    actions.bounce_bank_payout(bounced.pk, "AC01", by=make.staff())
    bank = Bank("usd").debit(BIG, "", e2e=batched.pk.hex).debit(BIG, "", e2e=bounced.pk.hex)

    bring(bank)

    assert (fresh(batched).state, fresh(bounced).state) == ("batched", "failed")
    assert (found_breaks(), in_clearing()) == (["paid_state", "paid_state"], 0)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_payout_that_the_bank_shows_twice_is_settled_once_and_the_second_is_a_break():
    owner = rich()
    [payout] = sent(owner)
    bank = Bank("usd").debit(BIG, "", e2e=payout.pk.hex, ref="A").debit(BIG, "", e2e=payout.pk.hex, ref="B")

    bring(bank)

    assert (free(owner.company_id), in_clearing(), sums(suspense("USD"))) == ((5_000_000 - BIG, 0), 0, BIG)
    assert (found_breaks(), Match.objects.count()) == (["paid_twice"], 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(
            line=BankLine.objects.get(bank_ref="B"),
            target="payout",
            payout=payout,
            amount_minor=BIG,
            currency="USD",
            how="desk",
            by="x",
        )
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_the_same_statement_again_changes_nothing():
    [payout] = sent(rich())
    bank = Bank("usd").debit(BIG, "", e2e=payout.pk.hex, ref="A")
    body = bank.camt()
    import_statement("one", body, by=SYSTEM)
    entries = ask("SELECT count(*) FROM ledger_entry")[0][0]

    import_statement("one", body, by=SYSTEM)
    import_statement("as MT940", bank.mt940(), by=SYSTEM)
    match_lines()

    assert (ask("SELECT count(*) FROM ledger_entry")[0][0], in_clearing(), BankLine.objects.count()) == (entries, 0, 1)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_payout_settled_by_hand_waits_in_clearing_for_its_line():
    [payout] = sent(rich())
    actions.settle_bank_payout(payout.pk, "seen in the portal", by=make.staff())
    before = in_clearing()

    bring(Bank("usd").debit(BIG, "", e2e=payout.pk.hex))

    assert (before, in_clearing(), fresh(payout).provider_ref) == (-BIG, 0, "seen in the portal")
    assert nothing_is_wrong()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["02", "04", "08", "mt940"])
def test_what_the_bank_takes_for_itself_is_a_cost_by_its_own_word(how):
    [payout] = sent(rich())
    more = (
        {"text": payout.pk.hex, "more": "/OCMT/USD15000,00/CHGS/USD15,00/"}
        if how == "mt940"
        else {"text": "x", "e2e": payout.pk.hex}
    )
    text = more.pop("text")

    bring(Bank("usd").debit(BIG + 1_500, text, charges=1_500, **more), how)

    assert (fresh(payout).state, in_clearing(), sums(suspense("USD"))) == ("paid", 0, 0)
    assert (sums(costs("bank", "USD")), found_breaks()) == (1_500, [])
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_difference_that_the_bank_does_not_call_its_charge_is_a_break():
    [payout] = sent(rich())

    bring(Bank("usd").debit(BIG + 1_500, "", e2e=payout.pk.hex, charges=1_400))

    assert (fresh(payout).state, found_breaks(), sums(costs("bank", "USD"))) == ("sent", ["paid_amount"], 0)
