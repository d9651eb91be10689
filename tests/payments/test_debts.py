"""What a company owes: the wallet never below zero, taken first from whatever comes in, asked for until it is nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.deadlines import fire_due
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance_at
from everfair.ledger.values import Transfer, clearing, owed, wallet
from everfair.messaging.models import Notice
from everfair.payments.actions import net_debts, owe_company, request_payout
from everfair.payments.actions.debts import net_all_debts
from everfair.payments.actions.payouts import dispatch_payout
from everfair.payments.models import Debt, Payout
from tests import make
from tests.base.together import together
from tests.payments.test_actions import held, nothing_is_wrong, usd
from tests.payments.test_bank_accounts import constraint

BACK_TO = clearing("sandbox", "USD")


def claw(company_id, minor: int, cause: str = "chargeback:1") -> Debt:
    return owe_company(company_id, usd(minor), BACK_TO, cause=cause, reason="Chargeback of a payment", by=SYSTEM)


def come_in(company_id, minor: int) -> None:
    post_entry(
        f"in:{make.next_number()}", [Transfer(BACK_TO, wallet(company_id, "USD"), usd(minor))], kind="payment_returned", by=SYSTEM
    )


def owes(company_id) -> int:
    return -balance_at(owed(company_id, "USD"), clock.now())


@pytest.mark.django_db
def test_what_the_wallet_holds_is_taken_at_once_and_the_rest_stands_as_a_debt():
    trade = make.trade("completed")
    firm = trade.order.seller_id

    covered = claw(firm, 10_000, "chargeback:small")
    rest = claw(firm, 50_000)

    assert (covered.state, covered.left_minor) == ("settled", 0)
    assert (rest.state, rest.left_minor, held(firm), owes(firm)) == ("open", 50_000 - 31_160, (0, 0), 18_840)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_what_comes_in_is_taken_first_and_the_same_event_is_owed_once():
    firm = make.company().pk
    first, again = claw(firm, 5_000), claw(firm, 5_000)
    claw(firm, 2_000, "chargeback:2")
    come_in(firm, 6_000)

    assert net_all_debts() == 1
    assert net_all_debts() == 0

    assert first.pk == again.pk
    assert sorted(Debt.objects.values_list("cause", "left_minor", "state")) == [
        ("chargeback:1", 0, "settled"),
        ("chargeback:2", 1_000, "open"),
    ]
    assert (held(firm), owes(firm)) == ((0, 0), 1_000)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_payout_is_asked_for_out_of_what_is_left():
    trade = make.trade("completed")
    firm = trade.order.seller_id
    account = make.bank_account(trade.seller)
    Debt.objects.all()
    claw(firm, 50_000)
    come_in(firm, 20_000)

    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, usd(19_000), by=trade.seller)
    payout = request_payout(account.pk, usd(11_160), by=trade.seller)

    assert refusal.value.code == "ledger.short"
    assert (payout.amount_minor, held(firm), owes(firm)) == (11_160, (11_160, 11_160), 0)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_payouts_that_have_not_left_are_called_off_newest_first_as_far_as_needed():
    trade = make.trade("completed")
    firm = trade.order.seller_id
    account = make.bank_account(trade.seller)
    older, newer = (request_payout(account.pk, usd(20_000), by=trade.seller) for _n in range(2))

    debt = claw(firm, 15_000)

    assert [Payout.objects.get(pk=row.pk).state for row in (older, newer)] == ["approved", "cancelled"]
    assert Payout.objects.get(pk=newer.pk).exception == "netted"
    assert (debt.state, held(firm)) == ("settled", (26_160, 20_000))
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_payout_let_go_before_the_debt_is_held_at_the_last_look():
    trade = make.trade("completed")
    payout = make.payout(trade.seller, usd(41_160), state="released")
    claw(trade.order.seller_id, 5_000)

    assert dispatch_payout(payout.pk, by=SYSTEM) == "debt"
    payout.refresh_from_db()
    assert (payout.state, payout.exception) == ("held", "debt")


@pytest.mark.django_db
def test_it_is_asked_for_twice_and_then_overdue():
    firm = make.company()
    make.member(firm, "finance")
    debt = claw(firm.pk, 5_000)
    for days in (8, 5, 2):
        clock.advance(timedelta(days=days))
        fire_due()

    debt.refresh_from_db()
    assert debt.state == "overdue"
    assert list(Notice.objects.order_by("id").values_list("kind", flat=True)) == ["debt.reminder", "debt.reminder"]
    come_in(firm.pk, 9_000)
    net_all_debts()
    debt.refresh_from_db()
    assert (debt.state, held(firm.pk)) == ("settled", (4_000, 0))
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_debt_only_shrinks_and_is_settled_only_at_nothing():
    debt = claw(make.company().pk, 5_000)

    for change, name in (
        ("left_minor = 5001", "payments_debt_amount"), ("amount_minor = 1, left_minor = 1", "payments_debt_shrinks"),
        ("left_minor = -1", "payments_debt_amount"), ("state = 'settled'", "payments_debt_settled"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            ask(f"UPDATE payments_debt SET {change} WHERE id = %s RETURNING 1", [debt.pk])
        assert constraint(error.value) in (name, "payments_debt_shrinks")
    with pytest.raises(ValueError, match="above zero"):
        owe_company(debt.company_id, Money(0, "USD"), BACK_TO, cause="nothing", reason="", by=SYSTEM)


def test_netted_by_many_at_once_is_taken_once(committed):
    firm = make.company().pk
    claw(firm, 5_000)
    come_in(firm, 6_000)

    together([partial(net_debts, firm, "USD")] * 4 + [net_all_debts])

    assert (held(firm), owes(firm)) == ((1_000, 0), 0)
    assert nothing_is_wrong()


def test_owed_and_paid_out_at_once_ends_with_every_cent_somewhere(committed):
    for n in range(3):
        trade = make.trade("completed")
        firm = trade.order.seller_id
        account = make.bank_account(trade.seller)

        together(
            [
                partial(claw, firm, 41_160, f"chargeback:race:{n}"),
                partial(request_payout, account.pk, usd(41_160), by=trade.seller),
            ]
        )

        assert (held(firm), owes(firm)) == ((0, 0), 0), (
            "asked for first, it is called off; owed first, nothing is left to ask for"
        )
    assert nothing_is_wrong()


def test_the_same_event_said_twice_at_once_is_owed_once(committed):
    firm = make.company().pk

    together([partial(claw, firm, 700)] * 4)

    assert (Debt.objects.count(), owes(firm)) == (1, 700)
    assert nothing_is_wrong()
