"""What the database itself refuses of points and appeals, whatever door it came through: each test writes past the verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.ids import new_id
from everfair.trust import actions as trust
from everfair.trust.actions import punishing
from everfair.trust.models import Penalty, Sanction
from tests import make
from tests.trust.disciplining import confirmed, points, staff, standing, today
from tests.trust.reviewing import reviewer

pytestmark = pytest.mark.django_db
GIVE = "UPDATE trust_penalty SET state = 'given', given_at = ef_now(), given_by_id = %s WHERE id = %s"
CONFIRM = "UPDATE trust_penalty SET state = 'given', given_at = ef_now(), confirmed_by_id = %s WHERE id = %s"
DECIDE = """UPDATE trust_appeal SET state = 'struck', decided_by_id = %s, decided_at = ef_now(), "left" = 0, decision_reason = 'x' WHERE id = %s"""


def refused(sql: str, *params: Any) -> str:
    """The constraint that says no; fails when nothing does."""
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def proposed(offence: str, firm: Any = None) -> Penalty:
    row = punishing.propose_points((firm or make.company()).pk, offence, today(), f"claim:{new_id()}", "EF-1")
    assert row is not None
    return row


def test_nobody_alone_brings_a_company_to_twelve_points():
    mei, otto, _ana = staff()
    firm = make.company()
    points(firm, "bait", mei)
    row = proposed("bait", firm)

    assert refused(GIVE, otto.person_id, row.pk) == "trust_penalty_second"
    assert refused(GIVE, otto.person_id, proposed("false_papers").pk) == "trust_penalty_second"


def test_who_gave_confirms_nothing_nor_who_is_linked_nor_who_is_no_reviewer():
    mei, otto, ana = staff()
    row = points(make.company(), "false_papers", mei)
    trust.declare_link(otto.person_id, row.company_id, "earned", "Commission.", by=ana)

    for who in (mei.person_id, otto.person_id, reviewer("finance").pk, make.person().pk):
        assert refused(CONFIRM, who, row.pk) == "trust_penalty_second"


def test_who_is_linked_or_no_reviewer_gives_nothing():
    mei, otto, _ana = staff()
    row = proposed("late_delivery")
    trust.declare_link(mei.person_id, row.company_id, "household", "His brother.", by=otto)

    for who in (mei.person_id, reviewer("arbitrator").pk, make.person().pk):
        assert refused(GIVE, who, row.pk) == "trust_penalty_giver"
        assert (
            refused("UPDATE trust_penalty SET state = 'waiting', given_by_id = %s WHERE id = %s", who, row.pk)
            == "trust_penalty_giver"
        )


def test_points_begin_as_a_proposal():
    mei, *_ = staff()
    sql = """INSERT INTO trust_penalty (id, number, company_id, offence, acted_on, points, counts, until, state, reason, reference, file_ids,
        origin, given_by_id, given_at) VALUES (%s, 1, %s, 'bait', %s, 6, %s, %s, %s, '', '', '{}', '', %s, %s)"""
    firm = make.company().pk

    assert refused(sql, new_id(), firm, today(), 6, today(9), "given", mei.person_id, "2026-01-01") == "trust_penalty_begins"
    assert refused(sql, new_id(), firm, today(), 3, today(9), "proposed", None, None) == "trust_penalty_begins"


def test_points_stay_what_they_are():
    mei, otto, _ana = staff()
    row = confirmed(make.company(), "false_papers", mei, otto)

    for change in ("points = 1, counts = 1", "company_id = gen_random_uuid()", "until = until - 300", "reason = 'else'", "given_at = ef_now() - interval '1 year'",
                   "confirmed_by_id = NULL", "offence = 'bait'"):  # fmt: skip
        assert refused(f"UPDATE trust_penalty SET {change} WHERE id = %s", row.pk) == "trust_penalty_stays"
    assert refused("UPDATE trust_penalty SET state = 'dropped', given_at = NULL WHERE id = %s", row.pk) in (
        "trust_penalty_stays",
        "trust_penalty_steps",
    )


def test_only_an_appeal_makes_points_fewer():
    mei, otto, ana = staff()
    firm = make.company()
    row = confirmed(firm, "false_papers", mei, otto)
    strike = "UPDATE trust_penalty SET state = 'struck', counts = 0 WHERE id = %s"

    assert refused(strike, row.pk) == "trust_penalty_appealed"
    appeal = punishing.appeal_points(row.pk, "Not so.", by=make.actor(firm, "owner"))
    assert refused(strike, row.pk) == "trust_penalty_appealed"
    punishing.decide_points_appeal(appeal.pk, "reduce", "Half of it.", by=ana, left=6)
    assert refused(strike, row.pk) == "trust_penalty_appealed"
    assert refused("UPDATE trust_penalty SET counts = 1 WHERE id = %s", row.pk) == "trust_penalty_appealed"
    assert refused("UPDATE trust_penalty SET counts = 12 WHERE id = %s", row.pk) == "trust_penalty_appealed"


def test_nobody_judges_their_own_points_and_a_decision_stays():
    mei, otto, ana = staff()
    firm = make.company()
    row = confirmed(firm, "false_papers", mei, otto)
    appeal = punishing.appeal_points(row.pk, "Not so.", by=make.actor(firm, "owner"))

    for who in (mei.person_id, otto.person_id, reviewer("finance").pk, make.person().pk):
        assert refused(DECIDE, who, appeal.pk) == "trust_appeal_judge"
    punishing.decide_points_appeal(appeal.pk, "uphold", "So it is.", by=ana)
    assert refused(DECIDE, ana.person_id, appeal.pk) == "trust_appeal_stays"
    assert refused("UPDATE trust_appeal SET text = 'else' WHERE id = %s", appeal.pk) == "trust_appeal_stays"


def test_an_appeal_is_against_points_of_the_company_that_count_and_there_is_one():
    mei, *_ = staff()
    row, waiting = points(make.company(), "bait", mei), points(make.company(), "false_papers", mei)
    sql = "INSERT INTO trust_appeal (id, company_id, penalty_id, text, file_ids, state, decision_reason) VALUES (%s, %s, %s, 'no', '{}', 'open', '')"

    assert refused(sql, new_id(), waiting.company_id, waiting.pk) == "trust_appeal_begins"
    assert refused(sql, new_id(), waiting.company_id, row.pk) == "trust_appeal_begins"
    punishing.appeal_points(row.pk, "No.", by=make.actor(row.company, "owner"))
    assert refused(sql, new_id(), row.company_id, row.pk) == "trust_appeal_penalty_id_key"


def test_one_sanction_stands_at_a_time_and_nothing_is_deleted():
    mei, otto, _ana = staff()
    firm = make.company()
    confirmed(firm, "false_papers", mei, otto)
    found = standing(firm)
    assert found is not None
    again = Sanction(company=firm, rung="second", points=24, since=found.since, until=found.since + timedelta(days=14))

    with pytest.raises(IntegrityError, match="trust_sanction_one_standing"), transaction.atomic():
        again.save(force_insert=True)
    for table in ("trust_penalty", "trust_sanction", "trust_appeal"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
