"""What happens by itself happens once, at its moment, whoever looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock, deadlines
from everfair.base.deadlines import MAX_TRIES, clear_deadline, deadlines_of, fire_due, on_deadline, set_deadline
from everfair.base.ids import new_id
from everfair.base.models import Deadline
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import Company
from tests import cluster, make
from tests.base.together import together

KIND = "test.bell"
pytestmark = pytest.mark.usefixtures("committed", "own_handlers")


@pytest.fixture
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "_handlers", {})


def at_zero(function: Callable[[UUID], None]) -> None:
    on_deadline(KIND)(function)


def due(subject: UUID, *, in_s: float = -1) -> datetime:
    moment = clock.now() + timedelta(seconds=in_s)
    set_deadline(KIND, subject, moment)
    return moment


def states(subject: UUID) -> list[tuple[int, str]]:
    return list(Deadline.objects.filter(subject=subject).order_by("generation").values_list("generation", "state"))


def test_what_is_due_fires_once_and_what_is_not_waits():
    rung: list[UUID] = []
    at_zero(rung.append)
    now, later = new_id(), new_id()
    due(now)
    due(later, in_s=3600)

    fired = [fire_due(), fire_due()]

    assert (rung, fired) == ([now], [1, 0])
    assert (states(now), states(later)) == ([(1, "fired")], [(1, "waiting")])
    assert list(deadlines_of([now, later])) == [(later, KIND)]


@pytest.mark.pg15
def test_eight_workers_fire_each_deadline_exactly_once():
    rung: list[UUID] = []

    def slow(subject: UUID) -> None:
        time.sleep(0.003)
        rung.append(subject)

    at_zero(slow)
    subjects = [new_id() for _ in range(25)]
    for subject in subjects:
        due(subject)

    fired = together([fire_due] * 8)

    assert sum(fired) == 25
    assert sorted(rung) == sorted(subjects)


@pytest.mark.pg15
def test_a_deadline_that_is_moved_does_not_fire_at_its_old_moment():
    rung: list[UUID] = []
    at_zero(rung.append)
    subject = new_id()
    due(subject)
    moved = due(subject, in_s=60)

    early = fire_due()
    clock.advance(timedelta(seconds=61))
    late = fire_due()

    assert (early, late, rung) == (0, 1, [subject])
    assert states(subject) == [(1, "cleared"), (2, "fired")]
    assert Deadline.objects.get(subject=subject, generation=2).due_at == moved


def test_a_cleared_deadline_never_fires():
    rung: list[UUID] = []
    at_zero(rung.append)
    subject = new_id()
    due(subject)
    clear_deadline(KIND, subject)

    assert (fire_due(), rung, states(subject)) == (0, [], [(1, "cleared")])


def test_a_deadline_moved_while_its_handler_works_is_as_if_it_had_not_fired():
    def work(subject: UUID) -> None:
        make.company(name="made by the clock")
        together([partial(due, subject, in_s=60)])  # somebody else, in their own transaction

    at_zero(work)
    subject = new_id()
    due(subject)

    assert fire_due() == 0
    assert not Company.objects.exists()
    assert states(subject) == [(1, "cleared"), (2, "waiting")]


def test_the_verb_the_clock_calls_may_clear_its_own_deadline():
    """A lapse by the clock is the same verb that clears the countdown when a person calls it."""

    def lapse(subject: UUID) -> None:
        make.company(name="lapsed")
        clear_deadline(KIND, subject)

    at_zero(lapse)
    subject = new_id()
    due(subject)

    assert (fire_due(), fire_due()) == (1, 0)
    assert Company.objects.count() == 1
    assert states(subject) == [(1, "fired")]


def test_a_handler_may_start_the_next_round():
    at_zero(lambda subject: set_deadline(KIND, subject, clock.now() + timedelta(days=1)))
    subject = new_id()
    due(subject)

    first = fire_due()
    clock.advance(timedelta(days=1, minutes=1))

    assert (first, fire_due()) == (1, 1)
    assert states(subject) == [(1, "fired"), (2, "fired"), (3, "waiting")]


def test_a_clearing_that_was_undone_with_its_verb_does_not_count():
    def refused_after_all(subject: UUID) -> None:
        with transaction.atomic():
            clear_deadline(KIND, subject)
            raise Refused("test.no", "no")

    at_zero(refused_after_all)
    subject = new_id()
    due(subject)

    assert fire_due() == 1
    assert states(subject) == [(1, "fired")]


@pytest.mark.parametrize("no", [Refused("test.moved_on", "no"), NotVisible()])
def test_a_refusal_means_the_world_moved_on(no: Exception):
    def refuse(subject: UUID) -> None:
        make.company(name="half done")
        raise no

    at_zero(refuse)
    subject = new_id()
    due(subject)

    assert (fire_due(), fire_due()) == (1, 0)
    assert not Company.objects.exists()


def test_a_handler_that_fails_is_tried_again_later_and_given_up_in_the_end():
    tries: list[UUID] = []

    def fail(subject: UUID) -> None:
        tries.append(subject)
        make.company(name="half done")
        raise ConnectionError("not now")

    at_zero(fail)
    subject, other = new_id(), new_id()
    due(subject)

    assert (fire_due(), fire_due(), len(tries)) == (0, 0, 1)  # the second look comes before the pause is over
    for _ in range(MAX_TRIES + 1):
        clock.advance(timedelta(minutes=5))
        fire_due()

    row = Deadline.objects.get(subject=subject)
    assert (len(tries), row.state, row.tries) == (MAX_TRIES, "failed", MAX_TRIES)
    assert not Company.objects.exists()
    due(other)  # and others are not held up
    fire_due()
    assert tries[-1] == other


def test_a_handler_that_recovers_fires():
    tries: list[UUID] = []

    def fail_once(subject: UUID) -> None:
        tries.append(subject)
        if len(tries) == 1:
            raise ConnectionError("not now")

    at_zero(fail_once)
    subject = new_id()
    due(subject)
    fire_due()
    clock.advance(timedelta(minutes=1))

    assert (fire_due(), states(subject)) == (1, [(1, "fired")])


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),  # a leap day
        datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),  # Berlin's clocks jump forward
        datetime(2027, 10, 31, 1, 0, tzinfo=UTC),  # and back: 02:30 comes twice
        datetime(2027, 11, 7, 6, 30, tzinfo=UTC),  # New York's 01:30, the second one
        datetime(2029, 12, 31, 16, 0, tzinfo=UTC),  # New Year in Taipei
    ],
    ids=str,
)
def test_a_deadline_fires_at_its_moment_whatever_the_calendar_does(moment: datetime):
    rung: list[UUID] = []
    at_zero(rung.append)
    subject = new_id()
    set_deadline(KIND, subject, moment)

    clock.advance(moment - clock.now() - timedelta(minutes=1))
    before = fire_due()
    clock.advance(timedelta(minutes=1, seconds=1))
    after = fire_due()

    assert (before, after, rung) == (0, 1, [subject])
    assert Deadline.objects.get().due_at == moment


def test_a_deadline_nobody_handles_cannot_be_set():
    with pytest.raises(ValueError, match="nobody handles"):
        set_deadline("test.silence", new_id(), clock.now())


def test_a_deadline_has_one_handler():
    at_zero(lambda subject: None)

    with pytest.raises(ValueError, match="two handlers"):
        at_zero(lambda subject: None)


def test_the_clock_goes_forward_for_everybody_and_never_back():
    before = clock.now()
    clock.advance(timedelta(days=400))
    seen = together([clock.now])[0]

    assert timedelta(days=400) <= seen - before < timedelta(days=400, minutes=1)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))


def test_the_clock_of_a_live_installation_is_not_moved(test_database: cluster.TestDatabase):
    with psycopg.connect(test_database.superuser_url) as session:
        session.execute("UPDATE base_installation SET kind = 'live'")
    before = clock.now()

    with pytest.raises(DatabaseError, match="live installation is not moved"):
        clock.advance(timedelta(days=1))

    assert clock.now() - before < timedelta(minutes=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE base_installation SET kind = 'demo'",
        "UPDATE base_installation SET clock_offset = '1 day'",
        "DELETE FROM base_installation",
        "INSERT INTO base_installation DEFAULT VALUES",
    ],
)
def test_the_running_login_does_not_say_what_kind_of_installation_it_is(statement: str, test_database: cluster.TestDatabase):
    with psycopg.connect(test_database.app_url) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)
