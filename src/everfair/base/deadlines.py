"""Deadlines and the reminders on the way to them: by database clock, each exactly once, however many workers look.

A reminder is a row like its deadline, of the same kind, subject and generation: it is set, cleared and moved in the same statement and
fired by the same code, so that what holds for the one holds for the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from uuid import UUID

from django.db import transaction

from everfair.base.clock import now
from everfair.base.failpoints import failpoint
from everfair.base.models import Deadline
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find
from everfair.base.sql import tell
from everfair.base.together import all_or_nothing

log = logging.getLogger(__name__)
MAX_TRIES = 5
_LOCK_SPACE = 0x0EF1
_handlers: dict[str, Callable[[UUID], None]] = {}
_reminders: dict[str, tuple[Callable[[Reminder], None], tuple[Fraction | timedelta, ...]]] = {}
_firing: ContextVar[int | None] = ContextVar("_firing", default=None)


def on_deadline(kind: str) -> Callable[[Callable[[UUID], None]], Callable[[UUID], None]]:
    """Register what happens at zero: `function(subject_id)`, inside the transaction that marks it fired."""

    def register(function: Callable[[UUID], None]) -> Callable[[UUID], None]:
        if kind in _handlers:
            raise ValueError(f"deadline {kind} has two handlers")
        _handlers[kind] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Reminder:
    """The n-th word on the way to a deadline; `zero_at` is when that is due."""

    kind: str
    subject: UUID
    generation: int
    n: int
    zero_at: datetime


def on_reminder(kind: str, *points: Fraction | timedelta) -> Callable[[Callable[[Reminder], None]], Callable[[Reminder], None]]:
    """Register who is told on the way to a deadline, and when: after a fraction of its span, or so long before zero.

    A point that lies behind already when the deadline is set falls away. When a worker comes so late that several are due, only
    the last of them is said: nobody gets three letters at once.
    """
    for point in points:
        if not (0 < point < 1 if isinstance(point, Fraction) else point > timedelta(0)):
            raise ValueError(f"{kind} cannot remind at {point}")

    def register(function: Callable[[Reminder], None]) -> Callable[[Reminder], None]:
        if kind in _reminders:
            raise ValueError(f"deadline {kind} reminds twice")
        _reminders[kind] = (function, points)
        return function

    return register


_CLEARED = """
    UPDATE base_deadline SET
        state = CASE WHEN id = %(firing)s::bigint THEN 'fired' ELSE 'cleared' END,
        fired_at = CASE WHEN id = %(firing)s::bigint THEN ef_now() ELSE fired_at END
    WHERE kind IN (_KINDS) AND subject = %(subject)s::uuid AND state = 'waiting'
"""
# The insert reads from what the update returns, so that it comes after it: two never wait at once. `0 AS n` is the deadline itself.
_SET = """
    WITH cleared AS (_CLEARED RETURNING 1), next AS (
        SELECT known.generation + 1 AS generation, ef_now() AS now, _MOMENT AS due_at
        FROM (SELECT count(*) FROM cleared) AS c, (
            SELECT coalesce(max(generation), 0) AS generation FROM base_deadline
            WHERE kind = %(kind)s::varchar AND subject = %(subject)s::uuid
        ) AS known
    )
    INSERT INTO base_deadline (kind, subject, generation, reminder, due_at, state, tries)
    SELECT %(kind)s::varchar, %(subject)s::uuid, next.generation, 0, next.due_at, 'waiting', 0 FROM next
    UNION ALL
    SELECT %(kind)s::varchar, %(subject)s::uuid, next.generation, row_number() OVER (ORDER BY point.at), point.at, 'waiting', 0
    FROM next, LATERAL (
        SELECT DISTINCT coalesce(
            next.due_at - make_interval(secs => p.before_s), next.now + (next.due_at - next.now) * p.share
        ) AS at FROM unnest(%(before_s)s::float8[], %(shares)s::float8[]) AS p (before_s, share)
    ) AS point
    WHERE point.at > next.now AND point.at < next.due_at
"""
_SET = _SET.replace("_CLEARED", _CLEARED).replace("_KINDS", "%(kind)s::varchar")
_SET_AT = _SET.replace("_MOMENT", "%(due)s::timestamptz")
_SET_AFTER = _SET.replace("_MOMENT", "ef_now() + %(due)s::interval")


def set_deadline(kind: str, subject: UUID, due: datetime | timedelta) -> None:
    """Start (or move) the countdown, to a moment or for so long from now; a former one of the same kind and subject is cleared."""
    if kind not in _handlers:
        raise ValueError(f"nobody handles the deadline {kind}")
    sql = _SET_AFTER if isinstance(due, timedelta) else _SET_AT
    tell(sql, {"kind": kind, "subject": subject, "due": due, "firing": _firing.get()} | _points(kind))


def _points(kind: str) -> dict[str, list[float | None]]:
    _function, points = _reminders.get(kind, (None, ()))
    return {
        "before_s": [point.total_seconds() if isinstance(point, timedelta) else None for point in points],
        "shares": [float(point) if isinstance(point, Fraction) else None for point in points],
    }


def clear_deadline(kind: str, subject: UUID) -> None:
    """Nothing will happen by itself any more. Within its own handler it counts as fired: the verb that the clock calls
    is often the very one that clears it."""
    clear_deadlines([kind], subject)


def clear_deadlines(kinds: Sequence[str], subject: UUID) -> None:
    """The same for several kinds at once."""
    named = {f"kind{n}": kind for n, kind in enumerate(kinds)}
    tell(_clearing(len(named)), {**named, "subject": subject, "firing": _firing.get()})


@cache
def _clearing(count: int) -> str:
    """For so many kinds: with an array of unknown length it would be planned anew each time, which takes twice as long as doing it."""
    return _CLEARED.replace("_KINDS", ", ".join(f"%(kind{n})s" for n in range(count)) or "NULL")


def deadlines_of(subjects: list[UUID]) -> dict[tuple[UUID, str], datetime]:
    """What is running for these subjects: (subject, kind) → due moment."""
    rows = ask(_RUNNING_FOR_ONE, subjects) if len(subjects) == 1 else ask(_RUNNING, [subjects])
    return {(subject, kind): due_at for subject, kind, due_at in rows}


_RUNNING = (
    "SELECT subject, kind, due_at FROM base_deadline WHERE subject = ANY(%s::uuid[]) AND state = 'waiting' AND reminder = 0"
)
_RUNNING_FOR_ONE = "SELECT subject, kind, due_at FROM base_deadline WHERE subject = %s AND state = 'waiting' AND reminder = 0"


@dataclass(frozen=True, slots=True)
class ReminderState:
    """`state` is waiting, fired, cleared (moved, over, or overtaken by a later one) or failed."""

    kind: str
    generation: int
    n: int
    due_at: datetime
    state: str
    fired_at: datetime | None


def reminders_of(subject: UUID, *kinds: str, running: bool = False) -> list[ReminderState]:
    """The reminders of the newest generation of each kind (of all kinds when none is named), in their order; with `running` only of
    those whose deadline is still to come."""
    return [ReminderState(*row) for row in ask(_REMINDERS, {"subject": subject, "kinds": list(kinds), "running": running})]


_REMINDERS = """
    SELECT kind, generation, reminder, due_at, state, fired_at FROM (
        SELECT *, max(generation) OVER (PARTITION BY kind) AS newest,
            bool_or(reminder = 0 AND state = 'waiting') OVER (PARTITION BY kind, generation) AS is_running FROM base_deadline
        WHERE subject = %(subject)s::uuid AND (%(kinds)s::varchar[] = '{}' OR kind = ANY(%(kinds)s::varchar[]))
    ) AS d WHERE generation = newest AND reminder > 0 AND (is_running OR NOT %(running)s) ORDER BY due_at, reminder
"""


class _MovedAway(Exception):
    """Somebody cleared or moved the deadline while its handler waited for a lock: undo the handler."""


def fire_due(*, limit: int = 50) -> int:
    """Fire what is due; returns how many. A refusal means the world moved on: the deadline is done all the same.

    The deadline's row is locked last (an advisory lock keeps a second clock away before), because verbs lock company and
    order first and clear their deadlines at the end: the same order, so no deadlock.
    """
    return sum(_fire(deadline) for deadline in find(Deadline, _DUE, [limit]))


_DUE = """
    state = 'waiting' AND due_at <= ef_now() AND (retry_at IS NULL OR retry_at <= ef_now()) ORDER BY due_at, id LIMIT %s
"""


def _fire(deadline: Deadline) -> bool:
    this = [deadline.pk, deadline.due_at]
    try:
        with transaction.atomic():
            if not _ours_alone(deadline.pk) or not ask(_STILL_WAITS, this):
                return False
            if deadline.reminder and ask(_OVERTAKEN, [deadline.pk]):
                ask(_CLEAR_THIS, this)
                return False
            try:
                with all_or_nothing(), _is_firing(deadline.pk):
                    _act(deadline)
                    failpoint("base.deadline_acted")
            except (Refused, NotVisible) as no:
                log.info("deadline found nothing to do", extra={"kind": deadline.kind, "code": getattr(no, "code", "gone")})
            if not ask(_FIRE_THIS, this) and not ask(_FIRED_ITSELF, [deadline.pk]):
                raise _MovedAway
            if not deadline.reminder:
                ask(_NO_MORE_REMINDERS, [deadline.kind, deadline.subject, deadline.generation])
            return True
    except _MovedAway:
        return False
    except Exception:
        log.exception("deadline failed", extra={"kind": deadline.kind, "deadline": deadline.pk})
        tries = deadline.tries + 1
        Deadline.objects.filter(pk=deadline.pk, state="waiting").update(
            tries=tries,
            retry_at=now() + timedelta(seconds=2**tries),
            state="failed" if tries >= MAX_TRIES else "waiting",
        )
        return False


_STILL_WAITS = "SELECT 1 FROM base_deadline WHERE id = %s AND due_at = %s AND state = 'waiting'"
_CLEAR_THIS = "UPDATE base_deadline SET state = 'cleared' WHERE id = %s AND due_at = %s AND state = 'waiting'"
_FIRE_THIS = """
    UPDATE base_deadline SET state = 'fired', fired_at = ef_now() WHERE id = %s AND due_at = %s AND state = 'waiting' RETURNING 1
"""
_FIRED_ITSELF = "SELECT 1 FROM base_deadline WHERE id = %s AND state = 'fired'"
# At zero nobody is reminded any more, and of several that are due only the last speaks.
_NO_MORE_REMINDERS = """
    UPDATE base_deadline SET state = 'cleared'
    WHERE kind = %s AND subject = %s AND generation = %s AND reminder > 0 AND state = 'waiting'
"""
_OVERTAKEN = """
    SELECT 1 FROM base_deadline r JOIN base_deadline d USING (kind, subject, generation)
    WHERE r.id = %s AND d.due_at <= ef_now() AND (d.reminder = 0 OR d.reminder > r.reminder) LIMIT 1
"""
_ZERO_AT = "SELECT due_at FROM base_deadline WHERE kind = %s AND subject = %s AND generation = %s AND reminder = 0"


def _act(deadline: Deadline) -> None:
    if not deadline.reminder:
        _handlers[deadline.kind](deadline.subject)
        return
    of = (deadline.kind, deadline.subject, deadline.generation)
    [(zero_at,)] = ask(_ZERO_AT, list(of))
    function, _points_of_it = _reminders[deadline.kind]
    function(Reminder(*of, deadline.reminder, zero_at))


@contextmanager
def _is_firing(pk: int) -> Iterator[None]:
    token = _firing.set(pk)
    try:
        yield
    finally:
        _firing.reset(token)


def _ours_alone(pk: int) -> bool:
    return bool(ask("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, pk % 2**31])[0][0])
