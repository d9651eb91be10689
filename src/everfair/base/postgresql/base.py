"""Django's own backend, but for what each request pays for a session.

A session from the pool is looked at without asking the server. Statements stay prepared, however many there are and whoever was refused
meanwhile: PostgreSQL needs three times as long for one that it must plan anew. And what `sql.tell` keeps back is sent before anything
that goes Django's own way, so that nobody sees a row too late. Whose rows are seen is told before a statement that needs it (`sight`).
"""

from __future__ import annotations

import select
import time
from datetime import UTC, datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.postgresql import base
from psycopg._preparing import PrepareManager
from psycopg.abc import Loader
from psycopg.pq import Format, TransactionStatus
from psycopg_pool import ConnectionPool

from everfair.base.sight import forget_sight, tell_sight
from everfair.base.sql import tell_now
from everfair.base.together import whole_of

# As many as an order, a request for quotation and the pages together have, twice over; some ten megabytes for each session.
MOST_PREPARED = 500
# After so long a silence the server is asked all the same: a line may have been cut without a word.
QUIET_S = 30.0


class DatabaseWrapper(base.DatabaseWrapper):
    def _cursor(self, name: str | None = None) -> Any:
        tell_now()
        cursor = super()._cursor(name)
        tell_sight(self)
        return cursor

    def _savepoint_rollback(self, sid: str) -> None:
        whole = whole_of()
        if whole is not None:
            whole.untold.clear()  # what came before the savepoint was sent before it
        super()._savepoint_rollback(sid)
        forget_sight(self.connection)

    def _rollback(self) -> None:
        forget_sight(self.connection)
        super()._rollback()

    def _commit(self) -> None:
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            forget_sight(self.connection)  # PostgreSQL answers such a COMMIT with a ROLLBACK
        super()._commit()

    def _close(self) -> None:
        if self.connection is not None and self.connection.info.transaction_status != TransactionStatus.IDLE:
            forget_sight(self.connection)  # the pool ends what is open
        super()._close()

    def _configure_connection(self, connection: Any) -> bool:
        keep_prepared(connection)
        read_moments(connection)
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]
        return configured

    def get_new_connection(self, conn_params: Any) -> Any:
        while True:
            session = super().get_new_connection(conn_params)
            if not self.pool or is_alive(session):
                return session
            session.close()
            self.pool.putconn(session)  # which makes another one


def is_alive(session: psycopg.Connection[Any]) -> bool:
    """Whether the server still has this session. One that it ends, or that dies with it, closes the line: there is something to read."""
    if session.closed:
        return False
    now_s = time.monotonic()
    used_s = _used_s.get(session, 0.0)
    _used_s[session] = now_s
    if now_s - used_s < QUIET_S and not _has_word(session):
        return True
    try:
        ConnectionPool.check_connection(session)
    except psycopg.Error:
        return False
    return True


def _has_word(session: psycopg.Connection[Any]) -> bool:
    poll = select.poll()
    poll.register(session.fileno(), select.POLLIN)
    return bool(poll.poll(0))


# When each was last taken out of the pool.
_used_s: WeakKeyDictionary[psycopg.Connection[Any], float] = WeakKeyDictionary()


class _Kept(PrepareManager):
    """Outlives a refusal: psycopg forgets everything at each ROLLBACK, lest a statement speak of a table made in that transaction. Nobody
    makes tables here but migrations, whose sessions prepare nothing."""

    prepared_max = MOST_PREPARED

    def clear(self) -> bool:
        return False


def keep_prepared(session: psycopg.Connection[Any]) -> None:
    """From now on this session forgets a statement only when it is rarely used."""
    kept = _Kept()
    kept.prepare_threshold = session._prepared.prepare_threshold
    session._prepared = kept


def read_moments(session: psycopg.Connection[Any]) -> None:
    """From now on this session reads its moments by Python's own reader. Django's goes through a regular expression and makes each twice:
    a row has three of them, and they took longer than all its other columns."""
    theirs: Any = session.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)
    if theirs.timezone is UTC:  # a session in another zone keeps the reader that turns them
        session.adapters.register_loader("timestamptz", _quick(theirs))


@cache
def _quick(theirs: type[Loader]) -> type[Loader]:
    class Moments(theirs):  # type: ignore[misc,valid-type]
        def load(self, data: Any) -> datetime:
            try:
                return datetime.fromisoformat(str(data, "ascii"))
            except ValueError:  # infinite, or before our era: the other reader knows what to say of it
                found: datetime = super().load(data)
                return found

    return Moments
