"""Claims before an arbitrator: who decides, what a ruling pays, and when it waits."""

from __future__ import annotations

import pytest

from everfair.base.models import Event
from everfair.companies.actions import lift_stop, place_stop
from everfair.companies.queries import actor_of_person
from everfair.disputes import actions
from everfair.disputes.queries import exhibits_of, rulings_of
from tests import make
from tests.disputes.claiming import (
    STATES,
    arbitrator,
    big,
    claimed,
    escalated,
    facts,
    judge,
    later,
    nothing_is_wrong,
    refused,
    ruled,
)

pytestmark = pytest.mark.django_db


def test_a_ruling_waits_for_the_appeal_and_is_then_carried_out():
    case = ruled("105.00")

    assert (case.state, case.wallets(), case.trade.fresh().issue) == ("ruled", (0, 0), "open")
    later(7)
    assert (case.state, case.wallets()) == ("decided", (10500, 30870))
    assert facts(case)[-1] == "ClaimRuled"
    assert Event.objects.get(subject=case.claim.pk, name="ClaimRuled").body["buyer_share"] == "0.250000"
    assert nothing_is_wrong()


def test_both_sides_waiving_carries_it_out_at_once():
    case = ruled("105.00")

    actions.waive_appeal(case.claim.pk, by=case.trade.seller)
    with refused("base.already_done"):
        actions.waive_appeal(case.claim.pk, by=case.trade.seller)
    with refused("disputes.waived"):
        actions.appeal_ruling(case.claim.pk, "no", by=case.trade.seller)
    assert case.state == "ruled"
    actions.waive_appeal(case.claim.pk, by=case.trade.buyer)

    assert (case.state, case.wallets()[0]) == ("decided", 10500)


def test_an_appeal_goes_to_somebody_else_and_is_final():
    case = ruled("105.00")
    first = case.judge()

    actions.appeal_ruling(case.claim.pk, "The photographs show other goods.", by=case.trade.seller)

    second = case.judge()
    assert (case.state, case.claim.instance) == ("arbitration", 2)
    assert second.person_id not in (None, first.person_id)
    with refused("disputes.linked"):
        case.rule("105.00", by=first)
    case.rule("0.00", "not_proven")
    assert (case.state, case.wallets()) == ("decided", (0, 41160))
    with refused("disputes.appealed"):
        actions.appeal_ruling(case.claim.pk, "again", by=case.trade.buyer)
    assert [row.instance for row in rulings_of(case.claim)] == [1, 2]
    assert nothing_is_wrong()


def test_large_sums_need_a_second_person_who_is_not_the_first():
    case = escalated(trade=big())
    maker = case.judge()
    case.rule("10500.00")
    [ruling] = rulings_of(case.claim)

    assert case.state == "proposed"
    with refused("disputes.own_ruling"):
        actions.check_ruling(case.claim.pk, ruling.pk, True, by=maker)
    other = arbitrator()
    actions.check_ruling(case.claim.pk, ruling.pk, False, "What of the carrier's note?", by=other)
    assert case.state == "arbitration"
    case.rule("8400.00")
    actions.check_ruling(case.claim.pk, rulings_of(case.claim)[-1].pk, True, by=other)

    assert case.state == "ruled"
    later(7)
    assert case.wallets()[0] == 840000
    assert nothing_is_wrong()


def test_a_proposal_nobody_looked_at_goes_back_and_does_not_count():
    case = STATES["proposed"]()

    later(30)

    assert (case.state, case.claim.missed) == ("arbitration", 1)
    assert rulings_of(case.claim) == []


def test_who_has_to_do_with_a_side_is_never_drawn_and_cannot_rule():
    linked = judge()
    trade = make.trade("shipped")
    stop = place_stop(trade.order.seller_id, "payout", "odd", by=actor_of_person(linked))
    lift_stop(stop.pk, "fine", by=actor_of_person(linked))
    case = claimed(trade=trade)
    later(7)

    assert (case.state, case.claim.arbitrator_id) == ("arbitration", None)
    with refused("disputes.linked"):
        actions.take_case(case.claim.pk, by=actor_of_person(linked))
    free = arbitrator()
    actions.take_case(case.claim.pk, by=free)
    assert case.fresh().arbitrator_id == free.person_id


def test_former_members_and_those_who_verified_are_linked_too():
    from everfair.base.clock import now
    from everfair.companies.models import Company, Membership
    from everfair.companies.queries import linked_people

    house, former, reviewer = make.company(), make.person(), make.person()
    Membership.objects.create(person=former, company=house, roles=["owner"], ended_at=now())
    Company.objects.filter(pk=house.pk).update(verified_by=reviewer.pk)

    assert linked_people([house.pk]) == {former.pk, reviewer.pk}


def test_cases_go_to_who_has_the_fewest_and_reads_the_language():
    german, chinese = judge(language="en"), judge(language="zh-hans")
    cases = [claimed() for _n in range(3)]
    later(7)

    given = [case.fresh().arbitrator_id for case in cases]
    assert set(given) == {german.pk}, "the language comes before the load"
    assert chinese.pk not in given


def test_an_arbitrator_who_is_late_loses_the_case_and_the_operator_hears():
    case = escalated()
    late = case.judge()

    later(25)

    assert case.state == "arbitration"
    assert case.judge().person_id != late.person_id
    assert (case.claim.missed, "RulingOverdue" in facts(case)) == (1, True)
    with refused("disputes.not_your_case"):
        case.rule("1.00", by=late)


def test_a_ruling_over_an_older_file_is_refused():
    case = escalated()
    seen = len(exhibits_of(case.claim))
    actions.lay_down_evidence(case.claim.pk, "One more photograph.", by=case.trade.buyer)

    with refused("disputes.file_grew"):
        case.rule("1.00", seen=seen)
    with refused("disputes.ground"):
        case.rule("1.00", "because")
    with refused("disputes.beyond_held"):
        case.rule("420.01")
    assert case.state == "arbitration"


def test_reviewers_and_parties_do_not_rule():
    case = escalated()

    for who in (arbitrator("reviewer"), case.trade.buyer, case.trade.seller):
        with refused("base.not_your_move"):
            case.rule("1.00", by=who)


def test_a_stop_keeps_the_money_but_not_the_decision():
    case = ruled("105.00")
    stop = place_stop(case.trade.order.seller_id, "release", "odd", by=make.operator())

    later(7)
    assert (case.state, case.wallets(), case.claim.carried_out_at) == ("decided", (0, 0), None)
    with refused("disputes.one_open"):
        claimed(trade=case.trade)
    lift_stop(stop.pk, "fine", by=make.operator())
    later(1)
    assert (case.wallets(), case.trade.fresh().agreement) == ((10500, 30870), "completed")
    assert nothing_is_wrong()


def test_a_full_refund_passes_a_stop():
    case = ruled("420.00")
    place_stop(case.trade.order.seller_id, "release", "odd", by=make.operator())

    later(7)

    assert (case.state, case.wallets()) == ("decided", (42000, 0))
