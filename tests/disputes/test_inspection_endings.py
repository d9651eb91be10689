"""How an inspection inside a claim ends, and what it leaves behind."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from everfair.base.deadlines import deadlines_of
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.disputes import actions
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of
from everfair.trade.actions import (
    accept_inspection,
    cancel_inspection,
    declare_packed,
    receive_order,
    waive_inspection,
)
from everfair.trade.models import InspectionDebt, Release, Stage
from everfair.trade.queries.inspecting import inspection_moves, passed_inspection
from tests import make
from tests.disputes.claiming import STATES, claimed, escalated, later, leaves, nothing_is_wrong, refused, usd
from tests.disputes.inspecting import order_inspection
from tests.trade.inspecting import BAD, FEE, GOOD, inspector, report

pytestmark = pytest.mark.django_db


def fee_of(visit) -> str:
    return visit.fresh().fee


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
