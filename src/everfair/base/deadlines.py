"""Deadlines: by database clock, each generation exactly once, however many workers look."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from everfair.base.clock import EfNow, now
from everfair.base.models import Deadline
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find

log = logging.getLogger(__name__)
MAX_TRIES = 5
_LOCK_SPACE = 0x0EF1
_handlers: dict[str, Callable[[UUID], None]] = {}
_firing: ContextVar[int | None] = ContextVar("_firing", default=None)


def on_deadline(kind: str) -> Callable[[Callable[[UUID], None]], Callable[[UUID], None]]:
    """Register what happens at zero: `function(subject_id)`, inside the transaction that marks it fired."""

    def register(function: Callable[[UUID], None]) -> Callable[[UUID], None]:
        if kind in _handlers:
            raise ValueError(f"deadline {kind} has two handlers")
        _handlers[kind] = function
        return function

    return register


_CLEARED = """
    UPDATE base_deadline SET
        state = CASE WHEN id = %(firing)s::bigint THEN 'fired' ELSE 'cleared' END,
        fired_at = CASE WHEN id = %(firing)s::bigint THEN ef_now() ELSE fired_at END
    WHERE kind = ANY(%(kinds)s::varchar[]) AND subject = %(subject)s::uuid AND state = 'waiting'
"""
# The insert reads from what the update returns, so that it comes after it: two never wait at once.
_SET = """
    WITH cleared AS (_CLEARED RETURNING 1)
    INSERT INTO base_deadline (kind, subject, generation, due_at, state, tries)
    SELECT %(kind)s::varchar, %(subject)s::uuid, known.generation + 1, _MOMENT, 'waiting', 0
    FROM (SELECT count(*) FROM cleared) AS c, (
        SELECT coalesce(max(generation), 0) AS generation FROM base_deadline
        WHERE kind = %(kind)s::varchar AND subject = %(subject)s::uuid
    ) AS known
"""
_SET = _SET.replace("_CLEARED", _CLEARED)
_SET_AT = _SET.replace("_MOMENT", "%(due)s::timestamptz")
_SET_AFTER = _SET.replace("_MOMENT", "ef_now() + %(due)s::interval")


def set_deadline(kind: str, subject: UUID, due: datetime | timedelta) -> None:
    """Start (or move) the countdown, to a moment or for so long from now; a former one of the same kind and subject is cleared."""
    if kind not in _handlers:
        raise ValueError(f"nobody handles the deadline {kind}")
    sql = _SET_AFTER if isinstance(due, timedelta) else _SET_AT
    ask(sql, {"kind": kind, "kinds": [kind], "subject": subject, "due": due, "firing": _firing.get()})


def clear_deadline(kind: str, subject: UUID) -> None:
    """Nothing will happen by itself any more. Within its own handler it counts as fired: the verb that the clock calls
    is often the very one that clears it."""
    clear_deadlines([kind], subject)


def clear_deadlines(kinds: Sequence[str], subject: UUID) -> None:
    """The same for several kinds at once."""
    ask(_CLEARED, {"kinds": list(kinds), "subject": subject, "firing": _firing.get()})


def deadlines_of(subjects: list[UUID]) -> dict[tuple[UUID, str], datetime]:
    """What is running for these subjects: (subject, kind) → due moment."""
    rows = ask(
        "SELECT subject, kind, due_at FROM base_deadline WHERE subject = ANY(%s::uuid[]) AND state = 'waiting'", [subjects]
    )
    return {(subject, kind): due_at for subject, kind, due_at in rows}


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
    this = Deadline.objects.filter(pk=deadline.pk, state="waiting", due_at=deadline.due_at)
    fired_by_itself = Deadline.objects.filter(pk=deadline.pk, state="fired")
    try:
        with transaction.atomic():
            if not _ours_alone(deadline.pk) or not this.exists():
                return False
            try:
                with transaction.atomic(), _is_firing(deadline.pk):
                    _handlers[deadline.kind](deadline.subject)
            except (Refused, NotVisible) as no:
                log.info("deadline found nothing to do", extra={"kind": deadline.kind, "code": getattr(no, "code", "gone")})
            if not this.update(state="fired", fired_at=EfNow()) and not fired_by_itself.exists():
                raise _MovedAway
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


@contextmanager
def _is_firing(pk: int) -> Iterator[None]:
    token = _firing.set(pk)
    try:
        yield
    finally:
        _firing.reset(token)


def _ours_alone(pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, pk % 2**31])
        return bool(cursor.fetchone()[0])
