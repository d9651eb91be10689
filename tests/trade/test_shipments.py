"""Goods that leave in several consignments, or a little more or less of them than was ordered."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from everfair.base import clock
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.refused import AlreadyDone, Refused
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.logistics.queries import consignments_of
from everfair.trade.actions import (
    Change,
    ask_extension,
    close_issue,
    draft_order,
    finish_shipping,
    grant_extension,
    open_issue,
    place_order,
    propose_amendment,
    receive_order,
    ship_order,
    sign_amendment,
    sign_order,
)
from everfair.trade.models import Credit, Order, ShippedLine, Stage
from everfair.trade.queries import stages_of, standing_of
from everfair.trade.queries.moves import moves_of
from everfair.trade.queries.papers import paper
from everfair.trade.queries.shipments import goods_of, shipped_lines
from tests import make
from tests.trade.test_actions import nothing_is_wrong

pytestmark = pytest.mark.django_db


def ordered(*quantities: str, unit: str = "H87", price: str = "0.50", plan: str = "prepaid") -> make.Trade:
    """An order with a line for each quantity, paid in full and waiting to be shipped."""
    seller, buyer = make.company(), make.company()
    goods = [make.offer(seller, unit=unit, tiers=[["10", price]]) for _quantity in quantities]
    sides = make.actor(buyer, "owner", who=make.member(buyer)), make.actor(seller, "owner", who=make.member(seller))
    lines = [(offer.pk, Decimal(quantity)) for offer, quantity in zip(goods, quantities, strict=True)]
    terms = draft_order(lines, incoterm="FOB", named_place="Ningbo", payment_plan=plan, by=sides[0])
    found = make.Trade(place_order(terms, by=sides[0]), *sides)
    sign_order(found.order.pk, found.order.terms_hash, by=found.seller)
    for n in range(1, 1 + Stage.objects.filter(order=found.order, due_on__in=["signature", "former_held"]).count()):
        make.pay(found.stage(n), found.buyer)
    found.fresh()
    return found


def send(
    trade: make.Trade, lines: dict[int, str] | None = None, *, last: bool = True, number: str = "EGLV1", by: Any = None
) -> Order:
    goods = make.CONSIGNMENT | {"handed_over_on": clock.now().date(), "tracking_number": number}
    carried = None if lines is None else {n: Decimal(quantity) for n, quantity in lines.items()}
    ship_order(trade.order.pk, goods, lines=carried, last=last, by=by or trade.seller)
    return trade.fresh()


def code(trade: make.Trade) -> str:
    found = trade.fresh()
    return standing_of(found, stages_of(found), trade.buyer).code


def in_wallet(actor: Any) -> int:
    return balance(wallet(actor.company_id, "USD"), "USD").posted.minor


def running(trade: make.Trade) -> set[str]:
    return {kind for _pk, kind in deadlines_of([trade.order.pk])}


def test_goods_that_leave_as_one_as_ordered_need_no_rows():
    trade = ordered("1000")

    send(trade)

    assert (trade.order.goods, ShippedLine.objects.count(), trade.order.difference_minor) == ("shipped", 0, 0)
    assert [(line.shipped, line.left, line.state) for line in goods_of(trade.order)] == [(1000, 0, "shipped")]


def test_two_consignments_make_a_whole_and_the_time_to_confirm_begins_with_the_last():
    trade = ordered("1000", "500")

    send(trade, {1: "600"}, last=False, number="A")
    first = (trade.order.goods, code(trade), running(trade), trade.order.shipped_at)
    shown = [(line.n, line.shipped, line.left, line.state) for line in goods_of(trade.order)]
    send(trade, number="B")

    assert first == ("part", "part", {"trade.ship"}, None)
    assert shown == [(1, 600, 400, "part"), (2, 0, 500, "awaiting")]
    assert (trade.order.goods, code(trade), running(trade)) == ("shipped", "shipped", {"trade.receive"})
    one, two = consignments_of(trade.order.pk)
    assert shipped_lines(trade.order) == {one.pk: {1: 600}, two.pk: {1: 400, 2: 500}}
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade.seller) == 75000 - 1500
    assert nothing_is_wrong()


def test_a_consignment_that_completes_the_order_is_the_last_even_unsaid():
    trade = ordered("1000")
    send(trade, {1: "400"}, last=False)

    send(trade, {1: "600"}, last=False)

    assert trade.order.goods == "shipped"


def test_a_little_less_is_given_back_when_the_goods_are_settled():
    trade = ordered("1000", "500")

    send(trade, {1: "980", 2: "500"})  # 2 % less of the first line

    assert (trade.order.difference_minor, Credit.objects.get().amount_minor) == (-1000, 1000)
    assert "amend" not in moves_of(trade.order, stages_of(trade.order), trade.seller)  # what was sent is settled already
    receive_order(trade.order.pk, by=trade.buyer)
    assert (in_wallet(trade.buyer), in_wallet(trade.seller)) == (1000, 74000 - 1480)
    assert nothing_is_wrong()


def test_a_little_more_is_a_further_payment_before_the_goods_are_settled():
    trade = ordered("1000")

    send(trade, {1: "1030"})

    extra = Stage.objects.get(order=trade.order, name="top_up")
    assert (trade.order.difference_minor, extra.amount_minor, extra.state, code(trade)) == (1500, 1500, "due", "top_up")
    with pytest.raises(Refused) as unpaid:
        receive_order(trade.order.pk, by=trade.buyer)
    assert unpaid.value.code == "trade.not_paid"
    make.pay(extra, trade.buyer)
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade.seller) == 51500 - 1030
    assert (trade.fresh().agreement, nothing_is_wrong()) == ("completed", True)


@pytest.mark.parametrize(
    ("lines", "last", "refused"),
    [
        ({1: "1031"}, True, "trade.too_much"),
        ({1: "969"}, True, "trade.too_little"),
        ({1: "0"}, True, "trade.quantity"),
        ({1: "-1"}, True, "trade.quantity"),
        ({1: "0.5"}, False, "trade.quantity"),
        ({1: "NaN"}, False, "trade.quantity"),
        ({7: "1"}, False, "trade.line_unknown"),
        ({}, False, "trade.nothing_shipped"),
    ],
)
def test_what_the_contract_does_not_allow_is_refused_and_changes_nothing(lines, last, refused):
    trade = ordered("1000")

    with pytest.raises(Refused) as no:
        send(trade, lines, last=last)

    assert no.value.code == refused
    assert (trade.fresh().goods, ShippedLine.objects.count(), consignments_of(trade.order.pk)) == ("awaiting", 0, [])


def test_measured_goods_may_differ_by_five_in_a_hundred_and_what_rounds_up_is_not_let_through():
    trade = ordered("999.999", unit="KGM")

    with pytest.raises(Refused) as no:
        send(trade, {1: "949.999"})
    send(trade, {1: "950"})

    assert (no.value.code, trade.order.difference_minor) == ("trade.too_little", 47500 - 50000)


def test_a_contract_from_before_the_rule_has_no_tolerance():
    trade = ordered("1000")
    rules = {name: value for name, value in trade.order.rules.items() if "tolerance" not in name}
    trade.order.rules = rules

    assert [(line.least, line.most) for line in goods_of(trade.order)] == [(1000, 1000)]


def test_the_seller_says_that_nothing_more_follows():
    trade = ordered("1000")
    send(trade, {1: "600"}, last=False)
    with pytest.raises(Refused) as short:
        finish_shipping(trade.order.pk, by=trade.seller)
    offered_early = moves_of(trade.fresh(), stages_of(trade.order), trade.seller)
    send(trade, {1: "390"}, last=False)
    offered = moves_of(trade.fresh(), stages_of(trade.order), trade.seller)

    finish_shipping(trade.order.pk, by=trade.seller)

    assert short.value.code == "trade.too_little"
    assert ("finish_shipping" in offered_early, "finish_shipping" in offered) == (False, True)
    assert (trade.fresh().goods, trade.order.difference_minor) == ("shipped", -500)
    with pytest.raises(AlreadyDone):
        finish_shipping(trade.order.pk, by=trade.seller)


def test_both_may_amend_the_order_down_to_what_has_left():
    trade = ordered("1000")
    send(trade, {1: "600"}, last=False)
    with pytest.raises(Refused) as less:
        propose_amendment(trade.order.pk, Change(lines=[(1, Decimal(500), Decimal("0.50"))]), by=trade.seller)
    made = propose_amendment(trade.order.pk, Change(lines=[(1, Decimal(600), Decimal("0.50"))]), by=trade.seller)
    sign_amendment(made.pk, made.terms_hash, by=trade.buyer)

    finish_shipping(trade.order.pk, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)

    assert less.value.code == "trade.shipped"
    assert (in_wallet(trade.buyer), in_wallet(trade.seller)) == (20000, 30000 - 600)
    assert (trade.fresh().agreement, nothing_is_wrong()) == ("completed", True)


def test_what_is_missing_when_the_day_has_passed_is_the_buyers_to_report_and_at_last_the_operators():
    trade = ordered("1000")
    send(trade, {1: "600"}, last=False)
    make.pass_deadline(trade, "trade.ship")
    fire_due()
    late = (code(trade), running(trade))
    make.pass_deadline(trade, "trade.late")
    fire_due()

    assert late == ("part_late", {"trade.late"})
    assert (trade.fresh().issue, trade.stage(1).state) == ("open", "frozen")


def test_an_order_of_which_nothing_left_goes_to_the_operator_too_when_nobody_acts():
    trade = ordered("1000")
    make.pass_deadline(trade, "trade.ship")
    fire_due()
    assert (code(trade), running(trade)) == ("late", {"trade.late"})
    standing = standing_of(trade.order, stages_of(trade.order), trade.buyer)
    assert "An issue is opened for the operator." in str(standing.at_zero)
    assert standing.until == deadlines_of([trade.order.pk])[trade.order.pk, "trade.late"]
    make.pass_deadline(trade, "trade.late")

    fire_due()

    assert (trade.fresh().issue, trade.order.issue_reason) == ("open", "nothing was shipped in time, and nobody acted")


def test_more_time_that_is_granted_after_the_day_takes_the_order_from_the_operators_way():
    trade = ordered("1000")
    make.pass_deadline(trade, "trade.ship")
    fire_due()

    asked = ask_extension(trade.order.pk, "shipping", 30, "the mould broke", by=trade.seller)
    grant_extension(asked.pk, by=trade.buyer)

    assert running(trade) == {"trade.ship"}


def test_an_issue_about_a_part_freezes_and_when_withdrawn_the_rest_is_awaited_again():
    trade = ordered("1000")
    send(trade, {1: "600"}, last=False)

    open_issue(trade.order.pk, "the cartons are wet", by=trade.buyer)
    frozen = trade.stage(1).state
    with pytest.raises(Refused):
        send(trade, {1: "400"})
    close_issue(trade.order.pk, by=trade.buyer)

    assert (frozen, trade.stage(1).state, running(trade)) == ("frozen", "funded", {"trade.ship"})
    send(trade)
    assert trade.order.goods == "shipped"


def test_only_the_seller_ships_and_twice_is_done_already():
    trade = ordered("1000")
    with pytest.raises(Refused) as buyer:
        send(trade, {1: "100"}, last=False, by=trade.buyer)
    send(trade)
    with pytest.raises(AlreadyDone):
        send(trade)

    assert buyer.value.code == "base.not_your_move"


def test_the_database_holds_what_was_sent():
    trade = ordered("1000")
    send(trade, {1: "980"})
    other = ordered("1000")
    send(other, {1: "100"}, last=False)
    carried = ShippedLine.objects.get(order=trade.order)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ShippedLine.objects.filter(pk=carried.pk).update(quantity=1)
    with pytest.raises(DatabaseError, match="settled once"), transaction.atomic():
        Order.objects.filter(pk=trade.order.pk).update(difference_minor=0)
    with pytest.raises(DatabaseError, match="its own order"), transaction.atomic():
        ShippedLine.objects.create(order=other.order, consignment=carried.consignment, n=1, quantity=1)


def test_a_part_that_travels_long_does_not_start_the_buyers_clock():
    trade = ordered("1000")
    send(trade, {1: "600"}, last=False)

    clock.advance(timedelta(days=3))
    fire_due()

    assert (trade.fresh().issue, "trade.receive" in running(trade)) == ("none", False)


def printed(trade: make.Trade, kind: str, consignment_id: Any) -> str:
    made = PdfReader(io.BytesIO(paper(trade.order, kind, "en", consignment_id=consignment_id)))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in made.pages)).replace("\xa0", " ")


def test_each_consignment_has_an_invoice_of_its_own_and_they_sum_to_what_was_sent():
    trade = ordered("1000", "500", price="0.333")
    send(trade, {1: "601"}, last=False, number="A")
    send(trade, {1: "389", 2: "500"}, number="B")
    one, two = consignments_of(trade.order.pk)

    first, second = printed(trade, "invoice", one.pk), printed(trade, "invoice", two.pk)
    packed = printed(trade, "packing-list", one.pk)

    assert "USD 200.13" in first  # 601 × 0.333
    assert "USD 129.54" in second  # 990 × 0.333 = 329.67, less 200.13
    assert "USD 296.04" in second  # with 500 × 0.333 = 166.50
    assert trade.order.difference_minor == 32967 - 33300
    # Whole numbers: an order's own number may hold any digits.
    assert {"601", "500"} & set(re.findall(r"(?<!\S)\d+(?!\S)", packed)) == {"601"}
