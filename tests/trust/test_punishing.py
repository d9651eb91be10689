"""Points and what follows from them, through the verbs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import advance, now
from everfair.base.deadlines import fire_due
from everfair.base.models import Event
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.queries import refuse_stopped
from everfair.trust import actions as trust
from everfair.trust.actions import punishing
from everfair.trust.models import Penalty, Sanction
from everfair.trust.queries.discipline import points_ledger, points_of
from tests import make
from tests.trust.disciplining import confirmed, points, staff, standing, stops, today
from tests.trust.reviewing import acting, paper, reviewer

pytestmark = pytest.mark.django_db


def test_three_points_count_by_one_persons_word_and_stop_nothing():
    mei, *_ = staff()
    firm = make.company()

    row = points(firm, "late_delivery", mei)

    assert (row.state, row.points, points_of(firm.pk), standing(firm), stops(firm)) == ("given", 3, 3, None, [])
    assert Sanction.objects.count() == 0


def test_six_points_are_a_warning_that_is_said_once():
    mei, *_ = staff()
    firm = make.company()

    points(firm, "bait", mei)
    points(firm, "late_delivery", mei)

    assert [(row.rung, row.state) for row in Sanction.objects.filter(company=firm)] == [("warning", "served")]
    assert (points_of(firm.pk), stops(firm)) == (9, [])


def test_the_twelfth_point_waits_for_a_second_person_and_then_stops_new_orders_for_a_week():
    mei, otto, _ana = staff()
    firm = make.company()
    points(firm, "bait", mei)

    row = points(firm, "bait", otto)
    assert (row.state, points_of(firm.pk), standing(firm)) == ("waiting", 6, None)
    with pytest.raises(Refused):
        punishing.confirm_points(row.pk, "I agree with myself.", by=otto)
    assert points_of(firm.pk) == 6
    punishing.confirm_points(row.pk, "Agreed.", by=mei)

    found = standing(firm)
    assert found is not None
    assert (found.rung, found.points, found.until - found.since, stops(firm)) == ("first", 12, timedelta(days=7), ["deposit"])
    with pytest.raises(Refused):
        refuse_stopped([firm.pk], "deposit")


def test_a_restriction_ends_by_the_clock():
    mei, otto, _ana = staff()
    firm = make.company()
    confirmed(firm, "false_papers", mei, otto)

    advance(timedelta(days=6, hours=23))
    fire_due()
    assert stops(firm) == ["deposit"]
    advance(timedelta(hours=2))
    fire_due()

    assert (standing(firm), stops(firm), points_of(firm.pk)) == (None, [], 12)
    assert Event.objects.filter(name="SanctionEnded").count() == 1
    assert Event.objects.filter(name="StopLifted").count() == 1


def test_the_third_rung_hides_the_offers_and_the_last_has_no_end():
    mei, otto, _ana = staff()
    firm = make.company()

    confirmed(firm, "counterfeit", mei, otto)
    confirmed(firm, "wash_trading", mei, otto)
    assert (standing(firm).rung, stops(firm)) == ("third", ["deposit", "listing"])
    confirmed(firm, "false_papers", mei, otto)

    assert (standing(firm).rung, standing(firm).until, stops(firm)) == ("ended", None, ["deposit", "listing"])
    assert sorted(Sanction.objects.values_list("rung", "state")) == [
        ("ended", "standing"),
        ("second", "replaced"),
        ("third", "replaced"),
    ]


def test_a_grave_act_left_as_it_was_ends_the_membership_at_once_by_two_people():
    mei, otto, _ana = staff()
    firm = make.company()

    row = points(firm, "not_delivered", mei, unresolved=True)
    assert (row.points, row.state, standing(firm)) == (48, "waiting", None)
    punishing.confirm_points(row.pk, "Agreed.", by=otto)

    assert standing(firm).rung == "ended"
    assert points(make.company(), "late_delivery", mei, unresolved=True).points == 3


def test_points_die_a_year_after_the_act():
    mei, otto, _ana = staff()
    firm = make.company()
    confirmed(firm, "false_papers", mei, otto, ago=360)

    advance(timedelta(days=5))
    assert points_of(firm.pk) == 12
    advance(timedelta(days=1))
    assert points_of(firm.pk) == 0
    row = points(firm, "bait", mei)

    assert (row.state, points_of(firm.pk)) == ("given", 6)
    assert Sanction.objects.order_by("-since").first().rung == "warning"


def test_too_long_ago_tomorrow_without_evidence_or_without_words_is_refused_and_nothing_changes():
    mei, *_ = staff()
    firm = make.company()

    for field, more in (("acted_on", {"ago": 366}), ("acted_on", {"ago": -1}), ("reference", {"reference": " "})):
        with pytest.raises(Refused) as no:
            points(firm, "bait", mei, **more)
        assert no.value.field == field
    with pytest.raises(Refused) as no:
        points(firm, "loitering", mei)
    assert no.value.field == "offence"
    with pytest.raises(Refused) as no:
        punishing.give_points(firm.pk, "bait", today(), "  ", by=mei, reference="EF-1")
    assert no.value.field == "reason"
    with pytest.raises(NotVisible):
        punishing.give_points(mei.person_id, "bait", today(), "It was seen.", by=mei, reference="EF-1")
    assert Penalty.objects.count() == 0


def test_who_is_linked_gives_nothing_and_confirms_nothing():
    mei, otto, ana = staff()
    firm = make.company()
    trust.declare_link(otto.person_id, firm.pk, "earned", "Commission.", by=ana)

    with pytest.raises(Refused) as no:
        points(firm, "bait", otto)
    assert no.value.code == "trust.linked"
    row = points(firm, "false_papers", mei)
    with pytest.raises(Refused) as no:
        punishing.confirm_points(row.pk, "Agreed.", by=otto)
    assert (no.value.code, points_of(firm.pk)) == ("trust.linked", 0)


@pytest.mark.parametrize("role", ["finance", "arbitrator"])
def test_who_is_no_reviewer_gives_nothing(role: str):
    with pytest.raises(Refused) as no:
        points(make.company(), "bait", acting(reviewer(role)))
    assert no.value.status == 403


def test_an_appeal_strikes_the_points_and_the_sanction_with_them():
    mei, otto, ana = staff()
    firm = make.company()
    owner = make.actor(firm, "owner")
    row = confirmed(firm, "false_papers", mei, otto)

    appeal = punishing.appeal_points(row.pk, "It was our printer.", by=owner, file_ids=[paper(owner)])
    for part in (mei, otto):
        with pytest.raises(Refused):
            punishing.decide_points_appeal(appeal.pk, "uphold", "I was right.", by=part)
    punishing.decide_points_appeal(appeal.pk, "strike_down", "The paper is real.", by=ana)

    row.refresh_from_db()
    assert (row.state, row.counts, points_of(firm.pk), standing(firm), stops(firm)) == ("struck", 0, 0, None, [])
    assert [(one.rung, one.state) for one in Sanction.objects.all()] == [("first", "lifted")]


def test_the_lighter_sanction_comes_back_while_it_still_runs():
    mei, otto, ana = staff()
    firm = make.company()
    confirmed(firm, "false_papers", mei, otto)
    first = standing(firm)
    advance(timedelta(days=2))
    row = confirmed(firm, "wash_trading", mei, otto)
    assert standing(firm).rung == "second"

    appeal = punishing.appeal_points(row.pk, "The buyer is not us.", by=make.actor(firm, "owner"))
    punishing.decide_points_appeal(appeal.pk, "strike_down", "Shown.", by=ana)

    again = standing(firm)
    assert (again.pk, again.until, stops(firm)) == (first.pk, first.until, ["deposit"])
    advance(timedelta(days=5, hours=1))
    fire_due()
    assert (standing(firm), stops(firm)) == (None, [])


def test_fewer_points_reach_a_lighter_rung_from_the_same_moment():
    mei, otto, ana = staff()
    firm = make.company()
    row = confirmed(firm, "counterfeit", mei, otto)
    advance(timedelta(days=1))
    appeal = punishing.appeal_points(row.pk, "One box only.", by=make.actor(firm, "owner"))

    for left in (0, 24, 25, None):
        with pytest.raises(Refused) as no:
            punishing.decide_points_appeal(appeal.pk, "reduce", "One box.", by=ana, left=left)
        assert no.value.field == "left"
    punishing.decide_points_appeal(appeal.pk, "reduce", "One box.", by=ana, left=12)

    row.refresh_from_db()
    assert (row.state, row.points, row.counts) == ("given", 24, 12)
    assert (standing(firm).rung, standing(firm).since, standing(firm).until) == (
        "first",
        row.given_at,
        row.given_at + timedelta(days=7),
    )


def test_upheld_points_stay_and_nobody_appeals_twice_or_late():
    mei, otto, ana = staff()
    firm = make.company()
    owner = make.actor(firm, "owner")
    row = confirmed(firm, "false_papers", mei, otto)
    late = points(firm, "late_delivery", mei) if points_of(firm.pk) < 9 else confirmed(firm, "late_delivery", mei, otto)
    appeal = punishing.appeal_points(row.pk, "No.", by=owner)
    punishing.decide_points_appeal(appeal.pk, "uphold", "Yes.", by=ana)

    with pytest.raises(AlreadyDone):
        punishing.appeal_points(row.pk, "Once more.", by=owner)
    with pytest.raises(AlreadyDone):
        punishing.decide_points_appeal(appeal.pk, "uphold", "Yes.", by=ana)
    assert points_of(firm.pk) == 15
    assert points_ledger(firm.pk, owner).appeal_until(late) is None or now() < points_ledger(firm.pk, owner).appeal_until(late)
    advance(timedelta(days=15, minutes=1))
    with pytest.raises(Refused) as no:
        punishing.appeal_points(late.pk, "Late.", by=owner)
    assert no.value.code == "trust.appeal_late"


def test_another_companys_points_are_not_there():
    mei, otto, _ana = staff()
    row = confirmed(make.company(), "false_papers", mei, otto)
    waiting = points(row.company, "bait", mei)
    stranger, own = make.actor(make.company(), "owner"), make.actor(row.company, "owner")

    with pytest.raises(NotVisible):
        punishing.appeal_points(row.pk, "Not mine.", by=stranger)
    with pytest.raises(NotVisible):
        punishing.appeal_points(waiting.pk, "Not given yet.", by=own)
    with pytest.raises(Refused):
        punishing.appeal_points(row.pk, "I only look.", by=make.actor(row.company, "viewer"))


def test_what_an_event_proposes_counts_only_when_a_person_says_so():
    mei, otto, _ana = staff()
    firm = make.company()

    row = punishing.propose_points(firm.pk, "not_delivered", today(), "claim:1", "EF-1001")
    again = punishing.propose_points(firm.pk, "not_delivered", today(), "claim:1", "EF-1001")
    assert (row.state, again, points_of(firm.pk)) == ("proposed", None, 0)
    punishing.take_up_points(row.pk, "The ruling says so.", by=mei)
    other = punishing.propose_points(firm.pk, "late_delivery", today(), "claim:2", "EF-1002")
    punishing.drop_points(other.pk, "The port was closed.", by=otto)

    assert (points_of(firm.pk), Penalty.objects.get(pk=other.pk).state) == (6, "dropped")
