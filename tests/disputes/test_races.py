"""Several people and the clock at once: one winner, clean books, never both."""

from __future__ import annotations

import pytest

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.refused import Refused
from everfair.disputes import actions
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim, Ruling
from everfair.disputes.queries import exhibits_of
from everfair.trade.actions import accept_inspection, receive_order
from everfair.trade.models import Inspection, InspectionReport, Stage
from tests import make
from tests.base.together import together
from tests.disputes.claiming import STATES, escalated, nothing_is_wrong, ruled, usd
from tests.disputes.inspecting import order_inspection
from tests.trade.inspecting import BAD, inspector, report

pytestmark = pytest.mark.usefixtures("committed")


def losers(results):
    """A loser is told so; anything else is a fault."""
    assert all(not isinstance(result, Exception) or isinstance(result, Refused) for result in results), results
    return sum(isinstance(result, Refused) for result in results)


def claim_against_release(rounds):
    """I8, B79: in every round either the seller is paid or the money is frozen, never both and never neither."""
    seen = set()
    for _round in range(rounds):
        trade = make.trade("shipped")
        results = together(
            [
                lambda trade=trade: receive_order(trade.order.pk, by=trade.buyer),
                lambda trade=trade: actions.open_claim(
                    trade.order.pk, [Complaint(1, "defective")], "refund", usd("100.00"), "wet", by=trade.buyer
                ),
            ]
        )
        order = trade.fresh()
        states = {stage.state for stage in Stage.objects.filter(order=order)}
        claim = Claim.objects.filter(order=order).first()
        if order.agreement == "completed":
            assert states == {"released"}
            # The claim came after the payout: against good will, or it was told to look again.
            assert claim is None or claim.held_minor == 0
        else:
            assert losers(results) == 1
            assert (states, order.issue) == ({"frozen"}, "open")
            assert claim is not None
            assert claim.held_minor == 42000
        seen.add(order.agreement)
    assert nothing_is_wrong()
    return seen


def test_a_claim_and_a_release_at_once_never_both():
    assert claim_against_release(50) <= {"completed", "agreed"}


@pytest.mark.long
def test_a_claim_and_a_release_at_once_a_thousand_times():
    assert claim_against_release(1000) == {"completed", "agreed"}


def test_accepting_escalating_and_withdrawing_at_once_has_one_winner():
    for _round in range(5):
        case = STATES["talking"]()
        offer = case.offer_of("seller")

        results = together(
            [
                lambda case=case, offer=offer: actions.accept_offer(case.claim.pk, offer, by=case.trade.buyer),
                lambda case=case: actions.escalate_claim(case.claim.pk, by=CLOCK_ACTOR),
                lambda case=case: actions.withdraw_claim(case.claim.pk, by=case.trade.buyer),
            ]
        )

        # A case that is escalated first may still be withdrawn: then two have won, one after the other.
        assert losers(results) in (1, 2)
        paid = {"settled": (5000, 36260), "withdrawn": (0, 0), "arbitration": (0, 0)}
        assert case.wallets() == paid[case.state]
    assert nothing_is_wrong()


def test_both_offers_accepted_at_once_is_one_settlement():
    case = STATES["talking"]()

    results = together(
        [
            lambda: actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer),
            lambda: actions.accept_offer(case.claim.pk, case.offer_of("buyer"), by=case.trade.seller),
        ]
    )

    assert losers(results) == 1
    assert (case.state, case.wallets() in ((5000, 36260), (10000, 31360))) == ("settled", True)
    assert nothing_is_wrong()


def test_a_ruling_twice_at_once_is_one_ruling():
    case = escalated()
    judge, seen = case.judge(), len(exhibits_of(case.claim))

    results = together(
        [
            lambda amount=amount: actions.rule_claim(case.claim.pk, "defective_goods", usd(amount), "seen", seen=seen, by=judge)
            for amount in ("10.00", "20.00", "30.00")
        ]
    )

    assert losers(results) == 2
    assert (case.state, Ruling.objects.count()) == ("ruled", 1)


def test_an_appeal_in_the_last_second_is_heard_or_comes_too_late():
    for _round in range(5):
        case = ruled("105.00")

        results = together(
            [
                lambda case=case: actions.finish_claim(case.claim.pk),
                lambda case=case: actions.appeal_ruling(case.claim.pk, "other goods", by=case.trade.seller),
            ]
        )

        assert losers(results) == 1
        assert (case.state, case.wallets()) in (("decided", (10500, 30870)), ("arbitration", (0, 0)))
    assert nothing_is_wrong()


def test_evidence_laid_down_at_once_has_no_gap():
    case = STATES["answering"]()

    results = together(
        [
            lambda n=n: actions.lay_down_evidence(
                case.claim.pk, f"photograph {n}", by=case.trade.buyer if n % 2 else case.trade.seller
            )
            for n in range(6)
        ]
    )

    assert losers(results) == 0
    assert [leaf.n for leaf in exhibits_of(case.claim)] == list(range(1, 10))


def test_two_claims_at_once_are_one():
    trade = make.trade("shipped")

    results = together(
        [
            lambda: actions.open_claim(
                trade.order.pk, [Complaint(1, "short")], "refund", usd("10.00"), "ten are missing", by=trade.buyer
            )
        ]
        * 3
    )

    assert losers(results) == 2
    assert Claim.objects.filter(order=trade.order).count() == 1


def test_a_claim_that_ends_while_its_inspection_is_reported_has_one_of_the_two():
    """Either the report lies in the file and its fee is earned, or there is none and the fee went back: never both, never neither."""
    seen = set()
    for _round in range(8):
        case = STATES["talking"]()
        visit = order_inspection(case, reached="ready")
        offer = case.offer_of("seller")

        results = together(
            [
                lambda visit=visit: report(visit, BAD),
                lambda case=case, offer=offer: actions.accept_offer(case.claim.pk, offer, by=case.trade.buyer),
            ]
        )

        assert losers(results) <= 1
        assert case.state == "settled"
        made = visit.fresh()
        reported = InspectionReport.objects.filter(inspection=made).exists()
        leaf = [row.verb for row in exhibits_of(case.claim) if row.kind == "inspection"][-1]
        assert (made.state, made.fee, leaf) == (("failed", "paid", "report") if reported else ("lapsed", "returned", "no_report"))
        # 50.00 back; the fee of 300.00 too: as the seller's debt, or because there is no report.
        assert case.wallets() == ((35000, 36260 - 30000) if reported else (35000, 36260))
        seen.add(reported)
    assert nothing_is_wrong()


def test_a_claim_that_ends_while_its_inspector_accepts_leaves_no_open_booking():
    for _round in range(5):
        case = STATES["talking"]()
        visit = order_inspection(case)

        results = together(
            [
                lambda visit=visit: accept_inspection(visit.inspection.pk, by=visit.by),
                lambda case=case: actions.withdraw_claim(case.claim.pk, by=case.trade.buyer),
            ]
        )

        assert losers(results) <= 1
        assert (case.state, visit.fresh().state, visit.inspection.fee) == ("withdrawn", "lapsed", "void")
    assert nothing_is_wrong()


def test_a_ruling_and_a_report_at_once_never_pass_each_other_unread():
    for _round in range(6):
        case = escalated()
        visit = order_inspection(case, reached="ready")
        seen = len(exhibits_of(case.claim))

        results = together([lambda visit=visit: report(visit, BAD), lambda case=case, seen=seen: case.rule("100.00", seen=seen)])

        assert losers(results) == 1
        assert (case.state, visit.fresh().state) in {("arbitration", "failed"), ("ruled", "lapsed")}
    assert nothing_is_wrong()


def test_both_sides_ordering_at_once_is_one_inspection():
    case = STATES["talking"]()
    first, second = inspector(), inspector()

    results = together([lambda: order_inspection(case, "buyer", by=first), lambda: order_inspection(case, "seller", by=second)])

    assert losers(results) == 1
    assert Inspection.objects.filter(claim_id=case.claim.pk).count() == 1
