"""Goods accepted before all of them were: their part is paid, the rest stays held, and nothing is lost to rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.disputes.actions import Complaint, accept_offer, open_claim
from everfair.disputes.models import Offer
from everfair.trade.actions import (
    Change,
    accept_goods,
    call_off_order,
    close_issue,
    confirm_work,
    finish_shipping,
    open_issue,
    propose_amendment,
    receive_order,
    resolve_issue,
    show_work,
    sign_amendment,
    take_back_amendment,
)
from everfair.trade.models import Acceptance, AcceptedLine, Release, Stage, StagePart
from everfair.trade.queries import stages_of
from everfair.trade.queries.accepted import accepted_so_far
from everfair.trade.queries.moves import moves_of
from tests import make
from tests.trade.test_actions import nothing_is_wrong
from tests.trade.test_plans import photo
from tests.trade.test_shipments import in_wallet, ordered, send

pytestmark = pytest.mark.django_db


def accept(trade: make.Trade, **lines: str) -> None:
    """line_1="300": three hundred of the first line."""
    accept_goods(
        trade.order.pk, {int(name.removeprefix("line_")): Decimal(number) for name, number in lines.items()}, by=trade.buyer
    )


def rests(trade: make.Trade) -> list[tuple[str, int]]:
    return [(stage.state, stage.rest.minor) for stage in stages_of(trade.order)]


def shipped(*quantities: str, plan: str = "prepaid") -> make.Trade:
    trade = ordered(*quantities, plan=plan)
    send(trade)
    return trade


def test_a_line_is_accepted_and_its_part_of_the_money_is_paid():
    trade = shipped("1000", "600", "400")  # 500.00 + 300.00 + 200.00

    accept(trade, line_1="1000")

    assert rests(trade) == [("funded", 50000)]
    assert in_wallet(trade.seller) == 49000  # 2 % fee
    assert accepted_so_far(trade.order.pk) == {1: Decimal("1000.000")}
    assert trade.fresh().goods == "shipped"
    nothing_is_wrong()


def test_the_rest_is_paid_when_all_of_it_is_accepted():
    trade = shipped("1000", "600", "400", plan="deposit_balance")
    accept(trade, line_2="599")
    accept(trade, line_1="7", line_3="400")

    receive_order(trade.order.pk, by=trade.buyer)

    assert [state for state, _rest in rests(trade)] == ["released", "released"]
    assert in_wallet(trade.seller) == 98000
    assert in_wallet(trade.buyer) == 0
    assert trade.fresh().agreement == "completed"
    nothing_is_wrong()


def test_parts_are_of_what_all_goods_cost_and_never_more():
    trade = shipped("333", "333", "334", plan="deposit_balance")
    paid = []
    for _n in range(3):
        accept(trade, line_1="111")
        paid.append(sum(stage.parted_minor for stage in stages_of(trade.order)))

    assert paid == [5550, 11100, 16650]
    nothing_is_wrong()


def test_goods_of_the_first_consignment_are_paid_before_the_rest_leaves():
    trade = ordered("1000", "1000")
    send(trade, {1: "600"}, last=False)

    accept(trade, line_1="600")

    assert rests(trade) == [("funded", 70000)]
    with pytest.raises(Refused) as refused:
        accept(trade, line_1="1")
    assert (refused.value.code, refused.value.field) == ("trade.too_much", "quantity_1")
    send(trade, number="EGLV2")
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade.seller) == 98000
    nothing_is_wrong()


def test_less_than_ordered_within_the_tolerance_after_a_part_was_accepted():
    trade = ordered("1000", "1000")
    send(trade, {1: "1000"}, last=False)
    accept(trade, line_1="1000")
    send(trade, {2: "980"}, last=False, number="EGLV2")
    finish_shipping(trade.order.pk, by=trade.seller)

    receive_order(trade.order.pk, by=trade.buyer)

    assert in_wallet(trade.buyer) == 1000
    assert in_wallet(trade.seller) == 99000 * 98 // 100
    nothing_is_wrong()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ({}, "trade.nothing_accepted"),
        ({9: "1"}, "trade.line_unknown"),
        ({1: "0"}, "trade.quantity"),
        ({1: "-5"}, "trade.quantity"),
        ({1: "1.5"}, "trade.quantity"),
        ({1: "1001"}, "trade.too_much"),
        ({1: "1000", 2: "600"}, "trade.all_accepted"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(lines, code):
    trade = shipped("1000", "600")

    with pytest.raises(Refused) as refused:
        accept_goods(trade.order.pk, {n: Decimal(number) for n, number in lines.items()}, by=trade.buyer)

    assert refused.value.code == code
    assert rests(trade) == [("funded", 80000)]
    assert not Acceptance.objects.filter(order=trade.order).exists()


def test_the_seller_accepts_nothing_and_a_stranger_sees_nothing():
    trade = shipped("1000", "600")
    with pytest.raises(Refused) as refused:
        accept_goods(trade.order.pk, {1: Decimal(5)}, by=trade.seller)
    assert (refused.value.code, refused.value.status) == ("base.not_your_move", 403)
    with pytest.raises(NotVisible):
        accept_goods(trade.order.pk, {1: Decimal(5)}, by=make.actor(make.company(), "owner"))


def test_nothing_is_accepted_before_goods_leave_or_while_an_issue_is_open():
    trade = ordered("1000", "600")
    with pytest.raises(Refused) as early:
        accept(trade, line_1="5")
    assert early.value.code == "trade.not_open"
    send(trade)
    open_issue(trade.order.pk, "nothing came", by=trade.buyer)
    with pytest.raises(Refused) as frozen:
        accept(trade, line_1="5")
    assert frozen.value.code == "trade.issue_open"
    close_issue(trade.order.pk, by=trade.buyer)
    accept(trade, line_1="500")
    assert rests(trade) == [("funded", 55000)]


def test_only_the_rest_is_frozen_and_parted_afterwards():
    trade = shipped("1000", "600", "400")
    accept(trade, line_1="1000", line_3="400")
    open_issue(trade.order.pk, "the second is wrong", by=trade.buyer)
    assert rests(trade) == [("frozen", 30000)]

    resolve_issue(trade.order.pk, Decimal("0.5"), "half of it is usable", by=make.operator())

    assert in_wallet(trade.buyer) == 15000
    assert in_wallet(trade.seller) == (70000 + 15000) * 98 // 100
    nothing_is_wrong()


def test_a_claim_is_about_what_was_not_accepted():
    trade = shipped("1000", "600")
    accept(trade, line_1="1000", line_2="100")
    claim = {"remedy": "refund", "text": "wrong colour"}
    for n, quantity in ((1, None), (1, "1"), (2, None), (2, "501")):
        wanted = [Complaint(n, "wrong", Decimal(quantity) if quantity else None)]
        with pytest.raises(Refused) as refused:
            open_claim(trade.order.pk, wanted, amount=Money(100, "USD"), by=trade.buyer, **claim)
        assert (refused.value.code, refused.value.field) == ("disputes.accepted", "lines")

    made = open_claim(trade.order.pk, [Complaint(2, "wrong", Decimal(500))], amount=Money(25000, "USD"), by=trade.buyer, **claim)

    assert (made.held_minor, made.amount_minor) == (25000, 25000)
    accept_offer(made.pk, Offer.objects.get(claim=made, side="buyer").pk, by=trade.seller)
    assert (in_wallet(trade.buyer), in_wallet(trade.seller)) == (25000, 55000 * 98 // 100)
    nothing_is_wrong()


def test_a_deposit_that_production_pays_out_is_not_touched():
    trade = ordered("1000", "1000", plan="made_to_order")
    assert trade.stage(1).ends_on == "production_photo"
    trade.order.refresh_from_db()
    assert "accept_part" not in moves_of(trade.order, stages_of(trade.order), trade.buyer)


def test_the_move_is_offered_to_the_buyer_alone_and_where_a_part_is_possible():
    trade = shipped("1000", "600")
    order = trade.fresh()
    assert "accept_part" in moves_of(order, stages_of(order), trade.buyer)
    assert "accept_part" not in moves_of(order, stages_of(order), trade.seller)
    one = shipped("10")
    assert "accept_part" in moves_of(one.fresh(), stages_of(one.order), one.buyer)


def test_the_database_pays_no_part_without_an_acceptance():
    trade = shipped("1000", "600")
    stage = trade.stage(1)
    with pytest.raises(DatabaseError, match="sum of the parts"), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(parted_minor=100)
    whole = Acceptance.objects.create(order=trade.order, by="x")
    with pytest.raises(DatabaseError, match="accepted goods"), transaction.atomic():
        StagePart.objects.create(stage=stage, acceptance=whole, amount_minor=100)
    part = Acceptance.objects.create(order=trade.order, part=True, by="x")
    with pytest.raises(DatabaseError, match="accepted goods"), transaction.atomic():
        StagePart.objects.create(stage=stage, acceptance=part, amount_minor=100)


def test_an_acceptance_of_a_part_never_pays_out_the_rest():
    trade = shipped("1000", "600")
    accept(trade, line_1="10")
    part = Acceptance.objects.get(order=trade.order)
    stage = trade.stage(1)
    Release.objects.create(stage=stage, acceptance=part)
    with pytest.raises(DatabaseError, match="on evidence"), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(state="released")


def test_what_was_accepted_stays():
    trade = shipped("1000", "600")
    accept(trade, line_1="10")
    for rows in (AcceptedLine.objects, StagePart.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()


def test_a_seller_does_not_keep_a_paid_out_deposit_by_calling_off():
    trade = ordered("1000", plan="made_to_order")
    order = trade.fresh()
    assert "call_off" in moves_of(order, stages_of(order), trade.seller)
    show_work(order.pk, "production_photo", photo(trade), "", by=trade.seller)
    make.pay(trade.stage(2), trade.buyer)
    confirm_work(order.pk, 1, by=trade.buyer)
    order = trade.fresh()
    assert [stage.state for stage in stages_of(order)][:2] == ["released", "funded"]
    assert "call_off" not in moves_of(order, stages_of(order), trade.seller)
    with pytest.raises(Refused) as refused:
        call_off_order(order.pk, "no steel", by=trade.seller)
    assert refused.value.code == "trade.money_paid_out"


def test_what_was_confirmed_is_not_amended_away_not_even_meanwhile():
    trade = shipped("1000", "600")
    less = propose_amendment(trade.order.pk, Change([(1, Decimal(500), Decimal("0.50"))]), by=trade.seller)
    accept(trade, line_1="500")
    with pytest.raises(Refused) as signed:
        sign_amendment(less.pk, less.terms_hash, by=trade.buyer)
    take_back_amendment(less.pk, by=trade.seller)
    with pytest.raises(Refused) as proposed:
        propose_amendment(trade.order.pk, Change([(1, Decimal(499), Decimal("0.50"))]), by=trade.seller)
    assert {signed.value.code, proposed.value.code} == {"trade.accepted"}
    lower = propose_amendment(trade.order.pk, Change([(1, Decimal(501), Decimal("0.50"))]), by=trade.seller)
    sign_amendment(lower.pk, lower.terms_hash, by=trade.buyer)
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade.buyer) == 24950
    assert in_wallet(trade.seller) == (80000 - 24950) * 98 // 100
    nothing_is_wrong()


def test_many_tiny_parts_pay_the_fee_of_the_whole():
    """Nobody saves the fee by confirming piece by piece."""
    trade = shipped("40", "40")  # 0.50 a piece: the fee on one would be a cent, on less than that nothing
    for _n in range(20):
        accept(trade, line_1="1")
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade.seller) == 4000 - 80
    nothing_is_wrong()


def test_no_fee_is_lost_where_a_single_part_would_have_none():
    trade = ordered("1000", "1000", price="0.02")
    send(trade)
    for _n in range(24):
        accept(trade, line_1="10")  # 20 cents each: alone they would be free
    assert in_wallet(trade.seller) == 480 - 10
    nothing_is_wrong()
