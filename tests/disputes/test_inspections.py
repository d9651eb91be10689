"""Inspections inside a claim: who orders and pays, what the report does to the file and the money, and when one ends without it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
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
    accept_inspection,
    cancel_inspection,
    declare_packed,
    decline_inspection,
    receive_order,
    waive_inspection,
)
from everfair.trade.models import InspectionDebt, Release, Stage
from everfair.trade.queries.inspecting import inspection_moves, passed_inspection
from tests import make
from tests.disputes.claiming import STATES, Case, arbitrator, claimed, escalated, later, nothing_is_wrong, refused, usd
from tests.disputes.inspecting import order_inspection
from tests.trade.inspecting import BAD, FEE, GOOD, inspector, report

pytestmark = pytest.mark.django_db


def leaves(case: Case) -> list[tuple[str, str]]:
    """The inspection's leaves of the file: (side, verb). As the worker leaves it after every report."""
    actions.read_inspections(case.claim.pk)
    return [(row.side, row.verb) for row in exhibits_of(case.claim) if row.kind == "inspection"]


def ruling_due(case: Case):
    return deadlines_of([case.claim.pk])[(case.claim.pk, "disputes.rule")]


def fee_of(visit) -> str:
    return visit.fresh().fee


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


_ENDINGS = {
    "accept": lambda case: actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer),
    "withdraw": lambda case: actions.withdraw_claim(case.claim.pk, by=case.trade.buyer),
    "agree_return": lambda case: (
        actions.offer_remedy(case.claim.pk, "return", usd("80.00"), by=case.trade.seller),
        actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer),
    ),
}


@pytest.mark.parametrize("ending", sorted(_ENDINGS))
@pytest.mark.parametrize("reached", ["asked", "paid"])
def test_a_claim_that_ends_ends_its_inspection_and_the_fee_goes_back(ending, reached):
    case = STATES["talking"]()
    visit = order_inspection(case, reached=reached)

    _ENDINGS[ending](case)

    assert (visit.fresh().state, fee_of(visit)) == ("lapsed", {"asked": "void", "paid": "returned"}[reached])
    assert leaves(case) == [("buyer", "inspect"), ("clock", "no_report")]
    back = FEE.minor if reached == "paid" else 0
    assert case.wallets()[0] == back + {"accept": 5000}.get(ending, 0)
    with pytest.raises(Refused):
        report(visit)
    assert nothing_is_wrong()


@pytest.mark.parametrize("trade", [None, "big"])
def test_an_arbitrator_who_rules_without_the_report_ends_the_inspection(trade):
    from tests.disputes.claiming import big

    case = escalated(trade=big() if trade else None)
    visit = order_inspection(case, reached="paid")

    case.rule("10.00")

    assert (case.state, visit.fresh().state, fee_of(visit)) == ("proposed" if trade else "ruled", "lapsed", "returned")
    assert leaves(case)[-1] == ("clock", "no_report")
    assert nothing_is_wrong()


def test_a_report_nobody_has_read_yet_keeps_the_ruling_back():
    """Also before the worker has laid it down: whoever takes the claim up finds it in the file."""
    case = escalated()
    visit = order_inspection(case, reached="ready")
    seen = len(exhibits_of(case.claim))

    report(visit, BAD)

    assert len(exhibits_of(case.claim)) == seen
    with refused("disputes.file_grew"):
        case.rule("100.00", seen=seen)
    assert leaves(case)[-1] == ("inspector", "report")


def test_who_steps_back_or_is_not_heard_of_leaves_a_leaf_and_the_claim_goes_on():
    case = claimed()

    cancelled = order_inspection(case, "seller", reached="paid")
    cancel_inspection(cancelled.inspection.pk, "settled soon", by=case.trade.seller)
    lapsed = order_inspection(case)
    later(4)

    assert (fee_of(cancelled), lapsed.fresh().state) == ("returned", "lapsed")
    assert leaves(case) == [("seller", "inspect"), ("seller", "no_report"), ("buyer", "inspect"), ("clock", "no_report")]
    assert case.state == "answering"
    assert nothing_is_wrong()


def test_an_inspector_who_has_not_accepted_by_the_day_does_not_come():
    case = claimed()
    visit = order_inspection(case)

    due = deadlines_of([case.trade.order.pk])[(case.trade.order.pk, "trade.inspection")]

    assert due.date() == visit.inspection.wanted_on
    accept_inspection(visit.inspection.pk, by=visit.by)
    assert deadlines_of([case.trade.order.pk])[(case.trade.order.pk, "trade.inspection")] > due


def test_nothing_is_packed_or_waived_inside_a_claim():
    case = claimed()
    visit = order_inspection(case, reached="ready")

    with refused("trade.inspection_in_claim"):
        declare_packed(visit.inspection.pk, 90, by=case.trade.seller)
    assert "report" in inspection_moves(visit.fresh(), visit.by)
    report(visit, BAD)
    with refused("trade.inspection_in_claim"):
        waive_inspection(visit.inspection.pk, "fine", by=case.trade.buyer)
    for side in (case.trade.buyer, case.trade.seller):
        assert inspection_moves(visit.fresh(), side) == []


def test_a_debt_outlives_a_withdrawn_claim():
    case = claimed()
    report(order_inspection(case, reached="ready"), BAD)

    actions.withdraw_claim(case.claim.pk, by=case.trade.buyer)
    receive_order(case.trade.order.pk, by=case.trade.buyer)

    assert case.wallets() == (30000, 11160)
    assert nothing_is_wrong()


def test_after_the_payout_the_buyer_bears_the_fee_all_the_same():
    trade = make.trade("shipped")
    receive_order(trade.order.pk, by=trade.buyer)
    case = claimed(trade=trade)

    report(order_inspection(case, reached="ready"), BAD)

    assert InspectionDebt.objects.get().taken_minor == 0
    assert leaves(case)[-1] == ("inspector", "report")
    assert trade.fresh().agreement == "completed"
    assert nothing_is_wrong()


def test_a_pass_inside_a_claim_is_no_evidence_for_a_payout_by_silence():
    case = claimed()
    visit = order_inspection(case, reached="ready")
    report(visit, GOOD)
    actions.withdraw_claim(case.claim.pk, by=case.trade.buyer)
    stage = Stage.objects.filter(order=case.trade.order, ends_on="settlement").first()

    assert passed_inspection(case.trade.fresh()) is None
    Release.objects.create(stage=stage, inspection=visit.inspection)
    with pytest.raises(IntegrityError, match="a stage is paid out on evidence"), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(state="released")


def test_the_database_keeps_an_inspection_with_its_claim():
    case = claimed()
    visit = order_inspection(case, reached="ready")
    report(visit, BAD)

    for wrong in ("claim_id = NULL", "state = 'waived'", "state = 'replaced'"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ask(f"UPDATE trade_inspection SET {wrong} WHERE id = %s RETURNING 1", [visit.inspection.pk])
    actions.withdraw_claim(case.claim.pk, by=case.trade.buyer)
    copied = "INSERT INTO trade_inspection SELECT (i).* FROM (SELECT jsonb_populate_record(t, %s::jsonb) AS i FROM trade_inspection t) x RETURNING 1"
    with pytest.raises(IntegrityError, match="has an open claim"), transaction.atomic():
        ask(copied, ['{"id": "01890000-0000-7000-8000-000000000000", "n": 9, "state": "asked", "fee": "due"}'])


def test_a_strangers_claim_is_not_there():
    case = claimed()
    other = claimed()

    with pytest.raises(NotVisible):
        actions.inspect_claim(
            case.claim.pk, inspector().company_id, fee=FEE, wanted_on=date.today(), place="x", by=other.trade.buyer
        )
    assert not Claim.objects.exclude(report_by=None).exists()
