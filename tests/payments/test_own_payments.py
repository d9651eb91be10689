"""The loop with our bank: a debit settles what left, a credit brings back what returned, and what does not fit is a break, never money."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from everfair.base.actor import SYSTEM, Actor
from everfair.base.events import run_all_reactions
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.queries import balance
from everfair.ledger.values import bank_cash, clearing, costs, line_suspense, return_due, suspense, wallet
from everfair.messaging.models import Notice
from everfair.messaging.queries import notice_sentence
from everfair.payments import actions
from everfair.payments.actions import hand_over_batch, import_statement, match_lines, prepare_batch, release_batch, take_file
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.models import BankAccount, BankBreak, BankLine, BankReturn, Batch, Match, Payout, PayoutFile
from everfair.payments.queries import break_note
from tests import make
from tests.base.together import together
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich, usd
from tests.payments.test_transfers import CASHIER, SECOND, broken

IBAN = "DE44500105175407324931"


def sums(address: str) -> int:
    """Debits less credits."""
    return int(ask(_SUM, [address])[0][0])


_SUM = """
    SELECT coalesce(sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END), 0)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s
"""


def in_clearing() -> int:
    return sums(clearing("bank", "USD"))


def free(company_id: Any) -> tuple[int, int]:
    found = balance(wallet(company_id, "USD"), "USD")
    return found.posted.minor, found.reserved.minor


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def sent(*owners: Actor, amounts: tuple[int, ...] = ()) -> list[Payout]:
    """Payouts by our bank that left in one batch and one file; the bank has it."""
    wanted = amounts or (BIG,) * len(owners)
    payouts = [make.payout(owner, usd(minor), state="batched") for owner, minor in zip(owners, wanted, strict=True)]
    batch_id = payouts[0].batch_id
    assert {payout.batch_id for payout in payouts} == {batch_id}
    prepare_batch(batch_id, by=make.staff())
    release_batch(batch_id, sum(wanted), by=make.staff())
    take_file(batch_id, by=make.staff())
    hand_over_batch(batch_id, by=make.staff())
    return [fresh(payout) for payout in payouts]


def order_of(payout: Payout) -> str:
    return f"{PayoutFile.objects.get(batch_id=payout.batch_id).message_id[:32]}-1"


def bring(bank: Bank, how: str = "08") -> Any:
    return import_statement("bank", bank.mt940() if how == "mt940" else bank.camt(how), by=SYSTEM)


def found_breaks() -> list[str]:
    return list(BankBreak.objects.order_by("id").values_list("kind", flat=True))


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


def owed(amount: int = 70_000, *, by: Actor = CASHIER, account: str = IBAN, name: str = "Nobody GmbH") -> BankReturn:
    """A receipt of nobody that is to go back, put into the batch of our bank."""
    line = BankLine.objects.filter(kind="credit", state="open", amount_minor=amount).first()
    if line is None:
        last = ask(
            "SELECT coalesce((SELECT closing_minor FROM payments_bankstatement WHERE account = 'usd' ORDER BY sequence DESC LIMIT 1), 0)"
        )
        n = ask("SELECT count(*) FROM payments_bankstatement")[0][0] + 1
        bring(Bank("usd", int(last[0][0]), n).credit(amount, "?", name=name, account=account, ref=f"IN{n}"), "mt940")
        line = BankLine.objects.filter(kind="credit", state="open").latest("id")
    actions.return_line(line.pk, (name, account, ""), "Not ours.", by=by)
    return BankReturn.objects.latest("id")


def filed(found: BankReturn) -> PayoutFile:
    collect_returns()
    batch_id = fresh(found).batch_id
    seen = sum(BankReturn.objects.filter(batch_id=batch_id).values_list("amount_minor", flat=True))
    seen += sum(Payout.objects.filter(batch_id=batch_id).values_list("amount_minor", flat=True))
    prepare_batch(batch_id, by=make.staff())
    release_batch(batch_id, seen, by=make.staff())
    made = take_file(batch_id, by=make.staff())
    hand_over_batch(batch_id, by=make.staff())
    return made


def next_bank() -> Bank:
    closing, n = ask(
        "SELECT closing_minor, sequence FROM payments_bankstatement WHERE account = 'usd' ORDER BY sequence DESC LIMIT 1"
    )[0]
    made = Bank("usd", int(closing), int(n) + 1)
    for _day in range(int(n)):
        made.day = made.next().day
    return made


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
