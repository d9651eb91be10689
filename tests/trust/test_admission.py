"""The line before the reviewers: who comes, who waits, what slows it down, and that nobody passes another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from everfair.base.clock import advance, now
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import NotVisible
from everfair.companies.models import Person
from everfair.events.risk import RiskCaseDecided
from everfair.markets.models import RuleVersion
from everfair.trust import actions, queries
from everfair.trust.jobs import admit_from_the_line
from everfair.trust.models import Admission, AdmissionDay, ConfirmedFraud, Seat, Verification
from everfair.trust.queries.admission import brake, counted
from everfair.trust.reactions import count_in_fraud_estimate
from everfair.trust.values.admission import admission_day, allowance
from tests import make
from tests.companies.signing_in import browser
from tests.trade.programs import program
from tests.trust.reviewing import acting, checker_of, filled, fresh, granted, looked_at, maker_of, reviewer, submitted
from tests.trust.test_pages import own, queries_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def ruled(**numbers: str) -> None:
    for name, value in numbers.items():
        RuleVersion.objects.create(
            market="export",
            name=f"trust.admission_{name}",
            value=Decimal(value),
            valid_from=now() - timedelta(seconds=1),
            set_by="test",
        )


def narrow() -> None:
    """Two a day, one of them kept for renewals first; nothing is made wider by idle hands."""
    ruled(begin="2", floor="1", in_hand="1", renewals="0.5")


def is_in_line(row: Verification) -> bool:
    return queries.turn_of(fresh(row)) is not None


def test_who_comes_beyond_the_day_waits_in_order_and_is_told_the_day() -> None:
    narrow()
    rows = [submitted()[0] for _n in range(5)]

    assert [row.state for row in rows] == ["reviewing"] * 2 + ["waiting"] * 3
    turns = [queries.turn_of(row) for row in rows]
    assert turns[:2] == [None, None]
    assert [turn.place for turn in turns[2:] if turn] == [1, 2, 3]
    assert [turn.expected_on for turn in turns[2:] if turn] == sorted(turn.expected_on for turn in turns[2:] if turn)
    assert not Seat.objects.filter(verification__in=rows[2:]).exists()
    assert not actions.draw_reviewers(rows[2].pk)
    assert rows[2].pk not in queries.waiting_ids()
    assert (queries.public_line().waiting, queries.public_line().per_day) == (3, 2)


def test_the_clock_admits_the_next_ones_in_order_once_there_is_room() -> None:
    narrow()
    rows = [submitted()[0] for _n in range(5)]
    assert admit_from_the_line() == 0

    advance(timedelta(days=3))
    first = admit_from_the_line()
    advance(timedelta(days=3))
    admit_from_the_line()

    assert first == 2
    assert [is_in_line(row) for row in rows] == [False] * 5
    order = list(Admission.objects.order_by("created_at", "id").values_list("verification_id", flat=True))
    assert order == [row.pk for row in rows]
    assert Event.objects.filter(name="VerificationAdmitted").count() == 5


def test_nothing_more_is_admitted_while_the_reviewers_are_behind() -> None:
    narrow()
    ruled(in_hand_days="1")
    rows = [submitted()[0] for _n in range(3)]
    advance(timedelta(days=7))

    assert admit_from_the_line() == 0
    looked_at(rows[0])
    actions.propose_verification(rows[0].pk, "grant", "Seen.", by=maker_of(rows[0]))
    actions.grant_verification(rows[0].pk, "Agreed.", by=checker_of(rows[0]))
    assert admit_from_the_line() == 1
    assert not is_in_line(rows[2])


def test_renewals_have_their_part_first_and_who_waits_longest_among_them() -> None:
    carrying = granted().company
    narrow()
    advance(timedelta(days=7))
    [submitted() for _n in range(2)]
    waiting = [submitted()[0] for _n in range(2)]
    renewal = submitted(carrying)[0]
    assert is_in_line(renewal)
    for row in Verification.objects.filter(state="reviewing"):
        actions.withdraw_verification(row.pk, by=make.actor(row.company, "owner"))

    advance(timedelta(days=7))
    admit_from_the_line()

    assert [(is_in_line(row)) for row in (renewal, *waiting)] == [False, False, True]
    assert Admission.objects.get(verification=renewal).lane == "renewal"


def test_capacity_is_the_median_of_what_those_on_duty_decided(two: list[Person]) -> None:
    ruled(least_days="2")
    for size in (1, 2, 3):
        for _n in range(size):
            granted()
        advance(timedelta(days=7))

    found = counted(brake())

    assert [float(words) for words in found.load.decided] == [1, 2, 3]
    assert allowance(found.load, brake()).capacity == 2
    Person.objects.filter(pk=two[0].pk).update(is_active=False)
    assert [float(words) for words in counted(brake()).load.decided] == [0.5, 1, 1.5]


def test_a_fraud_that_a_person_confirmed_slows_admission_down() -> None:
    ruled(weight="1", prior="0.01")
    companies = [granted().company for _n in range(2)]
    before = allowance(counted(brake()).load, brake())

    fact = RiskCaseDecided(new_id(), companies[0].pk, True)
    count_in_fraud_estimate(fact)
    count_in_fraud_estimate(fact)
    count_in_fraud_estimate(RiskCaseDecided(new_id(), companies[1].pk, False))

    after = allowance(counted(brake()).load, brake())
    assert (before.factor, ConfirmedFraud.objects.count()) == (1, 1)
    assert after.estimate == Decimal("1.01") / 3
    assert after.beyond < before.beyond


def test_listed_companies_and_ended_memberships_count_as_frauds_once(two: list[Person]) -> None:
    company = granted().company
    entry = actions.propose_blacklisting(company.pk, "Took money.", "Three rulings.", by=acting(two[0]))
    assert counted(brake()).load.bad == 0
    actions.confirm_blacklisting(entry.pk, "I read the same.", by=acting(two[1]))
    count_in_fraud_estimate(RiskCaseDecided(new_id(), company.pk, True))

    found = counted(brake()).load

    assert (found.granted, found.bad) == (1, 1)


def test_who_waits_and_lets_it_be_makes_room() -> None:
    narrow()
    rows = [submitted() for _n in range(4)]

    actions.withdraw_verification(rows[2][0].pk, by=rows[2][1])

    turn = queries.turn_of(fresh(rows[3][0]))
    assert turn is not None
    assert (turn.place, turn.waiting) == (1, 1)


@pytest.mark.parametrize("lane", ["arrival", "renewal"])
def test_the_database_lets_nobody_pass(lane: str) -> None:
    narrow()
    rows = [submitted()[0] for _n in range(4)]
    day = admission_day(now().date())

    with pytest.raises(IntegrityError, match=r"came first|kept for renewals"), transaction.atomic():
        Admission.objects.create(verification=rows[3], day=day, lane=lane)
    with pytest.raises(IntegrityError, match="only what waits"), transaction.atomic():
        Admission.objects.create(verification=filled(make.actor(make.company(), "owner")), day=day, lane="arrival")
    Admission.objects.bulk_create([Admission(verification=row, day=day, lane="arrival") for row in rows[2:]])


def test_the_database_draws_for_nobody_before_their_turn_and_keeps_what_was(two: list[Person]) -> None:
    narrow()
    rows = [submitted()[0] for _n in range(3)]

    with pytest.raises(IntegrityError, match="its turn has not come"), transaction.atomic():
        Seat.objects.create(verification=rows[2], role="maker", person=two[0], among=1)
    for sql in ("DELETE FROM trust_admission", "UPDATE trust_admission SET day = day + 1", "DELETE FROM trust_confirmedfraud"):
        with pytest.raises(Exception, match=r"permission denied|append"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_applicant_and_everybody_read_the_line() -> None:
    narrow()
    rows = [submitted()[0] for _n in range(4)]
    who = browser(make.member(rows[3].company, "owner"))

    page = text_of(who.get(own(rows[3])))
    assert "Place in the line 2 of 2" in page
    assert "Nobody can pay to go first" in page
    key = program(rows[3].company, "company:read")
    assert key.get(f"/api/v1/verifications/{rows[3].pk}").json()["place"] == 2
    public = text_of(Client().get("/en/export/how-we-verify/"))
    assert "2 applications wait for their turn. 2 are admitted in a working day." in public
    assert Client().get("/api/v1/verification-line").json()["waiting"] == 2


def test_the_desk_shows_every_number_and_simulates_a_campaign(two: list[Person]) -> None:
    narrow()
    [submitted() for _n in range(4)]
    who = browser(two[0])

    page = text_of(who.get("/en/office/admission/"))
    assert "2 to begin with" in page
    answer = who.get("/en/office/admission/?applicants=500&days=5&fraud=10&reviewers=2")
    assert "Not like this" in text_of(answer)
    assert who.get("/en/office/admission/?applicants=0&days=5&fraud=10&reviewers=2").status_code == 422
    assert who.get("/en/office/admission/?applicants=x&days=0&fraud=101&reviewers=").status_code == 422
    before = queries_of(who, "/en/office/admission/")
    [submitted() for _n in range(3)]
    assert queries_of(who, "/en/office/admission/") == before <= 13
    assert AdmissionDay.objects.get().waiting == 5


def test_only_who_reviews_sees_the_desk() -> None:
    with pytest.raises(NotVisible):
        queries.admission_desk(acting(reviewer("finance")))
    assert browser(make.member(make.company(), "owner")).get("/en/office/admission/").status_code in (403, 404)
