"""A case: proposed by a score, held for a time, decided by a person who has nothing to do with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from everfair.base.clock import now
from everfair.base.refused import NotVisible, Refused
from everfair.companies.actions import lift_stop, place_stop
from everfair.companies.models import Stop
from everfair.risk import actions
from everfair.risk.facts import Finding
from everfair.risk.models import RiskCase, Sweep
from everfair.risk.scoring import Proposal, Score
from everfair.trust.actions import declare_link
from tests import make
from tests.trust.reviewing import acting, reviewer

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


def proposed(company, points=80.0, action="hold"):
    return Proposal(
        str(company.pk), action, Score(str(company.pk), points, (Finding("bait", points, (("buyers", "3"), ("baits", "pay"))),))
    )


def fresh(row):
    return RiskCase.objects.get(pk=row.pk)


def standing(company):
    return sorted(Stop.objects.filter(company=company, lifted_at=None).values_list("kind", flat=True))


def test_a_high_score_stops_payouts_and_listings_until_a_person_decides():
    company = make.company(is_seller=True)

    row = actions.take_proposal(proposed(company, 80.0), at=DAY)

    assert fresh(row).state == "held"
    assert standing(company) == ["listing", "payout"]


def test_a_lower_score_waits_and_stops_nothing():
    company = make.company(is_seller=True)

    row = actions.take_proposal(proposed(company, 50.0), at=DAY)
    watch = actions.take_proposal(proposed(make.company(is_seller=True), 90.0, "watch"), at=DAY)

    assert (fresh(row).state, fresh(watch).state) == ("open", "open")
    assert standing(company) == []


def test_one_supplier_has_one_open_case_that_follows_its_score():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company, 50.0), at=DAY)

    assert actions.take_proposal(proposed(company, 55.0), at=DAY + timedelta(days=1)) is None

    assert (float(fresh(row).points), fresh(row).scored_on) == (55.0, DAY + timedelta(days=1))
    actions.take_proposal(proposed(company, 80.0), at=DAY + timedelta(days=2))
    assert fresh(row).state == "held"
    assert RiskCase.objects.filter(company=company).count() == 1


def test_without_a_persons_word_the_clock_lets_go_and_escalates_and_nothing_holds_by_itself_again():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company), at=DAY)

    actions.lapse_hold(row.pk)
    actions.lapse_hold(row.pk)
    actions.take_proposal(proposed(company, 95.0), at=DAY)

    assert fresh(row).state == "escalated"
    assert fresh(row).lapsed_at is not None
    assert standing(company) == []


def test_confirming_keeps_what_stands_and_clearing_lifts_it():
    one, other = make.company(is_seller=True), make.company(is_seller=True)
    bad, good = (actions.take_proposal(proposed(company), at=DAY) for company in (one, other))
    by = acting(reviewer())

    actions.confirm_fraud(bad.pk, "Spoke with three buyers.", by=by)
    actions.clear_case(good.pk, "A clearance sale.", by=by)

    assert (fresh(bad).state, fresh(good).state) == ("confirmed", "cleared")
    assert (standing(one), standing(other)) == (["listing", "payout"], [])
    assert fresh(bad).decided_by_id == by.person_id


def test_confirming_an_open_case_places_the_stops():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company, 50.0), at=DAY)

    actions.confirm_fraud(row.pk, "Seen.", by=acting(reviewer()))

    assert standing(company) == ["listing", "payout"]


def test_clearing_passes_over_a_stop_that_an_operator_lifted_by_hand():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company), at=DAY)
    lift_stop(fresh(row).stops[0], "By hand.", by=make.operator())

    actions.clear_case(row.pk, "Nothing.", by=acting(reviewer()))

    assert standing(company) == []


def test_another_stop_of_the_company_stays():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company), at=DAY)
    place_stop(company.pk, "deposit", "Something else.", by=make.operator())

    actions.clear_case(row.pk, "Nothing.", by=acting(reviewer()))

    assert standing(company) == ["deposit"]


def test_what_was_cleared_comes_again_only_with_clearly_more_and_what_was_confirmed_never():
    cleared, confirmed = make.company(is_seller=True), make.company(is_seller=True)
    by = acting(reviewer())
    actions.clear_case(actions.take_proposal(proposed(cleared, 50.0), at=DAY).pk, "Fine.", by=by)
    actions.confirm_fraud(actions.take_proposal(proposed(confirmed, 50.0), at=DAY).pk, "Fraud.", by=by)

    assert actions.take_proposal(proposed(cleared, 60.0), at=DAY) is None
    assert actions.take_proposal(proposed(cleared, 66.0), at=DAY) is not None
    assert actions.take_proposal(proposed(confirmed, 200.0), at=DAY) is None


@pytest.mark.parametrize("act", [actions.hold_case, actions.confirm_fraud, actions.clear_case])
def test_who_brought_the_supplier_says_nothing_of_it(act):
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company, 50.0), at=DAY)
    person = reviewer()
    declare_link(person.pk, company.pk, "onboarded", "Brought it.", by=make.operator())

    with pytest.raises(Refused) as refused:
        act(row.pk, "Mine.", by=acting(person))

    assert refused.value.code == "risk.linked"
    assert fresh(row).state == "open"


def test_who_held_it_by_hand_does_not_decide_it():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company, 50.0), at=DAY)
    by = acting(reviewer())
    actions.hold_case(row.pk, "Look at the mails.", by=by)

    with pytest.raises(Refused) as refused:
        actions.confirm_fraud(row.pk, "As I said.", by=by)

    assert refused.value.code == "risk.own_hold"
    assert fresh(row).state == "held"
    actions.confirm_fraud(row.pk, "So do I.", by=acting(reviewer()))
    assert fresh(row).state == "confirmed"


def test_nobody_but_reviewers_sees_a_case():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company), at=DAY)

    for by in (make.actor(company, "owner"), make.actor(make.company(), "owner")):
        with pytest.raises(NotVisible):
            actions.clear_case(row.pk, "Fine.", by=by)
    assert fresh(row).state == "held"


def test_an_empty_reason_decides_nothing():
    row = actions.take_proposal(proposed(make.company(is_seller=True)), at=DAY)

    with pytest.raises(Refused) as refused:
        actions.confirm_fraud(row.pk, "  ", by=acting(reviewer()))

    assert refused.value.field == "reason"
    assert fresh(row).state == "held"


def past_the_verb(row, constraint, **columns):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        RiskCase.objects.filter(pk=row.pk).update(**columns)
    assert constraint in str(refused.value.__cause__.diag.constraint_name)


def test_the_database_refuses_a_decider_who_is_linked_who_held_or_who_is_nobody():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company, 50.0), at=DAY)
    linked, holder = reviewer(), reviewer()
    declare_link(linked.pk, company.pk, "earned", "Commission.", by=make.operator())
    actions.hold_case(row.pk, "Look.", by=acting(holder))
    said = {"state": "confirmed", "decided_at": now(), "reason": "x"}

    past_the_verb(row, "risk_case_unlinked", decided_by_id=linked.pk, **said)
    past_the_verb(row, "risk_case_two_people", decided_by_id=holder.pk, **said)
    past_the_verb(row, "risk_case_reviewer", decided_by_id=make.person().pk, **said)
    past_the_verb(row, "risk_case_decided", state="confirmed")
    past_the_verb(row, "risk_case_stays", company_id=make.company().pk)


def test_the_database_refuses_to_change_what_was_decided_and_a_case_that_begins_decided():
    row = actions.take_proposal(proposed(make.company(is_seller=True)), at=DAY)
    actions.clear_case(row.pk, "Fine.", by=acting(reviewer()))

    past_the_verb(row, "risk_case_decided_stays", reason="Other.")
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskCase.objects.create(company=make.company(), state="held", points=1, findings=[], scored_on=DAY)


def test_a_sweep_is_never_changed():
    sweep = Sweep.objects.create(looked=1, opened=0, took_ms=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        Sweep.objects.filter(pk=sweep.pk).update(opened=9)
