"""A stage that falls due on a day which the contract names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from everfair.base.clock import advance, now
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.refused import Refused
from everfair.companies.models import Company
from everfair.trade.actions import (
    cancel_order,
    draft_order,
    open_issue,
    pay_stage,
    place_order,
    receive_order,
    sign_order,
)
from everfair.trade.models import Stage
from everfair.trade.queries import stages_of
from tests import make
from tests.trade.test_pages import at, sides, text_of
from tests.trade.test_plans import code, in_wallet, may, nothing_is_wrong, ship, states

pytestmark = pytest.mark.django_db


def dated(days: int = 40, **offer: Any) -> make.Trade:
    """Signed by both, to be shipped in so many days; the balance falls due fourteen days before."""
    seller, buyer = make.company(), make.company()
    made = make.Trade(None, make.actor(buyer, who=make.member(buyer)), make.actor(seller, who=make.member(seller)))
    terms = draft_order(
        [(make.offer(seller, **offer).pk, make.Decimal(1000))], incoterm="FOB", named_place="Ningbo", payment_plan="on_a_day",
        ship_by=now().date() + timedelta(days=days), by=made.buyer,
    )  # fmt: skip
    made.order = place_order(terms, by=made.buyer)
    sign_order(made.order.pk, made.order.terms_hash, by=made.seller)
    return made


def running(trade: make.Trade) -> dict[str, Any]:
    return {kind: at for (_order, kind), at in deadlines_of([trade.order.pk]).items()}


def test_the_balance_falls_due_on_its_day_and_the_goods_wait_for_it():
    trade = dated()
    stage = trade.stage(2)
    assert stage.due_day == trade.order.ship_by - timedelta(days=14)
    assert trade.order.terms["stages"][1]["due_day"] == stage.due_day.isoformat()
    make.pay(trade.stage(1), trade.buyer)
    assert (states(trade), code(trade)) == (["funded", "planned"], "dated")
    assert running(trade)["trade.date"].date() == stage.due_day
    assert "ship" not in may(trade, "seller")
    with pytest.raises(Refused, match=r"trade\.not_funded"):
        ship(trade)

    make.pass_deadline(trade, "trade.date")
    fire_due()

    assert (states(trade), code(trade)) == (["funded", "due"], "balance")
    assert set(running(trade)) == {"trade.balance"}
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    assert states(trade) == ["released", "released"]
    assert in_wallet(trade, "seller") == 42000 - 252 - 588
    assert nothing_is_wrong()


def test_the_buyer_may_pay_before_the_day():
    trade = dated()
    assert "pay" in may(trade, "buyer")
    make.pay(trade.stage(1), trade.buyer)
    assert "pay" in may(trade, "buyer")
    finance = make.actor(Company.objects.get(pk=trade.order.buyer_id), "finance")

    pay_stage(trade.stage(2).pk, by=finance)
    make.pay(trade.stage(2), trade.buyer)

    assert states(trade) == ["funded", "funded"]
    assert "trade.date" not in running(trade)
    assert "ship" in may(trade, "seller")
    assert nothing_is_wrong()


def test_nothing_is_paid_before_the_deposit():
    trade = dated()
    with pytest.raises(Refused):
        pay_stage(trade.stage(2).pk, by=trade.buyer)
    assert states(trade) == ["due", "planned"]


def test_a_day_that_has_passed_is_due_at_once():
    trade = dated(10, lead_times=[["", 5]])
    make.pay(trade.stage(1), trade.buyer)
    assert states(trade) == ["funded", "due"]


def test_who_does_not_pay_on_the_day_meets_the_operator():
    trade = dated()
    make.pay(trade.stage(1), trade.buyer)
    make.pass_deadline(trade, "trade.date")
    fire_due()
    make.pass_deadline(trade, "trade.balance")
    fire_due()
    assert (trade.fresh().issue, states(trade)) == ("open", ["frozen", "due"])


def test_a_closed_order_has_no_day_left():
    trade = dated()
    with pytest.raises(Refused, match=r"wrong_state|not_shipped"):
        open_issue(trade.order.pk, "nothing", by=trade.buyer)
    cancel_order(trade.order.pk, "changed my mind", by=trade.buyer)
    assert running(trade) == {}
    advance(timedelta(days=60))
    fire_due()
    assert states(trade) == ["void", "void"]


def test_the_day_is_signed_and_stays():
    trade = dated()
    with pytest.raises(DatabaseError, match="signed terms"), transaction.atomic():
        Stage.objects.filter(pk=trade.stage(2).pk).update(due_day=now().date())
    with pytest.raises(DatabaseError), transaction.atomic():
        Stage.objects.filter(pk=trade.stage(2).pk).update(due_day=None)


def test_the_day_is_read_in_the_contract():
    trade = dated()
    buyer, _seller = sides(trade)
    shown = text_of(buyer.get(at(trade)))
    day = stages_of(trade.order)[1].due_day
    assert f"On {day.day} {day:%b %Y}" in shown
