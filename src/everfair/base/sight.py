"""Whose rows this session of the database sees: told to PostgreSQL, which holds the most private tables back from everybody else
(forced row-level security, decision 0042).

A sight is a company's id, or one of the words below. A request begins with nothing and has its actor's sight once the actor is known;
commands and the worker see everything. It is told with the first statement that needs it, and never carried over: a session that was
told of somebody else is told anew before anything is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection, sql
from psycopg.pq import TransactionStatus

from everfair.base.actor import Actor

NOTHING, OPERATOR, EVERYTHING = "", "operator", "everything"
_WORDS = frozenset({NOTHING, OPERATOR, EVERYTHING})
# Kinds of actors who act for nobody but the platform itself.
_MACHINES = frozenset({"rail", "carrier", "clock", "system"})


class _Process:
    """What is seen outside of requests: nothing, until a command says that it is one."""

    sight = NOTHING


_own: ContextVar[str | None] = ContextVar("_own", default=None)
# What each session was told last; None: nobody knows, because a transaction that told it was undone.
_told: WeakKeyDictionary[Connection[Any], str | None] = WeakKeyDictionary()


def sight() -> str:
    """What is seen here and now."""
    own = _own.get()
    return _Process.sight if own is None else own


def sight_of(actor: Actor) -> str:
    """A company's people and keys see its rows; staff who run the market all of them; who sells, and who is nobody, none."""
    if actor.kind in ("person", "key"):
        return str(actor.company_id) if actor.company_id else NOTHING
    if actor.kind == "operator":
        return OPERATOR
    return EVERYTHING if actor.kind in _MACHINES else NOTHING


def see_as_process(seen: str) -> None:
    """What this process sees outside of requests, all its threads alike."""
    _Process.sight = _word(seen)


def see_as(actor: Actor) -> None:
    """From now on, within the `seeing` that is open."""
    _own.set(sight_of(actor))


@contextmanager
def seeing(seen: str) -> Iterator[None]:
    """The sight of what happens inside; afterwards it is as before. What waits to be written goes with the sight it was told under."""
    from everfair.base.sql import tell_now

    tell_now()
    token = _own.set(_word(seen))
    try:
        yield
        tell_now()
    finally:
        _own.reset(token)


def tell_sight(here: Any) -> None:
    """Before each statement on Django's connection; a word to the server only where it was told something else."""
    seen, session = sight(), here.connection
    if _told.get(session, NOTHING) == seen or session.info.transaction_status == TransactionStatus.INERROR:
        return
    with here.wrap_database_errors:
        # No question: whoever begins a transaction may still say how it reads.
        session.execute(sql.SQL("SET everfair.sees = {}").format(sql.Literal(seen)), prepare=False)
    _told[session] = seen


def forget_sight(session: Connection[Any] | None) -> None:
    """What the session was told may have been undone: a ROLLBACK takes settings back as well."""
    if session is not None and session in _told:
        _told[session] = None


def _word(seen: str) -> str:
    return seen if seen in _WORDS else str(UUID(seen))
