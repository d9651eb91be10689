"""A sandbox's memory: one SQLite file in WAL mode, one connection, one lock. What was answered survives `kill -9`."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
create table events (
    id text primary key,
    type text not null,
    reference text not null,
    body blob not null,
    created_at real not null
) strict;
create table deliveries (
    id integer primary key autoincrement,
    event text not null references events (id),
    url text not null,
    state text not null check (state in ('pending', 'delivered', 'dropped', 'gave_up')),
    attempts integer not null default 0,
    due_at real not null,
    place integer not null default 0,
    shuffled integer not null default 0,
    last_status integer,
    last_error text not null default '',
    attempted_at real,
    created_at real not null
) strict;
create index deliveries_due on deliveries (due_at, place, id) where state = 'pending';
create table faults (
    id integer primary key autoincrement,
    kind text not null,
    value integer,
    remaining integer check (remaining >= 0),
    probability real not null check (probability between 0 and 1),
    reference text,
    operation text,
    draws integer not null default 0,
    fired integer not null default 0,
    created_at real not null
) strict;
create table answers (
    key text primary key,
    request_hash blob not null,
    status integer not null,
    body blob not null,
    created_at real not null
) strict;
"""
SCHEMA_VERSION = 2
# From version 1, when the payment sandbox was the only one.
_UPGRADE = (
    "alter table events rename column merchant_reference to reference",
    "alter table faults rename column merchant_reference to reference",
)


class AlreadyRunning(Exception):
    """Another sandbox holds this folder; two of them would deliver everything twice."""


class Store:
    """Opens (or makes) the database in a folder, and refuses (AlreadyRunning) a folder that is in use.

    `own_schema` holds the tables of the sandbox's own things, beside the events, deliveries, faults and answers that each has.
    """

    def __init__(self, folder: Path, own_schema: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claim = (folder / "sandbox.lock").open("w")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._claim.close()
            raise AlreadyRunning(str(folder)) from error
        self._lock = threading.RLock()
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "cache_size = -1024"):
            self._db.execute(f"pragma {pragma}")
        with self.writing() as db:
            version = db.execute("pragma user_version").fetchone()[0]
            if version == 0:
                for statement in (own_schema + SCHEMA).split(";\n"):
                    db.execute(statement)
            elif version == 1:
                for statement in _UPGRADE:
                    db.execute(statement)
            elif version != SCHEMA_VERSION:
                raise RuntimeError(f"{folder} was written by another version of the sandbox; start with an empty folder")
            for statement in own_schema.split(";\n") if version else ():
                if " if not exists " in statement:  # what a product has learnt since its folder was made
                    db.execute(statement)
            db.execute(f"pragma user_version = {SCHEMA_VERSION}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, on disk, or none."""
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._db

    def close(self) -> None:
        with self._lock:
            self._db.close()
            self._claim.close()
