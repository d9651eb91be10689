"""What the database itself refuses, whatever door it came through (I16): each test writes past the verbs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.ids import new_id
from everfair.companies.models import Person
from everfair.trust import actions
from everfair.trust.models import Link
from tests import make
from tests.trust.reviewing import acting, filled, fresh, granted, looked_at, maker_of, proposed, reviewer, submitted, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def refused(sql: str, *params: Any) -> str:
    """The constraint that says no; fails when nothing does."""
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def seat(verification_id: UUID, role: str, person_id: UUID) -> str:
    return refused(
        "INSERT INTO trust_seat (id, verification_id, role, person_id, among) VALUES (%s, %s, %s, %s, 1)",
        new_id(), verification_id, role, person_id,
    )  # fmt: skip


def test_no_seat_for_who_is_linked(two: list[Person]) -> None:
    row, by = submitted()
    third = reviewer()
    make.member(row.company, "viewer", who=third)

    assert seat(row.pk, "maker", third.pk) == "trust_seat_unlinked"
    actions.declare_link(two[0].pk, by.company_id, "earned", "Commission.", by=acting(two[1]))
    assert seat(row.pk, "checker", two[0].pk) == "trust_seat_unlinked"


def test_no_seat_for_who_shares_a_telephone() -> None:
    clerk = make.member(make.company(), "owner")
    Person.objects.filter(pk=clerk.pk).update(phone="+862112345678")
    row, _by = submitted()
    make.member(row.company, "buyer", who=clerk)

    assert seat(row.pk, "maker", reviewer(phone="+862112345678").pk) == "trust_seat_unlinked"


@pytest.mark.parametrize("role", ["finance", "arbitrator"])
def test_no_seat_for_who_is_no_reviewer(role: str) -> None:
    row, _by = submitted()

    assert seat(row.pk, "maker", reviewer(role).pk) == "trust_seat_reviewer"
    assert seat(row.pk, "maker", make.person().pk) == "trust_seat_reviewer"


def test_nobody_sits_on_both_sides() -> None:
    row, _by = submitted()

    assert seat(row.pk, "checker", row.maker_id) == "trust_seat_two_people"
    assert refused("UPDATE trust_verification SET checker_id = maker_id WHERE id = %s", row.pk) in (
        "trust_verification_two_people", "trust_verification_drawn",
    )  # fmt: skip


def test_nobody_seats_themselves_without_a_draw() -> None:
    row, _by = submitted()

    assert (
        refused("UPDATE trust_verification SET checker_id = %s WHERE id = %s", reviewer().pk, row.pk)
        == "trust_verification_drawn"
    )


def test_nothing_is_granted_in_one_step() -> None:
    row, _by = submitted()
    looked_at(row)
    grant = "UPDATE trust_verification SET state = 'granted', proposal = 'grant', decided_at = ef_now(), until = %s WHERE id = %s"

    assert refused(grant, tomorrow(), row.pk) == "trust_verification_two_steps"


def test_nothing_is_granted_that_was_to_be_refused() -> None:
    row = proposed(but="licence")

    assert refused(
        "UPDATE trust_verification SET state = 'granted', decided_at = ef_now(), until = %s WHERE id = %s", tomorrow(), row.pk
    ) == "trust_verification_two_steps"  # fmt: skip
    assert refused(
        "UPDATE trust_verification SET state = 'granted', proposal = 'grant', decided_at = ef_now(), until = %s WHERE id = %s",
        tomorrow(), row.pk,
    ) == "trust_verification_proven"  # fmt: skip


def test_nothing_is_granted_beyond_its_evidence() -> None:
    row = proposed()

    assert refused(
        "UPDATE trust_verification SET state = 'granted', decided_at = ef_now(), until = %s WHERE id = %s", tomorrow(366), row.pk
    ) == "trust_verification_proven"  # fmt: skip


def test_a_link_that_nobody_acted_on_still_stops_the_decision() -> None:
    row = proposed()
    Link.objects.create(person_id=row.checker_id, company_id=row.company_id, kind="earned", note="found", declared_by="system")

    assert refused(
        "UPDATE trust_verification SET state = 'granted', decided_at = ef_now(), until = %s WHERE id = %s", tomorrow(), row.pk
    ) == "trust_verification_unlinked"  # fmt: skip


def test_only_who_was_drawn_to_look_says_what_was_seen() -> None:
    row, _by = submitted()
    say = "UPDATE trust_check SET result = 'passed', by_id = %s, at = ef_now(), valid_until = %s WHERE verification_id = %s"

    assert refused(say, row.checker_id, tomorrow(), row.pk) == "trust_check_maker"
    assert refused(say, reviewer().pk, tomorrow(), row.pk) == "trust_check_maker"


def test_what_was_seen_stays_once_it_is_proposed() -> None:
    row = proposed(but="licence")

    assert refused(
        "UPDATE trust_check SET result = 'passed', valid_until = %s WHERE verification_id = %s AND kind = 'licence'", tomorrow(), row.pk
    ) == "trust_check_maker"  # fmt: skip
    assert refused(
        "UPDATE trust_check SET result = 'open', by_id = NULL, at = NULL, valid_until = NULL WHERE verification_id = %s", row.pk
    ) == "trust_check_seen"  # fmt: skip


def test_what_was_handed_in_stays() -> None:
    row, _by = submitted()

    assert (
        refused("""UPDATE trust_check SET declared = '{"name": "Other"}' WHERE verification_id = %s""", row.pk)
        == "trust_check_handed_in"
    )
    assert (
        refused("UPDATE trust_check SET kind = 'visit' WHERE verification_id = %s AND kind = 'licence'", row.pk)
        == "trust_check_stays"
    )


def test_a_verification_stays_what_it_is() -> None:
    row = granted()

    for change in ("level = 'audited'", "until = until + 100", "market = 'moon'", "checker_id = maker_id"):
        assert refused(f"UPDATE trust_verification SET {change} WHERE id = %s", row.pk) in (
            "trust_verification_stays", "trust_verification_two_people",
        )  # fmt: skip


def test_a_verification_begins_as_a_draft(two: list[Person]) -> None:
    firm = make.company()
    begin = """INSERT INTO trust_verification (id, number, company_id, market, level, state, proposal, proposal_reason, question,
        answer, decision_reason, decided_at, until) VALUES (%s, 1, %s, 'export', 'audited', %s, '', '', '', '', '', %s, %s)"""

    assert refused(begin, new_id(), firm.pk, "granted", "2026-01-01", tomorrow()) == "trust_verification_begins"
    assert refused(begin, new_id(), firm.pk, "reviewing", None, None) == "trust_verification_begins"


def test_draws_and_links_are_never_changed_or_taken_back(two: list[Person]) -> None:
    row, by = submitted()
    actions.declare_link(two[0].pk, by.company_id, "earned", "Commission.", by=acting(two[1]))

    for sql in (
        "DELETE FROM trust_link", "UPDATE trust_link SET kind = 'declared'", "DELETE FROM trust_seat",
        "UPDATE trust_seat SET person_id = gen_random_uuid()", "DELETE FROM trust_verification", "DELETE FROM trust_check",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"permission denied|append"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    assert (Link.objects.count(), fresh(row).company_id) == (1, by.company_id)


def test_one_open_and_one_granted_in_a_market() -> None:
    row = granted()
    second = filled(make.actor(row.company, "owner"))

    assert refused(
        "INSERT INTO trust_verification (id, number, company_id, market, level, state, proposal, proposal_reason, question, answer,"
        " decision_reason) SELECT %s, 2, company_id, market, level, 'draft', '', '', '', '', '' FROM trust_verification WHERE id = %s",
        new_id(), second.pk,
    ) == "trust_verification_one_open"  # fmt: skip
    assert maker_of(row).person_id != fresh(row).checker_id
