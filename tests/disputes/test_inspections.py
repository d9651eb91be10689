"""Inspections inside a claim: who orders and pays, what the report does to the file and the money, and when one ends without it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.companies.models import Person
from everfair.disputes import actions
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of, moves_of
from everfair.disputes.queries.inspecting import visit_days
from everfair.disputes.queries.split import split_of
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.trade.actions import (
    decline_inspection,
)
from everfair.trade.models import InspectionDebt, Stage
from tests import make
from tests.disputes.claiming import STATES, Case, arbitrator, claimed, escalated, later, leaves, nothing_is_wrong, refused, usd
from tests.disputes.inspecting import order_inspection
from tests.trade.inspecting import BAD, FEE, GOOD, inspector, report

pytestmark = pytest.mark.django_db


def ruling_due(case: Case):
    return deadlines_of([case.claim.pk])[(case.claim.pk, "disputes.rule")]


def test_a_report_is_laid_down_in_the_file_by_itself_and_moves_nothing_else():
    case = STATES["talking"]()
    visit = order_inspection(case, reached="ready")

    report(visit, BAD)

    assert leaves(case) == [("buyer", "inspect"), ("inspector", "report")]
    leaf = exhibits_of(case.claim)[-1]
    assert (leaf.body["passed"], leaf.text) == (False, "All cartons opened.")
    assert leaf.body["lots"] == [{"line": 1, "quantity": "1000", "sample_size": 80, "defects": BAD["1"]}]
    assert [(file["name"], len(file["sha256"])) for file in leaf.files] == [("carton.jpg", 64)]
    order = case.trade.fresh()
    assert (order.inspection, order.issue, order.goods) == ("none", "open", "shipped")
    assert {stage.state for stage in Stage.objects.filter(order=order)} == {"frozen"}
    assert (case.state, balance(wallet(visit.by.company_id, "USD"), "USD").posted) == ("talking", FEE)
    actions.read_inspections(case.claim.pk)
    assert len(leaves(case)) == 2
    assert nothing_is_wrong()


def test_only_the_contested_quantity_is_the_lot():
    trade = make.trade("shipped")
    claim = actions.open_claim(
        trade.order.pk, [Complaint(1, "defective", Decimal("200"))], "refund", usd("50.00"), "bent", by=trade.buyer
    )

    visit = order_inspection(Case(trade, claim))

    [lot] = visit.inspection.lots
    assert (lot["quantity"], lot["lot_size"], lot["code_letter"], lot["sample_size"]) == ("200", 200, "G", 32)


@pytest.mark.parametrize("reason", ["not_received", "late", "documents"])
def test_what_is_not_there_is_not_inspected(reason):
    case = claimed(reason=reason)

    assert "inspect" not in moves_of(case.fresh(), case.trade.buyer)
    with refused("disputes.nothing_to_inspect"):
        order_inspection(case)


def test_goods_that_fail_cost_the_seller_the_fee_and_the_ruling_says_so_before():
    case = escalated()
    report(order_inspection(case, reached="ready"), BAD)
    actions.read_inspections(case.claim.pk)

    split = split_of(case.fresh().order, usd("100.00"))

    # 420.00 held, 100.00 back, 2 % of 320.00, and the fee of 300.00 out of the seller's 313.60.
    assert (split.to_buyer, split.fee, split.debt, split.to_seller) == (usd("100.00"), usd("6.40"), usd("300.00"), usd("13.60"))
    assert split.to_buyer + split.fee + split.debt + split.to_seller == split.held
    assert all(row.to_buyer + row.fee + row.debt + row.to_seller == row.held for row in split.stages)
    case.rule("100.00")
    later(7)
    assert (case.state, case.wallets()) == ("decided", (40000, 1360))
    assert split_of(case.fresh().order, usd("0")) is None
    assert nothing_is_wrong()


def test_a_ruling_that_gives_the_seller_less_than_the_fee_takes_what_there_is():
    case = escalated("420.00")
    report(order_inspection(case, reached="ready"), BAD)
    actions.read_inspections(case.claim.pk)

    split = split_of(case.fresh().order, usd("400.00"))
    case.rule("400.00")
    later(7)

    assert (split.debt, split.to_seller) == (usd("19.60"), usd("0.00"))
    assert case.wallets() == (41960, 0)
    assert nothing_is_wrong()


def test_goods_that_pass_cost_whoever_paid():
    case = escalated()
    report(order_inspection(case, reached="ready"), GOOD)
    actions.read_inspections(case.claim.pk)

    case.rule("0")
    later(7)

    assert not InspectionDebt.objects.exists()
    assert case.wallets() == (0, 41160)
    assert nothing_is_wrong()


@pytest.mark.parametrize("defects", [GOOD, BAD])
def test_the_seller_who_ordered_bears_the_fee_either_way(defects):
    case = claimed()
    visit = order_inspection(case, "seller", reached="ready")

    report(visit, defects)

    assert visit.inspection.booked_by_id == case.trade.order.seller_id
    assert not InspectionDebt.objects.exists()
    assert leaves(case) == [("seller", "inspect"), ("inspector", "report")]


def test_the_arbitrator_orders_and_the_fee_is_asked_of_the_buyer():
    case = escalated()
    visit = order_inspection(case, "judge", reached="ready")

    report(visit, BAD)

    assert visit.inspection.booked_by_id == case.trade.order.buyer_id
    assert leaves(case) == [("arbitrator", "inspect"), ("inspector", "report")]
    assert InspectionDebt.objects.get().amount_minor == FEE.minor


def test_only_the_arbitrator_whose_case_it_is_orders_one():
    case = escalated()
    other, mine = arbitrator(), case.judge()
    booking = {"fee": FEE, "wanted_on": visit_days(case.fresh())[0], "place": "Hamburg"}

    with refused("disputes.not_your_case"):
        actions.inspect_claim(case.claim.pk, inspector().company_id, **booking, by=other)
    assert "inspect" not in moves_of(case.fresh(), other)
    assert "inspect" in moves_of(case.fresh(), mine)
    with refused("base.not_your_move"):
        actions.inspect_claim(case.claim.pk, inspector().company_id, **booking, by=arbitrator("reviewer"))
    own = make.company(is_inspector=True)
    make.member(own, who=Person.objects.get(pk=mine.person_id))
    with refused("disputes.inspector_linked"):
        actions.inspect_claim(case.claim.pk, own.pk, **booking, by=mine)


def test_before_arbitration_no_arbitrator_orders_one():
    case = claimed()

    with refused("base.not_your_move"):
        actions.inspect_claim(
            case.claim.pk, inspector().company_id, fee=FEE, wanted_on=visit_days(case.fresh())[0], place="x", by=arbitrator()
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted_on": 0}, "wanted_on"),
        ({"wanted_on": 40}, "wanted_on"),
        ({"fee": usd("0")}, "fee"),
        ({"fee": Money.of("5", "EUR")}, "fee"),
        ({"level": "S-1"}, "level"),
    ],
)
def test_what_cannot_be_ordered_is_refused_beside_its_field(changes, field):
    case = claimed()
    if "wanted_on" in changes:
        changes = {"wanted_on": now().date() + timedelta(days=changes["wanted_on"])}

    with pytest.raises(Refused) as said:
        order_inspection(case, **changes)

    assert said.value.field == field
    assert leaves(case) == []
    assert case.fresh().report_by is None


def test_an_inspector_is_a_stranger_to_both_sides():
    case = claimed()
    plain = make.company()

    for company in (case.trade.order.seller, plain):
        with pytest.raises(Refused) as said:
            order_inspection(case, by=make.actor(company, who=make.member(company)))
        assert said.value.field == "inspector"


def test_one_inspection_is_open_at_a_time_and_another_may_follow():
    case = claimed()
    visit = order_inspection(case)

    assert "inspect" not in moves_of(case.fresh(), case.trade.seller)
    with refused("trade.inspection_open"):
        order_inspection(case, "seller")
    decline_inspection(visit.inspection.pk, "no time", by=visit.by)
    again = order_inspection(case, "seller", reached="ready")
    report(again, BAD)
    third = order_inspection(case, reached="ready")
    report(third, BAD)

    assert leaves(case)[1:] == [
        ("inspector", "no_report"),
        ("seller", "inspect"),
        ("inspector", "report"),
        ("buyer", "inspect"),
        ("inspector", "report"),
    ]
    assert nothing_is_wrong()


def test_the_ruling_waits_for_the_first_report_and_only_once():
    case = escalated()
    later(9)
    before = ruling_due(case)

    visit = order_inspection(case)
    moved = ruling_due(case)
    decline_inspection(visit.inspection.pk, "no time", by=visit.by)
    later(1)
    order_inspection(case)

    assert before < moved == case.fresh().report_by
    assert ruling_due(case) == moved


def test_a_ruling_due_later_than_the_report_stays_where_it_was():
    case = escalated()
    before = ruling_due(case)

    order_inspection(case)

    assert ruling_due(case) == before


def test_a_case_that_comes_to_the_arbitrator_late_waits_for_the_report_too():
    case = STATES["talking"]()
    order_inspection(case)
    Claim.objects.update(report_by=now() + timedelta(days=60))
    later(7)

    assert case.state == "arbitration"
    assert ruling_due(case) == case.fresh().report_by


def test_the_talk_goes_on_and_ends_by_itself_while_the_inspector_is_on_the_way():
    case = STATES["talking"]()
    visit = order_inspection(case, reached="paid", wanted_on=visit_days(case.fresh())[1])

    later(7)

    assert (case.state, visit.fresh().state) == ("arbitration", "accepted")
