"""Writes that wait for company, and questions that are asked together."""

import pytest
from django.db import IntegrityError, transaction

from everfair.base import clock
from everfair.base.models import Heartbeat
from everfair.base.sql import ask, ask_all, tell
from everfair.base.together import all_or_nothing

pytestmark = pytest.mark.django_db

NOTE = "INSERT INTO base_heartbeat (part, at, note) VALUES (%s, now(), '')"
PARTS = "SELECT part FROM base_heartbeat ORDER BY part"


def told(*parts: str, then: Exception | None = None) -> None:
    for each in parts:
        tell(NOTE, [each])
    if then is not None:
        raise then


def told_whole(*parts: str, then: Exception | None = None) -> None:
    with all_or_nothing():
        told(*parts, then=then)


def told_in_a_part(*parts: str, then: Exception | None = None) -> None:
    with transaction.atomic():
        told(*parts, then=then)


def test_what_was_told_is_seen_by_the_next_question():
    with all_or_nothing():
        tell(NOTE, ["a"])
        tell(NOTE, ["b"])
        assert ask(PARTS) == [("a",), ("b",)]
        tell("DELETE FROM base_heartbeat WHERE part = 'a'")
        tell(NOTE, ["c"])
        assert [row.part for row in Heartbeat.objects.order_by("part")] == ["b", "c"]  # Django's way too
        tell(NOTE, ["d"])
    assert ask(PARTS) == [("b",), ("c",), ("d",)]


def test_it_waits_only_where_all_is_written_or_nothing():
    tell(NOTE, ["a"])
    with transaction.atomic():
        tell(NOTE, ["b"])
    assert ask(PARTS) == [("a",), ("b",)]


def test_what_was_told_in_a_part_that_is_undone_is_not_written():
    with all_or_nothing():
        tell(NOTE, ["before"])
        with pytest.raises(RuntimeError):
            told_in_a_part("inside", then=RuntimeError("undone"))
        tell(NOTE, ["after"])
    assert ask(PARTS) == [("after",), ("before",)]


def test_nothing_of_a_whole_that_is_undone_is_written():
    with pytest.raises(RuntimeError):
        told_whole("a", then=RuntimeError("undone"))
    with all_or_nothing():
        tell(NOTE, ["b"])
        transaction.set_rollback(True)
    assert ask(PARTS) == []


def test_what_the_database_refuses_of_it_is_raised_at_the_latest_at_the_end():
    with pytest.raises(IntegrityError):
        told_whole("a", "a", "b")
    assert ask(PARTS) == []


def test_a_savepoint_catches_what_was_told_in_it():
    with all_or_nothing():
        tell(NOTE, ["a"])
        with pytest.raises(IntegrityError):
            told_in_a_part("a")
        tell(NOTE, ["b"])
    assert ask(PARTS) == [("a",), ("b",)]


def test_questions_that_are_asked_together_see_what_those_before_them_did():
    found, counted, nothing = ask_all(
        (NOTE + " RETURNING part", ["a"]), ("SELECT count(*) FROM base_heartbeat WHERE part = %s", ["a"]), (NOTE, ["b"])
    )

    assert (found, counted, nothing) == ([("a",)], [(1,)], [])
    assert ask(PARTS) == [("a",), ("b",)]


def test_the_moment_of_a_whole_is_asked_for_once(django_assert_num_queries):
    with all_or_nothing(), django_assert_num_queries(1):
        assert clock.now() == clock.now()
    with django_assert_num_queries(2):
        clock.now(), clock.now()


def test_a_whole_inside_another_is_a_part_of_it():
    with all_or_nothing():
        tell(NOTE, ["a"])
        with all_or_nothing():
            tell(NOTE, ["b"])
        assert ask(PARTS) == [("a",), ("b",)]
    with pytest.raises(RuntimeError), all_or_nothing():
        told_whole("c", then=RuntimeError("undone"))
    assert ask(PARTS) == [("a",), ("b",)]
