"""Many payments at once on one credit and from one wallet: none goes beyond it, each is made once (I32)."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.payments.actions import change_credit_limit, pause_credit, pay_by, pay_due, settle_due
from everfair.payments.models import CreditDraw, Intent
from everfair.trade.actions import call_off_order, fund_stage, pay_stage, receive_order, ship_order
from tests import make
from tests.base.together import together
from tests.payments.on_credit import books, dues, fresh, funded_on_credit, granted, in_wallet, nothing_is_wrong

pytestmark = pytest.mark.usefixtures("committed")


def wishes(trade: make.Trade, count: int, minor: int) -> list[Any]:
    """So many payments of the same buyer to the same seller, none of them made yet."""
    return [
        Intent.objects.create(
            company_id=trade.order.buyer_id, payee_id=trade.order.seller_id, purpose_kind="test", purpose=new_id(),
            description=f"Order {n}", amount_minor=minor, currency="USD", provider="sandbox", return_path="/",
        ).pk
        for n in range(count)
    ]  # fmt: skip


def done(answers: list[Any]) -> int:
    """How many were made; all the others were refused, none broke."""
    assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)] == []
    return sum(not isinstance(answer, Exception) for answer in answers)


def test_fifty_draws_at_once_stay_within_the_limit():
    trade = make.trade("agreed")
    line = granted(trade, "100.00")

    answers = together([lambda i=i: pay_by(i, "credit", by=trade.buyer) for i in wishes(trade, 50, 900)])

    assert done(answers) == 11
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"payments.credit_limit_reached"}
    assert (fresh(line).drawn_minor, CreditDraw.objects.count(), Intent.objects.filter(state="captured").count()) == (
        9900,
        11,
        11,
    )
    assert books(line) == (9900, 0, 0, 9900)
    assert nothing_is_wrong()


def test_one_payment_pressed_twenty_times_is_drawn_once():
    trade = make.trade("agreed")
    line = granted(trade)
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)

    answers = together([lambda: pay_by(intent, "credit", by=trade.buyer) for _n in range(20)])

    assert done(answers) == 20
    assert books(line) == (12600, 0, 0, 12600)


@pytest.mark.parametrize("how", ["pause", "limit"])
def test_a_draw_and_a_pause_at_once_come_one_after_the_other(how):
    """Whatever comes first: after the pause nothing is drawn, and no draw is above the limit it was made under."""
    trade = make.trade("agreed")
    line = granted(trade, "50.00")
    stop = {
        "pause": lambda: pause_credit(line.pk, by=trade.seller),
        "limit": lambda: change_credit_limit(line.pk, Money.of("20.00", "USD"), by=trade.seller),
    }[how]

    answers = together([stop] + [lambda i=i: pay_by(i, "credit", by=trade.buyer) for i in wishes(trade, 12, 900)])

    made = done(answers[1:])
    assert not isinstance(answers[0], Exception)
    assert fresh(line).drawn_minor == 900 * made
    assert made <= 5
    assert (line.state, line.limit_minor) == (("paused", 5000) if how == "pause" else ("agreed", 2000))
    with pytest.raises(Refused):
        pay_by(wishes(trade, 1, 2001 if how == "limit" else 1)[0], "credit", by=trade.buyer)
    assert nothing_is_wrong()


def test_a_wallet_is_spent_once_however_many_payments_want_it():
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("50.00", "USD"))

    answers = together([lambda i=i: pay_by(i, "wallet", by=trade.buyer) for i in wishes(trade, 20, 900)])

    assert done(answers) == 5
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"ledger.short"}
    assert in_wallet(trade.order.buyer_id) == 500
    assert nothing_is_wrong()


def test_the_wallet_and_the_credit_never_both_pay():
    trade = make.trade("agreed")
    line = granted(trade)
    make.fill(trade.order.buyer_id, Money.of("500.00", "USD"))
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)

    answers = together([lambda way=way: pay_by(intent, way, by=trade.buyer) for way in ("wallet", "credit") * 6])

    assert done(answers) == 6
    owed, spent = fresh(line).drawn_minor, 50000 - in_wallet(trade.order.buyer_id)
    assert sorted((owed, spent)) == [0, 12600]
    assert nothing_is_wrong()


def test_a_draw_and_the_end_of_its_order_leave_no_debt_without_goods():
    trade = make.trade("deposit")
    line = granted(trade)
    intent = pay_stage(trade.stage(2).pk, method="credit", by=trade.buyer)

    together(
        [
            lambda: fund_stage(trade.stage(2).pk, intent),
            lambda: fund_stage(trade.stage(2).pk, intent),
            lambda: call_off_order(trade.order.pk, "we cannot make it", by=trade.seller),
        ]
    )
    fund_stage(trade.stage(2).pk, intent)

    assert books(line) == (0, 0, 0, 0)
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (12600, 0)
    assert nothing_is_wrong()


def test_a_debt_is_settled_once():
    trade, line = funded_on_credit()
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": make.now().date()}, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)
    make.fill(trade.order.buyer_id, Money.of("500.00", "USD"))
    due = dues(line)[0]

    opened = together([lambda: pay_due(due.pk, by=trade.buyer) for _n in range(8)])
    assert len({intent.pk for intent in opened}) == 1
    together([lambda: pay_by(opened[0].pk, "wallet", by=trade.buyer) for _n in range(4)])
    together([lambda: settle_due(due.pk, opened[0].pk) for _n in range(8)])

    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (50000 - 12600, 12348)
    assert books(line) == (29400, 28812, 588, 29400)
    assert nothing_is_wrong()
