"""On the way to a deadline each reminder is said once, and never after it is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from uuid import UUID

import pytest

from everfair.base import clock, deadlines
from everfair.base.deadlines import (
    Reminder,
    clear_deadline,
    deadlines_of,
    fire_due,
    on_deadline,
    on_reminder,
    reminders_of,
    set_deadline,
)
from everfair.base.ids import new_id
from everfair.base.models import Deadline
from everfair.base.rows import ask
from everfair.companies.models import Company
from tests import make
from tests.base.together import together

KIND = "test.bell"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("committed", "own_handlers")


@pytest.fixture
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "_handlers", {})
    monkeypatch.setattr(deadlines, "_reminders", {})


def bell(*points: Fraction | timedelta, says: Callable[[Reminder], None]) -> list[UUID]:
    rung: list[UUID] = []
    on_deadline(KIND)(rung.append)
    on_reminder(KIND, *points)(says)
    return rung


def states(subject: UUID) -> list[tuple[int, int, str]]:
    return list(
        Deadline.objects.filter(subject=subject).order_by("generation", "reminder").values_list("generation", "reminder", "state")
    )


def test_reminders_come_at_their_points_and_then_the_deadline():
    said: list[Reminder] = []
    rung = bell(Fraction(1, 2), timedelta(hours=3), says=said.append)
    subject = new_id()
    start = clock.now()
    set_deadline(KIND, subject, start + 10 * HOUR)

    heard = []
    for _hour in range(11):
        fire_due()
        heard.append((len(said), len(rung)))
        clock.advance(HOUR + timedelta(seconds=1))

    assert heard == [(0, 0)] * 5 + [(1, 0)] * 2 + [(2, 0)] * 3 + [(2, 1)]
    assert [(each.kind, each.subject, each.generation, each.n, each.zero_at) for each in said] == [
        (KIND, subject, 1, 1, start + 10 * HOUR), (KIND, subject, 1, 2, start + 10 * HOUR)
    ]  # fmt: skip
    assert [row.due_at for row in reminders_of(subject, KIND)][1] == start + 7 * HOUR


def test_a_point_that_lies_behind_when_the_deadline_is_set_falls_away():
    bell(Fraction(1, 2), timedelta(hours=48), timedelta(hours=5), says=lambda reminder: None)
    subject = new_id()

    set_deadline(KIND, subject, 10 * HOUR)  # 48 hours before lies behind; half and five hours before are the same moment

    assert [(row.n, row.state) for row in reminders_of(subject)] == [(1, "waiting")]


def test_reminders_end_with_their_deadline():
    said: list[Reminder] = []
    bell(Fraction(1, 2), says=said.append)
    cleared, moved = new_id(), new_id()
    set_deadline(KIND, cleared, 10 * HOUR)
    set_deadline(KIND, moved, 10 * HOUR)

    clear_deadline(KIND, cleared)
    set_deadline(KIND, moved, 20 * HOUR)
    clock.advance(6 * HOUR)
    fire_due()
    early = list(said)
    clock.advance(5 * HOUR)
    fire_due()

    assert early == []
    assert [(each.subject, each.generation) for each in said] == [(moved, 2)]
    assert states(cleared) == [(1, 0, "cleared"), (1, 1, "cleared")]
    assert states(moved) == [(1, 0, "cleared"), (1, 1, "cleared"), (2, 0, "waiting"), (2, 1, "fired")]
    assert list(deadlines_of([cleared, moved])) == [(moved, KIND)]


def test_a_worker_that_comes_late_says_only_the_last_word():
    said: list[Reminder] = []
    rung = bell(Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), says=said.append)
    late, over = new_id(), new_id()
    set_deadline(KIND, late, 20 * HOUR)
    set_deadline(KIND, over, 10 * HOUR)

    clock.advance(11 * HOUR)
    while fire_due():
        pass
    fire_due()

    assert [(each.subject, each.n) for each in said] == [(late, 2)]
    assert rung == [over]
    assert states(late) == [(1, 0, "waiting"), (1, 1, "cleared"), (1, 2, "fired"), (1, 3, "waiting")]
    assert states(over) == [(1, 0, "fired"), (1, 1, "cleared"), (1, 2, "cleared"), (1, 3, "cleared")]


def test_a_reminder_whose_deadline_moves_while_it_is_said_is_unsaid():
    def slow(reminder: Reminder) -> None:
        make.company(name="told")
        together([partial(set_deadline, KIND, reminder.subject, 20 * HOUR)])  # somebody else, in their own transaction

    bell(Fraction(1, 2), says=slow)
    subject = new_id()
    set_deadline(KIND, subject, 10 * HOUR)
    clock.advance(6 * HOUR)

    fire_due()

    assert not Company.objects.filter(name="told").exists()
    assert states(subject) == [(1, 0, "cleared"), (1, 1, "cleared"), (2, 0, "waiting"), (2, 1, "waiting")]


def test_a_point_outside_the_span_cannot_be_declared():
    with pytest.raises(ValueError, match="cannot remind"):
        on_reminder(KIND, Fraction(3, 2))
    with pytest.raises(ValueError, match="cannot remind"):
        on_reminder(KIND, timedelta(0))


@pytest.mark.pg15
def test_eight_schedulers_say_and_fire_everything_exactly_once():
    said: list[tuple[UUID, int]] = []

    def slow(reminder: Reminder) -> None:
        time.sleep(0.002)
        said.append((reminder.subject, reminder.n))

    rung = bell(Fraction(1, 3), Fraction(2, 3), timedelta(hours=2), says=slow)
    subjects = [new_id() for _n in range(25)]
    for subject in subjects:
        set_deadline(KIND, subject, 12 * HOUR)

    for hours in (4, 4, 2, 2):
        clock.advance(hours * HOUR + timedelta(seconds=1))
        together([partial(fire_due, limit=200)] * 8)
        together([partial(fire_due, limit=200)] * 8)

    assert sorted(said) == sorted((subject, n) for subject in subjects for n in (1, 2, 3))
    assert sorted(rung) == sorted(subjects)
    assert Counter(Deadline.objects.values_list("state", flat=True)) == {"fired": 100}


# A scheduler as a process of its own: it writes down what it fires, in the transaction that marks it fired.
_SCHEDULER = """
import datetime as clocks, os, sys, time
shift = float(os.environ.get("SHIFT_S", 0))
if shift:  # every clock of this process that code could look at
    real_time, real = time.time, clocks.datetime
    class Shifted(real):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(real_time() + shift, tz)
        @classmethod
        def utcnow(cls):
            return cls.utcfromtimestamp(real_time() + shift)
    time.time = lambda: real_time() + shift
    clocks.datetime = Shifted
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
from datetime import timedelta
from fractions import Fraction
from everfair.base.deadlines import fire_due, on_deadline, on_reminder
from everfair.base.rows import ask
from everfair.companies.models import Company

def write(kind, subject):
    time.sleep(float(sys.argv[1]))
    ask("INSERT INTO base_heartbeat (part, at, note) VALUES (left(%s, 40), now(), %s)", [f"{kind}{subject.hex[-24:]}", sys.argv[2]])

on_deadline("test.bell")(lambda subject: write("zero", subject))
on_reminder("test.bell", Fraction(1, 2))(lambda reminder: write("word", reminder.subject))
print("ready", flush=True)
until = time.monotonic() + float(sys.argv[3])
while time.monotonic() < until:
    if not fire_due():
        time.sleep(0.05)
print("over", flush=True)
"""


def scheduler(name: str, *, slow_s: float = 0.0, runs_s: float = 6.0, **surroundings: str) -> subprocess.Popen[str]:
    # In the language of the shell that started the tests: same database, same settings.
    process = subprocess.Popen(
        [sys.executable, "-c", _SCHEDULER, str(slow_s), name, str(runs_s)],
        env=os.environ | surroundings, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return process


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def fired_by() -> list[tuple[str, str]]:
    return ask("SELECT part, note FROM base_heartbeat WHERE part LIKE 'zero%%' OR part LIKE 'word%%' ORDER BY part")


def test_eight_processes_fire_each_once_and_one_that_was_stopped_in_the_middle_does_nothing_twice():
    """I29: the stopped worker holds its transaction; the others leave what it holds alone, and when it goes on it finishes its own."""
    bell(Fraction(1, 2), says=lambda reminder: None)
    subjects = [new_id() for _n in range(12)]
    for subject in subjects:
        set_deadline(KIND, subject, timedelta(seconds=60))
    clock.advance(timedelta(seconds=31))
    started = [scheduler(f"s{n}", slow_s=0.02, runs_s=8) for n in range(8)]
    try:
        for process in started:
            ready(process)
        time.sleep(0.15)
        os.kill(started[0].pid, signal.SIGSTOP)
        time.sleep(1.0)
        clock.advance(timedelta(seconds=30))  # zero comes while it stands still
        time.sleep(2.0)
        os.kill(started[0].pid, signal.SIGCONT)
        for process in started:
            process.wait(timeout=30)
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.wait()
    fire_due()

    rows = fired_by()
    assert len(rows) == len({part for part, _who in rows})  # the table's key says so too: a second firing would have failed
    assert [part for part, _who in rows if part.startswith("zero")] == sorted(f"zero{subject.hex[-24:]}" for subject in subjects)
    assert not Deadline.objects.filter(state="failed").exists()
    assert set(Deadline.objects.filter(reminder=0).values_list("state", flat=True)) == {"fired"}


@pytest.mark.parametrize("shift_s", ["86400", "-86400"])
def test_the_clock_of_the_host_does_not_matter(shift_s):
    bell(Fraction(1, 2), says=lambda reminder: None)
    due, later = new_id(), new_id()
    set_deadline(KIND, due, timedelta(seconds=1))
    set_deadline(KIND, later, 5 * HOUR)
    clock.advance(timedelta(seconds=2))

    process = scheduler("shifted", runs_s=2, SHIFT_S=shift_s)
    ready(process)
    process.wait(timeout=30)

    assert [part for part, _who in fired_by()] == [f"zero{due.hex[-24:]}"]
    assert deadlines_of([due, later]) == {(later, KIND): Deadline.objects.get(subject=later, reminder=0).due_at}


@pytest.mark.parametrize(
    ("start", "span", "half"),
    [
        (datetime(2028, 2, 28, tzinfo=UTC), timedelta(days=2), datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2027, 3, 27, 12, tzinfo=UTC), timedelta(days=1), datetime(2027, 3, 28, 0, tzinfo=UTC)),
        (datetime(2027, 10, 30, 13, tzinfo=UTC), timedelta(hours=24), datetime(2027, 10, 31, 1, tzinfo=UTC)),
    ],
    ids=str,
)
def test_leap_days_and_changing_clocks_move_no_reminder(start, span, half):
    said: list[datetime] = []
    bell(Fraction(1, 2), says=lambda reminder: said.append(clock.now()))
    subject = new_id()
    clock.advance(start - clock.now())
    set_deadline(KIND, subject, start + span)

    clock.advance(half - clock.now() - timedelta(minutes=1))
    early = fire_due()
    clock.advance(timedelta(minutes=2))
    fire_due()

    assert (early, len(said)) == (0, 1)
    assert abs(reminders_of(subject)[0].due_at - half) < timedelta(seconds=2)
