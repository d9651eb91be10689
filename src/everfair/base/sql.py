"""A statement of our own, asked with as little as possible between it and the database (decision 0007).

Most of what a statement costs is the way there and back: two processes sleep and wake for each. `tell` is for writes whose answer
nobody reads: inside `all_or_nothing` they wait for the next question, or the end, and go with it. `ask_all` puts several questions at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

from everfair.base.sight import tell_sight
from everfair.base.together import whole_of

Params = Sequence[Any] | Mapping[str, Any]
Rows = list[tuple[Any, ...]]


class _Here(threading.local):
    session: Any = None


_thread = _Here()


def session_here() -> Any:
    """Django's connection of this thread, which is one and the same as long as the thread lives. Its own registry takes a lock and looks
    into two stores each time, and an order asks for it some thousand times."""
    found = _thread.session
    if found is None:
        found = _thread.session = connections[DEFAULT_DB_ALIAS]
    return found


def ask(sql: str, params: Params = ()) -> Rows:
    """The rows of a statement of our own.

    Past Django's cursor, whose making and wrappers cost twice what the statement does, unless somebody listens there.
    """
    here = session_here()
    if here.execute_wrappers or here.force_debug_cursor:
        with here.cursor() as listened_to:
            listened_to.execute(sql, params)
            return listened_to.fetchall() if listened_to.description else []
    whole = whole_of()
    if whole is not None and whole.untold:
        return _send(here, whole.taken(), [(sql, params)])[0]
    [cursor] = _cursors_of(here, 1)
    with here.wrap_database_errors:
        cursor.execute(sql, params)
        return _rows(cursor)


def ask_all(*questions: tuple[str, Params]) -> list[Rows]:
    """The rows of several statements, asked one after the other but sent and answered together: each sees what those before it did."""
    here = session_here()
    if here.execute_wrappers or here.force_debug_cursor:
        return [ask(sql, params) for sql, params in questions]
    whole = whole_of()
    return _send(here, whole.taken() if whole is not None else [], questions)


def tell(sql: str, params: Params = ()) -> None:
    """A write whose answer nobody reads. Inside `all_or_nothing` it is sent with the next statement, at the latest at the end, always in
    the order of telling; what the database refuses of it is raised there. Elsewhere at once."""
    whole = whole_of()
    here = session_here()
    if whole is None or here.execute_wrappers or here.force_debug_cursor:
        ask(sql, params)
    else:
        if here.needs_rollback:
            here.validate_no_broken_transaction()
        whole.untold.append((sql, params))


def tell_now() -> None:
    """Send what waits."""
    whole = whole_of()
    if whole is not None and whole.untold:
        _send(session_here(), whole.taken(), [])


def _send(here: Any, told: Sequence[tuple[str, Params]], questions: Sequence[tuple[str, Params]]) -> list[Rows]:
    telling, *asking = _cursors_of(here, 1 + len(questions))
    with here.wrap_database_errors:
        if len(told) + len(questions) == 1:
            telling.execute(*(told or questions)[0])
            return [_rows(telling)] if questions else []
        with here.connection.pipeline():
            for sql, params in told:
                telling.execute(sql, params)
            for cursor, (sql, params) in zip(asking, questions, strict=True):
                cursor.execute(sql, params)
        return [_rows(cursor) for cursor in asking]


def _rows(cursor: Any) -> Rows:
    answer = cursor.pgresult
    return cursor.fetchall() if answer is not None and answer.nfields else []


def _cursors_of(here: Any, count: int) -> list[Any]:
    if here.connection is None:
        here.ensure_connection()
    if here.needs_rollback:
        here.validate_no_broken_transaction()
    tell_sight(here)
    known = _cursors.get(here.connection)
    if known is None:
        known = _cursors[here.connection] = []
    while len(known) < count:
        known.append(here.create_cursor())
    return known[:count]


# Some for each connection: they remember how values of our types go to the wire and back.
_cursors: WeakKeyDictionary[Any, list[Any]] = WeakKeyDictionary()
