"""By bank transfer: chosen with a reference of its own, matched when the bank says it came, and never counted twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.events import run_all_reactions
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.sql import ask
from everfair.companies.queries import company_of
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import bank_cash, gathered, line_suspense, received, return_due, suspense, wallet
from everfair.markets.actions import set_rule
from everfair.payments.actions import (
    approve_decision,
    assign_line,
    book_costs,
    choose_bank,
    choose_card,
    import_statement,
    keep_line,
    match_lines,
    note_return_sent,
    return_line,
    start_checkout,
    take_event,
    withdraw_decision,
)
from everfair.payments.models import BankBreak, BankLine, BankReturn, BankStatement, Intent, LineDecision, Match, Refund, Route
from everfair.payments.queries import transfer_face
from everfair.trade.actions import pay_stage
from everfair.trade.reactions import money_arrived
from tests import make
from tests.base.together import together
from tests.payments.statements import Bank

pytestmark = pytest.mark.django_db

DUE = 12600  # what the first stage of `make.trade` asks for, in cents
CASHIER = Actor("operator", new_id(), staff_roles=frozenset({"finance"}))
SECOND = Actor("operator", new_id(), staff_roles=frozenset({"operator"}))


def awaited(trade: make.Trade | None = None) -> tuple[make.Trade, Intent]:
    """A payment whose buyer has chosen a transfer."""
    trade = trade or make.trade("agreed")
    intent = choose_bank(pay_stage(trade.stage(1).pk, by=trade.buyer), by=trade.buyer)
    assert intent.amount == Money(DUE, "USD")
    return trade, intent


def bring(bank: Bank, name: str = "bank.sta") -> Any:
    return import_statement(name, bank.mt940(), by=SYSTEM)


def held(address: str, currency: str = "USD") -> int:
    return balance(address, currency).posted.minor


def at_bank(currency: str = "USD") -> int:
    """What our account holds in the books since the first statement: an asset grows by debits."""
    found = ask(_SUM, [bank_cash("usd" if currency == "USD" else "eur", currency)])
    return int(found[0][0])


_SUM = """
    SELECT coalesce(sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END), 0)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s
"""


def rule(name: str, value: str) -> None:
    set_rule(name, "export", Decimal(value), None, "for this test", make.operator())


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def broken() -> list[str]:
    return [f"{proof.name}: {proof.breach}" for proof in prove() if proof.breach]


def said(name: str) -> int:
    return Event.objects.filter(name=name).count()


# ── choosing ──


def test_choosing_a_transfer_gives_a_reference_and_more_time():
    trade, intent = awaited()
    assert (intent.state, intent.method) == ("awaiting", "bank")
    assert intent.reference.startswith("RF")
    assert choose_bank(intent.pk, by=trade.buyer).reference == intent.reference
    until = deadlines_of([intent.pk])[intent.pk, "payments.intent"]
    assert timedelta(days=9, hours=23) < until - clock.now() <= timedelta(days=10)
    face = transfer_face(intent.pk, trade.buyer)
    assert (face.account.code, face.missing.minor, face.code) == ("usd", DUE, "")
    with pytest.raises(Refused) as refused:
        start_checkout(intent.pk, by=trade.buyer)
    assert refused.value.code == "payments.waits_for_bank"


@pytest.mark.usefixtures("committed")
def test_an_order_is_not_closed_over_a_transfer_that_is_on_its_way():
    trade = make.trade("agreed")
    shown, trade_pay = trade.stage(1).due_at, (trade.order.pk, "trade.pay")
    _trade, intent = awaited(trade)

    run_all_reactions()

    later = deadlines_of([trade.order.pk])[trade_pay]
    assert shown < trade.stage(1).due_at == later
    clock.advance(timedelta(days=9))
    fire_due()
    assert trade.fresh().agreement == "agreed"
    bring(Bank("usd").credit(5000, intent.reference))
    run_all_reactions()
    assert deadlines_of([trade.order.pk])[trade_pay] > later


def test_who_chose_a_transfer_may_go_back_to_a_card():
    trade, intent = awaited()
    back = choose_card(intent.pk, by=trade.buyer)
    assert (back.state, back.method) == ("created", "card")
    assert choose_card(intent.pk, by=trade.buyer).state == "created"


def test_nobody_else_may_choose_for_a_payer():
    trade, intent = awaited()
    for stranger in (trade.seller, make.actor(make.company(), "owner")):
        with pytest.raises(NotVisible):
            choose_bank(intent.pk, by=stranger)
        with pytest.raises(NotVisible):
            transfer_face(intent.pk, stranger)


def test_no_transfer_in_a_currency_without_an_account(settings):
    settings.BANK_ACCOUNTS = "[]"
    trade = make.trade("agreed")
    with pytest.raises(Refused) as refused:
        choose_bank(pay_stage(trade.stage(1).pk, by=trade.buyer), by=trade.buyer)
    assert refused.value.code == "payments.no_bank_account"


# ── matching by reference ──


def test_a_transfer_with_its_reference_funds_the_order_by_the_way_of_a_rail():
    trade, intent = awaited()
    done = bring(Bank("usd").credit(DUE, intent.reference, name="Buyer GmbH"))
    assert [row.outcome for row in done.outcomes] == ["booked"]
    assert (fresh(intent).state, intent.provider) == ("captured", "bank")
    assert held(received(intent.pk)) == DUE
    assert at_bank() == DUE
    assert said("PaymentCaptured") == 1
    line = BankLine.objects.get()
    assert (line.state, held(line_suspense(line.pk))) == ("settled", 0)
    money_arrived(make.captured(intent))
    assert trade.stage(1).state in ("funded", "held")
    assert broken() == []


@pytest.mark.parametrize(
    "written",
    [
        lambda ref: f"Invoice 4711 {ref[:4].lower()} {ref[4:9]}-{ref[9:]} thank you",
        lambda ref: f"{ref[2:]} goods",
        lambda ref: f"PO 12 {ref[:7]}\n{ref[7:]}",
        lambda ref: ref.replace("0", "O").replace("1", "I"),
    ],
    ids=["spaced and small", "without its RF", "broken over lines", "letters for digits"],
)
def test_a_reference_is_found_however_the_bank_passed_it_on(written):
    _trade, intent = awaited()
    bring(Bank("usd").credit(DUE, written(intent.reference)))
    assert fresh(intent).state == "captured"


def test_a_reference_that_was_cut_off_counts_with_the_exact_amount_only():
    _trade, intent = awaited()
    bank = Bank("usd").credit(DUE - 1, intent.reference[:12])
    bring(bank)
    assert fresh(intent).state == "awaiting"
    bring(bank.next().credit(DUE, intent.reference[:12]))
    assert fresh(intent).state == "captured"


def test_one_transfer_pays_several_orders():
    (_a, first), (_b, second) = awaited(), awaited()
    bring(Bank("usd").credit(2 * DUE, f"{second.reference} and {first.reference}"))
    assert {fresh(first).state, fresh(second).state} == {"captured"}
    assert broken() == []


def test_a_transfer_for_several_that_is_too_small_fills_them_in_their_order():
    (_a, first), (_b, second) = awaited(), awaited()
    bring(Bank("usd").credit(DUE + 5000, f"{second.reference} {first.reference}"))
    assert (fresh(second).state, fresh(first).state) == ("captured", "awaiting")
    assert held(gathered(first.pk)) == 5000
    assert broken() == []


def test_parts_stand_on_the_payment_until_the_rest_comes():
    trade, intent = awaited()
    bank = Bank("usd").credit(10000, intent.reference)
    bring(bank)
    assert (fresh(intent).state, held(gathered(intent.pk))) == ("awaiting", 10000)
    assert said("PaymentPartReceived") == 1
    assert transfer_face(intent.pk, trade.buyer).missing.minor == 2600
    with pytest.raises(Refused) as refused:
        choose_card(intent.pk, by=trade.buyer)
    assert refused.value.code == "payments.part_came"
    bring(bank.next().credit(2600, intent.reference))
    assert (fresh(intent).state, held(gathered(intent.pk)), held(received(intent.pk))) == ("captured", 0, DUE)
    assert broken() == []


def test_what_banks_on_the_way_took_is_made_up_by_the_platform():
    _trade, intent = awaited()
    bring(Bank("usd").credit(DUE - 252, intent.reference))  # two per cent: as much as the rule allows
    assert fresh(intent).state == "captured"
    assert held(received(intent.pk)) == DUE
    assert int(ask(_SUM, ["provider:bank:costs:USD"])[0][0]) == 252
    assert broken() == []


def test_a_cent_less_than_tolerated_is_a_part_payment():
    _trade, intent = awaited()
    bring(Bank("usd").credit(DUE - 253, intent.reference))
    assert (fresh(intent).state, held(gathered(intent.pk))) == ("awaiting", DUE - 253)


def test_where_the_payer_bears_charges_they_come_from_the_wallet_or_are_waited_for():
    _trade, intent = awaited()
    rule("payments.bank_short_borne", "0")
    bank = Bank("usd").credit(DUE - 200, intent.reference)
    bring(bank)
    assert fresh(intent).state == "awaiting"
    bring(bank.next().credit(500, intent.reference))
    assert fresh(intent).state == "captured"
    assert held(wallet(intent.company_id, "USD")) == 300
    assert broken() == []


def test_more_than_was_asked_for_is_the_payers_in_the_wallet():
    _trade, intent = awaited()
    bring(Bank("usd").credit(DUE + 777, intent.reference))
    assert fresh(intent).state == "captured"
    assert held(wallet(intent.company_id, "USD")) == 777
    assert broken() == []


# ── I14: several ways ──


def test_a_transfer_for_what_a_card_has_paid_goes_back():
    _trade, intent = awaited()
    headers, body = make.told(intent)
    assert take_event("sandbox", headers, body) == "applied"
    assert fresh(intent).state == "captured"
    bring(Bank("usd").credit(DUE, intent.reference, name="Buyer GmbH", account="DE44500105175407324931"))
    owed = BankReturn.objects.get()
    assert (owed.amount_minor, owed.to_account, owed.intent_id) == (DUE, "DE44500105175407324931", intent.pk)
    assert held(return_due(owed.pk)) == DUE
    assert held(received(intent.pk)) == DUE
    assert broken() == []


def test_a_card_that_succeeds_after_the_transfer_is_owed_back():
    _trade, intent = awaited()
    Route.objects.create(intent=intent, n=1, rail="sandbox", outcome="opened")  # the card's page was opened before
    bring(Bank("usd").credit(DUE, intent.reference))
    headers, body = make.told(intent, id="chk_late")
    assert take_event("sandbox", headers, body) == "applied"
    assert held(received(intent.pk)) == DUE
    assert (Refund.objects.get().amount_minor, Refund.objects.get().rail) == (DUE, "sandbox")
    assert broken() == []


def test_parts_go_to_the_wallet_when_a_card_pays_the_whole():
    _trade, intent = awaited()
    bring(Bank("usd").credit(5000, intent.reference))
    headers, body = make.told(intent)
    assert take_event("sandbox", headers, body) == "applied"
    assert (held(gathered(intent.pk)), held(wallet(intent.company_id, "USD"))) == (0, 5000)
    assert broken() == []


def test_parts_go_to_the_wallet_when_the_rest_never_comes():
    _trade, intent = awaited()
    bring(Bank("usd").credit(5000, intent.reference))
    clock.advance(timedelta(days=11))
    fire_due()
    assert (fresh(intent).state, held(wallet(intent.company_id, "USD"))) == ("expired", 5000)
    assert broken() == []


def test_a_transfer_that_comes_too_late_is_the_payers():
    _trade, intent = awaited()
    clock.advance(timedelta(days=11))
    fire_due()
    bank = Bank("usd").credit(300, intent.reference)
    bring(bank)
    assert held(wallet(intent.company_id, "USD")) == 300  # a part for what is over
    bring(bank.next().credit(DUE, intent.reference))
    money_arrived(make.captured(fresh(intent)))
    assert held(wallet(intent.company_id, "USD")) == 300 + DUE
    assert broken() == []


# ── without a reference ──


def test_amount_and_name_are_enough_when_there_is_no_second_reading():
    trade, intent = awaited()
    name = company_of(trade.buyer).name
    bring(Bank("usd").credit(DUE, "goods", name=name.upper()))
    assert fresh(intent).state == "captured"
    assert Match.objects.get().how == "name"


def test_two_payments_of_one_payer_and_amount_wait_for_a_person():
    trade, first = awaited()
    Intent.objects.filter(pk=first.pk).update(purpose=new_id())
    second = Intent.objects.get(pk=first.pk)
    second.pk, second.reference, second.purpose = new_id(), "RF18539007547034", new_id()
    second.save(force_insert=True)
    bring(Bank("usd").credit(DUE, "goods", name=company_of(trade.buyer).name))
    assert (fresh(first).state, fresh(second).state) == ("awaiting", "awaiting")
    line = BankLine.objects.get()
    assert (line.state, held(line_suspense(line.pk))) == ("open", DUE)


def test_the_right_amount_of_a_stranger_stays_in_suspense():
    _trade, intent = awaited()
    bring(Bank("usd").credit(DUE, "hello", name="Completely Different Ltd"))
    assert fresh(intent).state == "awaiting"
    assert broken() == []


def test_a_transfer_in_another_currency_pays_nothing():
    _trade, intent = awaited()
    bring(Bank("eur").credit(DUE, intent.reference))
    assert fresh(intent).state == "awaiting"
    line = BankLine.objects.get()
    assert held(line_suspense(line.pk), "EUR") == DUE


# ── lines that take or undo ──


def test_a_debit_is_booked_out_of_suspense_until_somebody_explains_it():
    bring(Bank("usd").credit(1000, "x").debit(400, "rent"))
    line = BankLine.objects.get(kind="debit")
    assert (line.state, at_bank(), int(ask(_SUM, [suspense("USD")])[0][0])) == ("open", 600, 400)
    made = book_costs(line.pk, "It is their yearly charge.", by=CASHIER)
    assert (made.state, fresh(line).state) == ("done", "settled")
    assert int(ask(_SUM, [suspense("USD")])[0][0]) == 0
    assert broken() == []


def test_what_the_bank_itself_calls_a_charge_is_a_cost_at_once():
    bring(Bank("usd").credit(1000, "x").debit(75, "fee", code="NCHG"))
    assert BankLine.objects.get(kind="debit").state == "settled"
    assert int(ask(_SUM, ["provider:bank:costs:USD"])[0][0]) == 75


def test_a_receipt_that_nobody_had_is_undone_and_said():
    bank = Bank("usd").credit(5000, "unknown", ref="B1")
    bring(bank)
    bring(bank.next().line("RC", 5000, "unknown", ref="B1"))
    first = BankLine.objects.get(kind="credit")
    assert (first.state, held(line_suspense(first.pk)), at_bank()) == ("settled", 0, 0)
    assert BankBreak.objects.get().kind == "reversed"
    assert broken() == []


def test_a_receipt_that_was_used_is_undone_out_of_suspense_and_never_from_the_payer():
    _trade, intent = awaited()
    bank = Bank("usd").credit(DUE, intent.reference, ref="B1")
    bring(bank)
    bring(bank.next().line("RC", DUE, intent.reference, ref="B1"))
    assert (held(received(intent.pk)), at_bank()) == (DUE, 0)
    assert int(ask(_SUM, [suspense("USD")])[0][0]) == DUE  # what we miss, for a person to see
    assert BankLine.objects.get(kind="reversed_credit").state == "open"
    assert BankBreak.objects.get().facts == {"note": "taken_used"}
    assert broken() == []


def test_a_reversed_debit_is_given_to_nobody_by_itself():
    _trade, intent = awaited()
    bring(Bank("usd").line("RD", DUE, intent.reference))
    assert fresh(intent).state == "awaiting"
    assert BankBreak.objects.get().kind == "reversed"
    line = BankLine.objects.get()
    assert (line.state, held(line_suspense(line.pk))) == ("open", DUE)
    assert broken() == []


# ── the desk ──


def unknown(amount: int = DUE) -> BankLine:
    bring(Bank("usd").credit(amount, "?", name="Nobody We Know", account="DE44500105175407324931"))
    return BankLine.objects.get()


def test_the_desk_gives_a_line_to_several_payments():
    (_a, first), (_b, second) = awaited(), awaited()
    line = unknown(2 * DUE + 100)
    assign_line(line.pk, [(first.pk, Money(DUE, "USD")), (second.pk, Money(DUE, "USD"))], "They wrote us.", by=CASHIER)
    assert {fresh(first).state, fresh(second).state} == {"captured"}
    assert (fresh(line).state, held(line_suspense(line.pk))) == ("open", 100)
    assert broken() == []


@pytest.mark.parametrize("minor", [0, -1, DUE + 1])
def test_no_more_than_a_line_holds_is_given(minor):
    _trade, intent = awaited()
    line = unknown()
    with pytest.raises(Refused):
        assign_line(line.pk, [(intent.pk, Money(minor, "USD"))], "x", by=CASHIER)
    with pytest.raises(Refused):
        assign_line(line.pk, [(intent.pk, Money(1, "USD"))], "  ", by=CASHIER)
    assert Match.objects.count() == LineDecision.objects.count() == 0


def test_above_the_rules_amount_two_people_decide():
    _trade, intent = awaited()
    rule("payments.bank_second_above", "100")
    line = unknown()
    made = assign_line(line.pk, [(intent.pk, Money(DUE, "USD"))], "They wrote us.", by=CASHIER)
    assert (made.state, fresh(intent).state) == ("proposed", "awaiting")
    with pytest.raises(Refused) as again:
        keep = assign_line(line.pk, [(intent.pk, Money(DUE, "USD"))], "Again.", by=CASHIER)  # noqa: F841
    assert again.value.code == "payments.decision_waits"
    with pytest.raises(Refused) as same:
        approve_decision(made.pk, by=CASHIER)
    assert same.value.code == "payments.same_person"
    with pytest.raises(DatabaseError), transaction.atomic():
        LineDecision.objects.filter(pk=made.pk).update(state="done")
    approve_decision(made.pk, by=SECOND)
    assert (fresh(intent).state, fresh(line).state) == ("captured", "settled")
    assert broken() == []


def test_what_was_proposed_can_be_withdrawn_and_decided_anew():
    rule("payments.bank_second_above", "100")
    line = unknown()
    made = return_line(line.pk, ("Nobody", "DE44500105175407324931", ""), "Not ours.", by=CASHIER)
    withdraw_decision(made.pk, by=CASHIER)
    assert held(line_suspense(line.pk)) == DUE
    assert return_line(line.pk, ("Nobody", "DE44500105175407324931", ""), "Not ours.", by=CASHIER).state == "proposed"


def test_a_return_is_owed_until_the_bank_shows_that_it_left():
    bank = Bank("usd").credit(DUE, "?", name="Nobody", account="DE44500105175407324931")
    bring(bank)
    line = BankLine.objects.get()
    return_line(line.pk, ("Nobody", "DE44500105175407324931", ""), "Not ours.", by=CASHIER)
    owed = BankReturn.objects.get()
    assert (owed.state, held(return_due(owed.pk)), fresh(line).state) == ("requested", DUE, "settled")
    bring(bank.next().debit(DUE, "back"))
    out = BankLine.objects.get(kind="debit")
    note_return_sent(out.pk, owed.pk, "Seen.", by=CASHIER)
    assert (fresh(owed).state, held(return_due(owed.pk)), fresh(out).state) == ("done", 0, "settled")
    assert int(ask(_SUM, [suspense("USD")])[0][0]) == at_bank() == 0
    assert broken() == []


def test_what_is_kept_stays_in_suspense_with_its_note():
    line = unknown()
    keep_line(line.pk, "We have asked the bank.", by=CASHIER)
    assert (fresh(line).state, held(line_suspense(line.pk))) == ("kept", DUE)
    _trade, intent = awaited()
    assign_line(line.pk, [(intent.pk, Money(DUE, "USD"))], "It was theirs.", by=CASHIER)
    assert (fresh(line).state, fresh(intent).state) == ("settled", "captured")


@pytest.mark.parametrize("who", ["member", "arbitrator", "reviewer"])
def test_nobody_but_a_cashier_decides(who):
    line = unknown()
    by = make.actor(make.company(), "owner") if who == "member" else Actor("operator", new_id(), staff_roles=frozenset({who}))
    with pytest.raises(Refused) as refused:
        keep_line(line.pk, "x", by=by)
    assert refused.value.status == 403
    with pytest.raises(Refused):
        import_statement("x", b":20:", by=by)


# ── races, on real transactions ──


def test_one_file_by_eight_threads_books_once(committed):
    _trade, intent = awaited()
    bank = Bank("usd").credit(DUE, intent.reference).credit(500, "?")
    body = bank.mt940()
    together([lambda: import_statement("bank.sta", body, by=SYSTEM)] * 8)
    match_lines()
    assert (BankStatement.objects.count(), BankLine.objects.count(), BankBreak.objects.count()) == (1, 2, 0)
    assert (fresh(intent).state, at_bank(), said("PaymentCaptured")) == ("captured", DUE + 500, 1)
    assert broken() == []


def test_eight_people_decide_about_one_line_and_one_does(committed):
    intents = [awaited()[1] for _n in range(4)]
    line = unknown()

    def decide(n: int) -> object:
        try:
            return assign_line(line.pk, [(intents[n % 4].pk, Money(DUE, "USD"))], "x", by=CASHIER)
        except Refused as no:
            return no.code

    together([partial(decide, n) for n in range(8)])
    assert sum(fresh(intent).state == "captured" for intent in intents) == 1
    assert (held(line_suspense(line.pk)), LineDecision.objects.count()) == (0, 1)
    assert broken() == []


def test_a_card_and_a_transfer_at_the_same_moment_are_counted_once(committed):
    for _round in range(5):
        _trade, intent = awaited()
        headers, body = make.told(intent)
        last = BankStatement.objects.order_by("-sequence").first()
        bank = Bank("usd", opening=last.closing_minor if last else 0, number=(last.sequence if last else 0) + 1)
        file = bank.credit(DUE, intent.reference).mt940()
        together([partial(take_event, "sandbox", headers, body), partial(import_statement, "x", file, by=SYSTEM)])
        match_lines()
        assert fresh(intent).state == "captured"
        assert held(received(intent.pk)) == DUE
    assert broken() == []


# ── what must always hold ──


@settings(max_examples=20)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["C", "D", "RC", "RD"]), st.integers(1, 10**7)), max_size=6), min_size=1, max_size=4
    )
)
def test_whatever_the_bank_says_the_books_hold_the_same(days):
    with transaction.atomic():
        bank = Bank("usd", opening=10**9)
        total = 0
        for n, day in enumerate(days):
            for mark, minor in day:
                bank.line(mark, minor, "x", ref=f"{n}-{minor}")
                total += minor if mark in ("C", "RD") else -minor
            assert [row.outcome for row in bring(bank).outcomes] == ["booked"]
            bank = bank.next()
        assert at_bank() == total
        assert broken() == []
        transaction.set_rollback(True)


def test_what_a_bank_said_cannot_be_changed():
    line = unknown()
    for change in ({"amount_minor": 1}, {"text": "RF"}, {"key": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            BankLine.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        BankStatement.objects.update(closing_minor=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        BankStatement.objects.create(
            file_id=BankStatement.objects.get().file_id, account="usd", sequence=2, kind="mt940", number="2", currency="USD",
            closing_on=date(2026, 11, 30), opening_minor=1, closing_minor=1, digest="x",
        )  # fmt: skip
