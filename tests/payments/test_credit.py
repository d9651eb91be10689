"""Trade credit: granted, agreed, drawn up to its limit, repaid; and never money of anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.deadlines import deadlines_of
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.sql import ask
from everfair.companies.actions import place_stop
from everfair.ledger.queries import escrows
from everfair.messaging.models import Notice
from everfair.payments import reactions
from everfair.payments.actions import (
    agree_to_credit,
    change_credit_limit,
    close_credit,
    grant_credit,
    pause_credit,
    pay_by,
    pay_due,
    resume_credit,
    settle_due,
    take_event,
)
from everfair.payments.models import CreditDraw, CreditLimit, CreditLine, Intent
from everfair.payments.queries import credit_line, credit_lines, exposure, standing_of
from everfair.payments.queries.credit import age_of
from everfair.trade.actions import cancel_order, pay_stage, receive_order, ship_order
from everfair.trade.reactions import money_arrived
from tests import make
from tests.payments.on_credit import (
    books,
    days_pass,
    dues,
    fresh,
    funded_on_credit,
    granted,
    in_wallet,
    nothing_is_wrong,
    on_credit,
    repay,
)

pytestmark = pytest.mark.django_db


def refused(code: str, verb: object) -> None:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()  # type: ignore[operator]
    assert no.value.code == code


# ── the line ──


def test_a_seller_offers_and_the_buyer_agrees():
    trade = make.trade("agreed")

    line = grant_credit(trade.order.buyer_id, Money.of("5000.00", "USD"), 45, by=trade.seller)
    assert (line.state, line.limit, line.net_days, line.drawn_minor) == ("offered", Money.of("5000.00", "USD"), 45, 0)
    agree_to_credit(line.pk, by=trade.buyer)

    assert fresh(line).state == "agreed"
    assert [row.limit_minor for row in CreditLimit.objects.filter(line=line)] == [500000]
    assert list(Event.objects.filter(name="CreditMoved").order_by("seq").values_list("body__how", flat=True)) == [
        "offer",
        "agree",
    ]


def test_nobody_but_the_two_sides_sees_or_moves_it():
    trade = make.trade("agreed")
    line = granted(trade, agreed=False)
    stranger = make.actor(make.company(), "owner")

    with pytest.raises(NotVisible):
        credit_line(line.pk, stranger)
    with pytest.raises(NotVisible):
        agree_to_credit(line.pk, by=stranger)
    refused("base.not_your_move", lambda: agree_to_credit(line.pk, by=trade.seller))
    refused("base.not_your_move", lambda: pause_credit(agree_to_credit(line.pk, by=trade.buyer).pk, by=trade.buyer))
    refused("base.not_your_move", lambda: change_credit_limit(line.pk, Money.of("9.00", "USD"), by=trade.buyer))
    refused("base.not_your_move", lambda: agree_to_credit(line.pk, by=make.actor(trade.order.buyer, "buyer")))
    assert fresh(line).state == "offered"
    assert credit_lines(stranger) == []
    assert [row.pk for row in credit_lines(trade.buyer)] == [line.pk]


def test_credit_goes_only_to_a_buyer_the_seller_knows():
    trade = make.trade("agreed")
    unknown = make.company()

    with pytest.raises(NotVisible):
        grant_credit(unknown.pk, Money.of("10.00", "USD"), 30, by=trade.seller)
    with pytest.raises(NotVisible):
        grant_credit(trade.order.seller_id, Money.of("10.00", "USD"), 30, by=trade.seller)
    refused(
        "base.not_your_move",
        lambda: grant_credit(trade.order.buyer_id, Money.of("10.00", "USD"), 30, by=make.actor(trade.order.seller, "seller")),
    )
    assert not CreditLine.objects.exists()


@pytest.mark.parametrize(
    ("minor", "days", "code"),
    [
        (0, 30, "payments.credit_limit"),
        (10**14, 30, "payments.credit_limit"),
        (100, 0, "payments.net_days"),
        (100, 181, "payments.net_days"),
    ],
)
def test_limits_and_days_have_bounds(minor, days, code):
    trade = make.trade("agreed")
    refused(code, lambda: grant_credit(trade.order.buyer_id, Money(minor, "USD"), days, by=trade.seller))


def test_one_open_line_of_a_pair_and_currency():
    trade = make.trade("agreed")
    line = granted(trade)
    refused("payments.credit_granted", lambda: granted(trade, "20.00"))
    granted(trade, "20.00", currency="EUR")
    close_credit(line.pk, by=trade.buyer)
    granted(trade, "20.00")
    assert CreditLine.objects.count() == 3


def test_a_limit_changes_by_versions_and_may_go_below_what_is_owed():
    trade = make.trade("agreed")
    line = granted(trade, "420.00")
    on_credit(trade, 1)

    change_credit_limit(line.pk, Money.of("100.00", "USD"), by=trade.seller)

    assert (fresh(line).limit_minor, line.drawn_minor, line.free.minor) == (10000, 12600, 0)
    assert list(CreditLimit.objects.filter(line=line).order_by("n").values_list("n", "limit_minor")) == [(1, 42000), (2, 10000)]
    refused("payments.credit_limit_reached", lambda: on_credit(trade, 2))
    refused("payments.same_limit", lambda: change_credit_limit(line.pk, Money.of("100.00", "USD"), by=trade.seller))
    refused("payments.other_currency", lambda: change_credit_limit(line.pk, Money.of("100.00", "EUR"), by=trade.seller))
    assert nothing_is_wrong()


def test_limits_are_never_rewritten():
    line = granted(make.trade("agreed"))
    for change in (
        "UPDATE payments_creditlimit SET limit_minor = 1",
        "DELETE FROM payments_creditlimit",
        "UPDATE payments_creditline SET net_days = 90",
        "UPDATE payments_creditline SET drawn_minor = 100001",
        "DELETE FROM payments_creditline",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask(change)
    assert fresh(line).net_days == 30


# ── drawing ──


def test_a_stage_paid_on_credit_is_held_and_owed():
    trade = make.trade("agreed")
    line = granted(trade, "200.00")

    [intent] = on_credit(trade, 1)

    assert (intent.state, intent.provider, trade.stage(1).state) == ("captured", "credit", "funded")
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].held_minor == 12600
    assert books(line) == (12600, 0, 0, 12600)
    draw = CreditDraw.objects.get()
    assert (draw.pk, trade.stage(1).draw_id, draw.limit_minor, draw.drawn_minor) == (intent.pk, intent.pk, 20000, 12600)
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (0, 0)
    assert nothing_is_wrong()


def test_paying_it_twice_does_it_once():
    trade = make.trade("agreed")
    line = granted(trade)
    first = pay_stage(trade.stage(1).pk, method="credit", by=trade.buyer)
    assert pay_by(first, "credit", by=trade.buyer).state == "captured"
    money_arrived(make.captured(Intent.objects.get(pk=first)))
    money_arrived(make.captured(Intent.objects.get(pk=first)))
    assert books(line) == (12600, 0, 0, 12600)


def test_no_more_is_drawn_than_was_granted():
    trade = make.trade("agreed")
    line = granted(trade, "125.99")

    refused("payments.credit_limit_reached", lambda: on_credit(trade, 1))

    assert (trade.stage(1).state, books(line), Intent.objects.count()) == ("due", (0, 0, 0, 0), 0)
    change_credit_limit(line.pk, Money.of("126.00", "USD"), by=trade.seller)
    on_credit(trade, 1)
    refused("payments.credit_limit_reached", lambda: on_credit(trade, 2))
    assert books(line) == (12600, 0, 0, 12600)


@pytest.mark.parametrize("state", ["none", "offered", "paused", "closed", "other currency"])
def test_nothing_is_drawn_where_no_credit_is_in_force(state):
    trade = make.trade("agreed")
    if state != "none":
        line = granted(trade, agreed=state != "offered", currency="EUR" if state == "other currency" else "USD")
        if state == "paused":
            pause_credit(line.pk, by=trade.seller)
        if state == "closed":
            close_credit(line.pk, by=trade.seller)

    refused("payments.no_credit", lambda: on_credit(trade, 1))
    assert not CreditDraw.objects.exists()


def test_a_pause_ends():
    trade = make.trade("agreed")
    line = granted(trade)
    pause_credit(line.pk, by=trade.seller)
    resume_credit(line.pk, by=trade.seller)
    on_credit(trade, 1)
    assert fresh(line).drawn_minor == 12600


def test_a_stop_on_deposits_holds_credit_back():
    trade = make.trade("agreed")
    granted(trade)
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)
    place_stop(trade.order.seller_id, "deposit", "looked at", by=make.operator())
    with pytest.raises(Refused):
        pay_by(intent, "credit", by=trade.buyer)
    assert not CreditDraw.objects.exists()


def test_what_is_no_longer_wanted_is_no_longer_owed():
    """The order was cancelled after the buyer drew, before the escrow heard of it: the debt ends, and nobody is paid."""
    trade = make.trade("agreed")
    line = granted(trade)
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, method="credit", by=trade.buyer))
    assert books(line) == (12600, 0, 0, 12600)
    cancel_order(trade.order.pk, "changed our mind", by=trade.buyer)

    money_arrived(make.captured(intent))
    money_arrived(make.captured(intent))

    assert books(line) == (0, 0, 0, 0)
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (0, 0)
    assert nothing_is_wrong()


# ── due, late, repaid ──


def delivered(net_days: int = 30) -> tuple[make.Trade, CreditLine]:
    trade, line = funded_on_credit(net_days=net_days)
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": clock.now().date()}, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade, line


def test_what_is_paid_out_falls_due_and_nobody_is_paid_before_it_is_repaid():
    trade, line = delivered()

    assert books(line) == (42000, 41160, 840, 42000)  # the fee of 2 % waits with it
    assert in_wallet(trade.order.seller_id) == 0
    assert [(due.amount_minor, due.fee_minor, due.due_on) for due in dues(line)] == [
        (12600, 252, clock.now().date() + timedelta(days=30)),
        (29400, 588, clock.now().date() + timedelta(days=30)),
    ]
    assert (dues(line)[0].pk, "payments.credit_due") in deadlines_of([dues(line)[0].pk])
    assert nothing_is_wrong()


def test_a_repaid_debt_pays_the_seller_to_the_cent_what_an_escrow_would_have():
    trade, line = delivered()
    by_money = make.trade("completed")

    for due in dues(line):
        repay(due, trade.buyer)

    assert books(line) == (0, 0, 0, 0)
    assert in_wallet(trade.order.seller_id) == in_wallet(by_money.order.seller_id) == 41160
    assert [due.state for due in dues(line)] == ["paid", "paid"]
    assert deadlines_of([due.pk for due in dues(line)]) == {}
    assert nothing_is_wrong()


def test_a_debt_is_repaid_from_the_wallet():
    trade, line = delivered()
    due = dues(line)[0]
    refused("ledger.short", lambda: pay_by(pay_due(due.pk, by=trade.buyer).pk, "wallet", by=trade.buyer))
    assert books(line) == (42000, 41160, 840, 42000)
    make.fill(trade.order.buyer_id, Money.of("200.00", "USD"))

    repay(due, trade.buyer, "wallet")

    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (7400, 12348)
    assert books(line) == (29400, 28812, 588, 29400)
    assert nothing_is_wrong()


def test_what_is_repaid_can_be_drawn_again():
    trade, line = delivered()
    change_credit_limit(line.pk, Money.of("420.00", "USD"), by=trade.seller)
    assert fresh(line).free.minor == 0
    repay(dues(line)[0], trade.buyer)
    assert fresh(line).free.minor == 12600


def test_a_debt_paid_twice_goes_back_to_the_payer():
    trade, line = delivered()
    due = dues(line)[0]
    first = pay_due(due.pk, by=trade.buyer)
    assert pay_due(due.pk, by=trade.buyer).pk == first.pk
    repay(due, trade.buyer)
    settle_due(due.pk, first.pk)  # heard twice
    assert (in_wallet(trade.order.seller_id), in_wallet(trade.order.buyer_id)) == (12348, 0)
    refused("payments.due_paid", lambda: pay_due(due.pk, by=trade.buyer))
    assert nothing_is_wrong()


def test_only_the_buyer_opens_the_payment_of_a_debt():
    trade, line = delivered()
    due = dues(line)[0]
    refused("base.not_your_move", lambda: pay_due(due.pk, by=trade.seller))
    with pytest.raises(NotVisible):
        pay_due(due.pk, by=make.actor(make.company(), "owner"))


def test_a_debt_cannot_be_paid_on_credit():
    trade, line = delivered()
    intent = pay_due(dues(line)[0].pk, by=trade.buyer)
    refused("payments.no_credit", lambda: pay_by(intent.pk, "credit", by=trade.buyer))


@pytest.mark.parametrize(
    ("late", "age"),
    [(-5, "current"), (0, "current"), (1, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (90, "90"), (91, "older")],
)
def test_debts_have_an_age(late, age):
    today = clock.now().date()
    assert age_of(today - timedelta(days=late), today) == age


def test_a_debt_that_is_too_late_stops_new_credit_of_this_seller_alone():
    trade, line = delivered(net_days=10)
    more = make.trade("agreed")
    assert [row.held_back for row in standing_of([fresh(line)])] == [False]
    days_pass(10)  # the day itself
    assert [row.overdue.minor for row in standing_of([fresh(line)])] == [0]
    days_pass(7)
    assert [(row.overdue.minor, row.held_back) for row in standing_of([fresh(line)])] == [(42000, False)]
    days_pass(1)
    assert [(row.overdue.minor, row.held_back) for row in standing_of([fresh(line)])] == [(42000, True)]

    again = make.Trade(more.order, trade.buyer, trade.seller)
    # The same pair, in another currency: held back too.
    other = granted(trade, "500.00", currency="EUR")
    intent = Intent.objects.create(
        company_id=trade.order.buyer_id, payee_id=trade.order.seller_id, purpose_kind="stage", purpose=again.order.pk,
        description="Order", amount_minor=100, currency="EUR", provider="sandbox", return_path="/",
    )  # fmt: skip
    refused("payments.credit_overdue", lambda: pay_by(intent.pk, "credit", by=trade.buyer))
    assert fresh(other).drawn_minor == 0
    for due in dues(line):
        repay(due, trade.buyer)
    pay_by(intent.pk, "credit", by=trade.buyer)
    assert fresh(other).drawn_minor == 100


def test_both_sides_hear_in_time():
    _trade, line = delivered(net_days=30)
    due = dues(line)[0]
    days_pass(24)
    days_pass(6)
    days_pass(1)
    days_pass(7)

    told = list(Notice.objects.filter(link__contains=str(line.pk), cause__contains=due.pk.hex[:8]).values_list("kind", flat=True))
    by_uuid = list(Notice.objects.filter(cause__contains=str(due.pk)).values_list("kind", flat=True))
    assert sorted({*told, *by_uuid}) == ["credit.late", "credit.overdue", "credit.reminder", "credit.stopped"]


def test_reactions_tell_and_settle():
    trade, line = delivered()
    due = dues(line)[0]
    intent = pay_due(due.pk, by=trade.buyer)
    headers, body = make.told(intent)
    take_event("sandbox", headers, body)
    intent.refresh_from_db()
    reactions.money_for_a_debt(make.captured(intent))
    reactions.money_for_a_debt(make.captured(intent))
    due.refresh_from_db()
    assert due.state == "paid"
    assert in_wallet(trade.order.seller_id) == 12348


def test_the_operator_sees_the_exposure():
    trade, line = delivered(net_days=5)
    days_pass(40)
    [row] = [row for row in exposure() if row.line.pk == line.pk]
    assert (row.line.drawn.minor, row.held.minor, row.ages["60"].minor, row.overdue.minor) == (42000, 0, 42000, 42000)
    assert trade.order.seller_id == row.line.seller_id
