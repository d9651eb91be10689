"""A statement of our own, asked with as little as possible between it and the database (decision 0007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

Params = Sequence[Any] | Mapping[str, Any]


def ask(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement of our own.

    Past Django's cursor, whose making and wrappers cost twice what the statement does, unless somebody listens there.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.execute_wrappers or here.queries_logged:
        with here.cursor() as listened_to:
            listened_to.execute(sql, params)
            return listened_to.fetchall() if listened_to.description else []
    if here.connection is None:
        here.ensure_connection()
    if here.needs_rollback:
        here.validate_no_broken_transaction()
    cursor = _cursors.get(here.connection)
    if cursor is None:
        cursor = _cursors[here.connection] = here.create_cursor()
    with here.wrap_database_errors:
        cursor.execute(sql, params)
        answer = cursor.pgresult
        return cursor.fetchall() if answer is not None and answer.nfields else []


# One for each connection: it remembers how values of our types go to the wire and back.
_cursors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
