"""Events: one inserted row each, read by cursors. No broker, no lost event, no ghost event.

`emit` writes in the current transaction. Each subscriber (usually a package) has a cursor and reads batches of rows whose
transaction is older than every running one, in the order (tx, seq): that order never changes once it can be seen, so
nothing is passed over. Reactions run at least once and are safe to repeat.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar, dataclass_transform, get_type_hints
from uuid import UUID

from django.db import connection, transaction

from everfair.base.actor import Actor
from everfair.base.log import masked
from everfair.base.models import DeadReaction
from everfair.base.money import Money
from everfair.base.sql import ask, tell
from everfair.base.together import all_or_nothing, remember_moment

log = logging.getLogger(__name__)
CHANNEL = "everfair_events"
MAX_TRIES = 5

Reaction = Callable[[Any], None]
_Fact = TypeVar("_Fact")
_catalogue: dict[str, type[Any]] = {}
_reactions: dict[str, dict[str, list[Reaction]]] = defaultdict(lambda: defaultdict(list))


@dataclass_transform(frozen_default=True)
def event(cls: type[_Fact]) -> type[_Fact]:
    """Declare a fact: a frozen dataclass whose first field is the id of what it is about."""
    made: type[_Fact] = dataclasses.dataclass(frozen=True, slots=True)(cls)
    if made.__name__ in _catalogue:
        raise ValueError(f"event {made.__name__} is declared twice")
    _catalogue[made.__name__] = made
    return made


def catalogue() -> dict[str, type[Any]]:
    return dict(_catalogue)


def subscribers() -> dict[str, dict[str, list[Reaction]]]:
    return {name: dict(by_event) for name, by_event in _reactions.items()}


def on(*kinds: type[Any], subscriber: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction: `function(event)`; called in its own savepoint, at least once."""

    def register(function: Reaction) -> Reaction:
        for kind in kinds:
            _reactions[subscriber][kind.__name__].append(function)
        return function

    return register


def emit(fact: Any, *, by: Actor | None = None) -> None:
    """Insert the fact into the running transaction and wake the worker at its commit."""
    kind: Any = type(fact)
    names = _names(kind)
    body = {name: _plain(getattr(fact, name)) for name in names}
    subject = getattr(fact, names[0])
    if not connection.in_atomic_block:
        raise RuntimeError("an event belongs to the transaction of its cause")
    tell(_EMIT, [kind.__name__, subject, json.dumps(body), by.label if by else "system"])


_EMIT = "INSERT INTO base_event (name, subject, body, actor) VALUES (%s, %s, %s, %s)"


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _plain(value: Any) -> Any:
    match value:
        case str() | None:
            return value
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case UUID() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(v) for v in value]
        case _:
            return value


@cache
def _hints(name: str) -> dict[str, Any]:
    return get_type_hints(_catalogue[name])


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    options = getattr(kind, "__args__", (kind,)) if not isinstance(kind, type) else (kind,)
    for option in options:
        if option is Money:
            return Money(value["minor"], value["currency"])
        if option in (UUID, Decimal):
            return option(value)
        if option in (datetime, date):
            return option.fromisoformat(value)
    return value


def read_fact(name: str, body: dict[str, Any]) -> Any:
    """The dataclass again; fields added since are their defaults, fields dropped since are ignored."""
    kind = _catalogue[name]
    hints = _hints(name)
    return kind(**{key: _typed(hints[key], value) for key, value in body.items() if key in hints})


# The cursor, locked, with what it has not read; without a row another process holds it. One that was moved on while this waited for
# its row is read from where it stands now.
_READ = """
    SELECT c.tx, c.seq, ef_now(), e.tx::text::bigint, e.seq, e.name, e.body
    FROM (SELECT tx, seq FROM base_cursor WHERE name = %s FOR UPDATE SKIP LOCKED) c LEFT JOIN LATERAL (
        SELECT tx, seq, name, body FROM base_event
        WHERE (tx, seq) > (c.tx::text::xid8, c.seq) AND tx < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY tx, seq LIMIT %s
    ) e ON true
    ORDER BY e.tx, e.seq
"""
_MOVE_ON = "UPDATE base_cursor SET tx = %s, seq = %s WHERE name = %s"
# The event that is being digested in this context.
_digesting: ContextVar[int] = ContextVar("_digesting")


def event_seq() -> int:
    """Inside a reaction: the number of the event it reacts to. What happened once has one number, however often it is told.

    LookupError outside of one: without a number two events would pass for the same.
    """
    return _digesting.get()


@contextmanager
def digesting(seq: int) -> Iterator[None]:
    """React to the event with this number."""
    token = _digesting.set(seq)
    try:
        yield
    finally:
        _digesting.reset(token)


def run_reactions(subscriber: str, *, batch: int = 200) -> int:
    """Read one batch for one subscriber; returns how many events were passed. 0 when another process is at it.

    First the whole batch in one piece. When a reaction raises, all of it is undone and done again with a savepoint around each
    event: the one that raised stays before the cursor for a later try, and after MAX_TRIES it is put aside in DeadReaction
    with its reason, so that one bad event never holds up the rest.
    """
    if subscriber not in _not_before:
        try:
            with all_or_nothing():
                return _read_on(subscriber, batch, _digest_all)
        except Exception:
            log.info("a batch is read again, event by event", extra={"subscriber": subscriber})
    with transaction.atomic():
        return _read_on(subscriber, batch, _digest)


def _read_on(subscriber: str, batch: int, digest: Callable[[str, int, Iterable[Reaction], str, Any], bool]) -> int:
    by_event = _reactions[subscriber]
    found = ask(_READ, [subscriber, batch])
    if not found:
        # Its first time, or another process holds it.
        ask("INSERT INTO base_cursor (name, tx, seq) VALUES (%s, 0, 0) ON CONFLICT (name) DO NOTHING", [subscriber])
        found = ask(_READ, [subscriber, batch])
        if not found:
            return 0
    tx, seq, moment, *_first = found[0]
    remember_moment(moment)
    passed = 0
    for *_place, next_tx, next_seq, name, body in found:
        if name is None:
            break  # nothing is unread
        reactions = by_event.get(name, [])
        if reactions and not digest(subscriber, next_seq, reactions, name, body):
            break
        tx, seq = next_tx, next_seq
        passed += 1
    if passed:
        tell(_MOVE_ON, [tx, seq, subscriber])
    return passed


def _digest_all(_subscriber: str, seq: int, reactions: Iterable[Reaction], name: str, body: Any) -> bool:
    react(seq, reactions, name, body)
    return True


def react(seq: int, reactions: Iterable[Reaction], name: str, body: Any) -> None:
    """Digest one event in the open transaction, by its row's number, name and body."""
    fact = read_fact(name, json.loads(body) if isinstance(body, str) else body)
    with digesting(seq):
        for reaction in reactions:
            reaction(fact)


# The row without a name says whether an open transaction, here or elsewhere, still hides something.
_LOOK = """
    SELECT s.name, coalesce(bool_or(c.name IS NULL OR jsonb_exists(s.heard, e.name)), false),
        count(*), max(ARRAY[e.tx::text::bigint, e.seq])
    FROM jsonb_each(%s::jsonb) AS s (name, heard) LEFT JOIN base_cursor c ON c.name = s.name
    JOIN LATERAL (
        SELECT tx, seq, name FROM base_event
        WHERE (tx, seq) > (coalesce(c.tx, 0)::text::xid8, coalesce(c.seq, 0)) AND tx < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY tx, seq LIMIT %s
    ) e ON true
    GROUP BY s.name
    UNION ALL
    SELECT '', EXISTS (SELECT FROM base_event WHERE tx >= pg_snapshot_xmin(pg_current_snapshot())), 0, '{}'
"""
_SKIP_UNHEARD = """
    UPDATE base_cursor SET tx = %s, seq = %s WHERE name IN (
        SELECT name FROM base_cursor WHERE name = ANY(%s) AND (tx, seq) < (%s, %s) FOR UPDATE SKIP LOCKED
    )
"""


@lru_cache(maxsize=8)
def _written(heard: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return json.dumps(dict(heard))


def run_unread_reactions(*, batch: int = 200) -> int:
    """One turn for everybody: how many events were passed in all."""
    return take_turn(batch=batch)[0]


def take_turn(*, batch: int = 200) -> tuple[int, bool]:
    """One turn for everybody: how many events were passed in all, and whether there is more that will not announce itself.

    A single look tells who has something to react to; the others only pass over what they do not hear, all in one statement.
    That is what keeps a small trade cheap: most events concern one subscriber of many. What is written from now on wakes the
    worker by its NOTIFY; what a transaction hides that is still open need not, and a full batch does not either.
    """
    heard = tuple((name, tuple(by_event)) for name, by_event in _reactions.items())
    found = {name: (concerned, events, last) for name, concerned, events, last in ask(_LOOK, [_written(heard), batch])}
    is_hidden, *_nothing = found.pop("")
    deaf: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, (concerned, _events, last) in found.items():
        if not concerned:
            deaf[tuple(last)].append(name)
    passed = sum(events for concerned, events, _last in found.values() if not concerned)
    for (tx, seq), names in deaf.items():
        ask(_SKIP_UNHEARD, [tx, seq, names, tx, seq])
    more = is_hidden or any(events >= batch for _concerned, events, _last in found.values())
    for name, _events in heard:
        concerned, events, _last = found.get(name, (False, 0, None))
        if concerned:
            now = run_reactions(name, batch=batch)
            passed += now
            more = more or 0 < now < events
    return passed, more


_tries: dict[tuple[str, int], int] = defaultdict(int)
_not_before: dict[str, float] = {}


def _digest(subscriber: str, seq: int, reactions: Iterable[Reaction], name: str, body: Any) -> bool:
    if time.monotonic() < _not_before.get(subscriber, 0):
        return False
    try:
        # Reading it too: an event that cannot be read any more must not hold up the rest either.
        with transaction.atomic():
            react(seq, reactions, name, body)
    except Exception as error:
        key = (subscriber, seq)
        _tries[key] += 1
        log.exception("reaction failed", extra={"subscriber": subscriber, "event_seq": seq, "tries": _tries[key]})
        if _tries[key] < MAX_TRIES:
            _not_before[subscriber] = time.monotonic() + min(2 ** _tries[key] / 10, 5)
            return False
        reason = masked(f"{type(error).__name__}: {error}")[:500].replace("\0", "")
        DeadReaction.objects.get_or_create(subscriber=subscriber, event_seq=seq, defaults={"reason": reason})
    _tries.pop((subscriber, seq), None)
    _not_before.pop(subscriber, None)
    return True


def run_all_reactions(*, rounds: int = 20, patience_s: float = 10) -> int:
    """Until every subscriber has read everything (tests, commands): events passed in all.

    A transaction that is still open somewhere on the server, in whichever database, hides what came after it: that is waited
    for, but no longer than `patience_s`.
    """
    passed = 0
    until = time.monotonic() + patience_s
    while rounds:
        now = run_unread_reactions()
        passed += now
        if now:
            rounds -= 1
        elif connection.in_atomic_block or not _something_is_hidden() or time.monotonic() > until:
            break
        else:
            time.sleep(0.02)
    return passed


def _something_is_hidden() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM base_event WHERE tx >= pg_snapshot_xmin(pg_current_snapshot()))")
        return bool(cursor.fetchone()[0])


def rebase_after_restore() -> None:
    """Transaction numbers start anew in a restored cluster: keep the order, forget the numbers.

    Every unread event becomes older than the new cluster's first transaction. A cursor goes back to its lowest unread
    event, so that an event may be read twice, never not at all. Runs as the owner, with nobody else connected.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE base_cursor c SET tx = 0, seq = coalesce(
                (SELECT min(e.seq) - 1 FROM base_event e WHERE (e.tx, e.seq) > (c.tx::text::xid8, c.seq)),
                (SELECT max(seq) FROM base_event), 0)
            """
        )
        cursor.execute("ALTER TABLE base_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE base_event SET tx = '0'::xid8")
        cursor.execute("ALTER TABLE base_event ENABLE TRIGGER USER")
