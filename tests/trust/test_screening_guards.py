"""What the database refuses of lists, screenings, hits and unscreened grants (I38), past every verb; and two connections at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.companies.models import Company, Person, Stop
from everfair.trust import actions
from everfair.trust.models import Hit, ListedName, SanctionList, Screening
from everfair.trust.queries import unscreened
from everfair.trust.screening.work import read_names
from tests import make
from tests.base.together import together
from tests.trust.listing import in_force, made_hit, screened, taken
from tests.trust.reviewing import acting, checker_of, fresh, proposed, reviewer, tomorrow

GRANT = "UPDATE trust_verification SET state = 'granted', decided_at = ef_now(), until = %s WHERE id = %s"
within = pytest.mark.django_db


def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def refused(sql: str, *params: Any) -> str:
    """The constraint that says no; fails when nothing does."""
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


@within
def test_nothing_is_granted_while_the_screening_lacks_waits_or_is_stale() -> None:
    two()
    in_force()
    row = proposed()

    assert (unscreened(row.company_id), refused(GRANT, tomorrow(), row.pk)) == ("stale", "trust_verification_screened")
    actions.ask_screening(row.company_id, "verification")
    assert (unscreened(row.company_id), refused(GRANT, tomorrow(), row.pk)) == ("waits", "trust_verification_screened")
    screened()
    assert unscreened(row.company_id) == ""
    Company.objects.filter(pk=row.company_id).update(names={"zh-hans": "别名"})
    assert (unscreened(row.company_id), refused(GRANT, tomorrow(), row.pk)) == ("stale", "trust_verification_screened")
    Company.objects.filter(pk=row.company_id).update(names={})
    done = taken((("SOMEBODY ELSE", "", ""),), source="ofac-cons")
    read_names(done.list_id)
    actions.put_in_force(done.list_id)
    Screening.objects.filter(company_id=row.company_id, done_at=None).update(done_at=now(), asked={})
    assert (unscreened(row.company_id), refused(GRANT, tomorrow(), row.pk)) == ("stale", "trust_verification_screened")


@within
def test_nothing_is_granted_over_an_open_or_confirmed_hit_even_with_no_list_in_force() -> None:
    first, second = two()
    row = proposed()
    hit = made_hit(row.company, "RED LANTERN")

    assert refused(GRANT, tomorrow(), row.pk) == "trust_verification_screened"
    actions.propose_hit(hit.pk, "confirm", "Same.", by=acting(first))
    assert refused(GRANT, tomorrow(), row.pk) == "trust_verification_screened"
    actions.confirm_hit(hit.pk, "Same.", by=acting(second))
    assert (unscreened(row.company_id), refused(GRANT, tomorrow(), row.pk)) == ("confirmed", "trust_verification_screened")


@within
def test_a_hit_is_decided_by_two_people_who_review_and_have_no_link() -> None:
    first, second = two()
    stranger, linked = reviewer("finance"), reviewer()
    hit = made_hit(make.company(), "RED LANTERN", needs_two=True, score="0.9")
    actions.declare_link(linked.pk, hit.company_id, "earned", "Commission.", by=acting(first))
    propose = (
        "UPDATE trust_hit SET state = 'proposed', proposal = 'confirm', proposal_reason = 'x', proposed_by_id = %s WHERE id = %s"
    )
    decide = "UPDATE trust_hit SET state = %s, reason = 'x', decided_by_id = %s, decided_at = ef_now() WHERE id = %s"

    assert refused(propose, stranger.pk, hit.pk) == refused(propose, linked.pk, hit.pk) == "trust_hit_reviewer"
    assert refused(decide, "cleared", first.pk, hit.pk) == "trust_hit_two_people"
    assert refused(decide, "confirmed", first.pk, hit.pk) == "trust_hit_two_steps"
    actions.propose_hit(hit.pk, "confirm", "Same.", by=acting(first))
    assert refused(decide, "confirmed", first.pk, hit.pk) == "trust_hit_two_people"
    assert refused(decide, "cleared", second.pk, hit.pk) == "trust_hit_two_people"
    assert refused(decide, "confirmed", stranger.pk, hit.pk) == "trust_hit_reviewer"
    actions.confirm_hit(hit.pk, "Same.", by=acting(second))
    assert refused(decide, "cleared", first.pk, hit.pk) == "trust_hit_two_steps"


@within
def test_a_hit_stays_what_was_found_and_said() -> None:
    first, _second = two()
    hit = made_hit(make.company(), "RED LANTERN")

    for change in ("score = 0.1", "name = 'Other'", "needs_two = NOT needs_two", "parts = '[]'", "role = 'holder'"):
        assert refused(f"UPDATE trust_hit SET {change} WHERE id = %s", hit.pk) == "trust_hit_stays"
    actions.clear_hit(hit.pk, "Another.", by=acting(first))
    assert refused("UPDATE trust_hit SET reason = 'else' WHERE id = %s", hit.pk) == "trust_hit_said"
    with pytest.raises(IntegrityError, match="a hit begins open"), transaction.atomic():
        made_hit(hit.company, "X", state="cleared", decided_by=first, decided_at=now())


@within
def test_an_edition_stays_what_it_is_and_is_read_before_it_is_in_force() -> None:
    done = taken()

    assert refused("UPDATE trust_sanctionlist SET state = 'current' WHERE id = %s", done.list_id) == "trust_sanctionlist_read"
    assert refused("UPDATE trust_sanctionlist SET digest = 'x' WHERE id = %s", done.list_id) == "trust_sanctionlist_stays"
    assert refused("UPDATE trust_listedname SET name = 'Nobody' WHERE edition_id = %s", done.list_id) == "trust_listedname_stays"
    begin = """INSERT INTO trust_sanctionlist (id, source, edition_on, digest, files, party_count, name_count, state, imported_by)
        VALUES (gen_random_uuid(), 'bis-dpl', '2026-01-01', 'x', '[]', 0, 0, 'current', 'me')"""
    assert refused(begin) == "trust_sanctionlist_begins"
    in_force()
    assert refused("UPDATE trust_sanctionlist SET state = 'taken' WHERE id = %s", done.list_id) == "trust_sanctionlist_stays"


@within
def test_what_was_screened_and_listed_is_never_taken_away() -> None:
    make.company()
    in_force()

    assert refused("UPDATE trust_screening SET found = 9") == "trust_screening_stays"
    for sql in (
        "DELETE FROM trust_screening", "DELETE FROM trust_hit", "DELETE FROM trust_listedname", "DELETE FROM trust_sanctionlist",
        "DELETE FROM trust_listedparty", "UPDATE trust_listedparty SET remarks = ''",
    ):  # fmt: skip
        with (
            pytest.raises(Exception, match=r"permission denied|never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert ListedName.objects.count() > 0


def elsewhere(work: Any) -> tuple[threading.Thread, list[Any]]:
    """On a connection of its own, at once; what it returned or raised."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def ready() -> tuple[Any, Any, Any]:
    """A company that may be granted now, and an edition that waits to be in force."""
    two()
    in_force()
    row = proposed()
    actions.ask_screening(row.company_id, "verification")
    screened()
    done = taken((("RED LANTERN SHIPPING", "", ""),), source="ofac-cons")
    read_names(done.list_id)
    return row, checker_of(row), done


@pytest.mark.usefixtures("committed")
def test_a_list_that_comes_between_the_look_and_the_grant_refuses_it() -> None:
    row, checker, done = ready()

    with transaction.atomic():
        assert actions.put_in_force(done.list_id)
        thread, found = elsewhere(lambda: actions.grant_verification(row.pk, "Agreed.", by=checker))
        thread.join(timeout=1)
        assert thread.is_alive(), "the grant did not wait for the list"
    thread.join(timeout=20)

    assert isinstance(found[0], Refused), found
    assert (found[0].code, fresh(row).state) == ("trust.screening_waits", "proposed")


@pytest.mark.usefixtures("committed")
def test_past_the_verb_too_the_list_and_the_grant_wait_for_each_other() -> None:
    row, _checker, done = ready()

    def grant() -> None:
        with connection.cursor() as cursor:
            cursor.execute(GRANT, [tomorrow(), row.pk])

    with transaction.atomic():
        assert actions.put_in_force(done.list_id)
        thread, found = elsewhere(grant)
        thread.join(timeout=1)
        assert thread.is_alive()
    thread.join(timeout=20)

    assert isinstance(found[0], IntegrityError), found
    assert fresh(row).state == "proposed"


@pytest.mark.usefixtures("committed")
def test_a_grant_that_was_first_is_followed_by_a_screening_by_the_new_list() -> None:
    row, checker, done = ready()

    with transaction.atomic():
        actions.grant_verification(row.pk, "Agreed.", by=checker)
        thread, found = elsewhere(lambda: actions.put_in_force(done.list_id))
        thread.join(timeout=1)
        assert thread.is_alive(), "the list did not wait for the grant"
    thread.join(timeout=20)

    assert (found, fresh(row).state) == ([True], "granted")
    edition = SanctionList.objects.get(pk=done.list_id)
    assert (edition.state, edition.in_force_at >= fresh(row).decided_at) == ("current", True)
    assert Screening.objects.filter(company_id=row.company_id, done_at=None).count() == 1


@pytest.mark.usefixtures("committed")
def test_of_many_who_confirm_at_once_one_does_and_the_stops_are_placed_once() -> None:
    first, second = two()
    hit = made_hit(make.company(), "RED LANTERN", needs_two=True)
    actions.propose_hit(hit.pk, "confirm", "Same.", by=acting(first))
    by = acting(second)

    together([lambda: actions.confirm_hit(hit.pk, "Same.", by=by)] * 5)

    assert (Hit.objects.get(pk=hit.pk).state, Stop.objects.count()) == ("confirmed", 4)
