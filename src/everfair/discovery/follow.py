"""The index follows the offers: it reads what changed since its own cursor and puts it in, whoever wrote it.

The trigger of `catalog_offer` writes into every changed row which transaction changed it, so the rows are read like events:
in the order (changed, number), and only when every older transaction has ended. The cursor «tx:number» lies inside the index, so
the two never disagree. An index without one is first filled by number, and nothing of it is seen before it is whole.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from everfair.base.chores import beat
from everfair.discovery.documents import COLUMNS, document
from everfair.discovery.index import IndexLost, IndexWriter, OfferIndex, WriterBusy
from everfair.discovery.index.folder import commit_mark

log = logging.getLogger(__name__)

BATCH = 1_000
# A commit costs some 50 ms: under load many changes share one.
COMMIT_EVERY_S = 0.3
# How many offers are put in at most before the next look at the stop sign and the heartbeat.
LONGEST_TURN_S = 1.0
POLL_S = 0.5
# After so many the pieces of the index are put together, once nothing more is waiting.
SETTLE_AFTER = 2_000
BEAT_S = 5.0
_PATIENCE_S = 30.0
_LAST_NUMBER = (1 << 63) - 1

_FOLLOW = f"""
    SELECT {COLUMNS}
    FROM catalog_offer o JOIN companies_company c ON c.id = o.company_id
    WHERE (o.changed, o.number) > (%s::text::xid8, %s) AND o.changed < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY o.changed, o.number LIMIT {BATCH}
"""  # noqa: S608  the columns are ours
_FILL = f"""
    SELECT {COLUMNS}
    FROM catalog_offer o JOIN companies_company c ON c.id = o.company_id
    WHERE o.number > %s
    ORDER BY o.number LIMIT {BATCH}
"""  # noqa: S608


def index_mark() -> tuple[int, ...] | None:
    """Another one after each commit, for who keeps what was found."""
    return commit_mark(index_folder())


class Place(NamedTuple):
    """How far the index has read. While it is filled, by number, `tx` says from where to follow afterwards."""

    tx: int
    number: int
    filling: bool = False


def index_folder() -> Path:
    return _inside(settings.DATA)


@cache
def _inside(data: Path) -> Path:
    return data / "index"


class Follower:
    """The one writer of an index, with its place among the changes. Close it to give up the writer."""

    def __init__(self, folder: Path) -> None:
        try:
            index = OfferIndex.open(folder)
        except IndexLost as lost:
            log.warning("the index is made anew", extra={"reason": str(lost)})
            index = OfferIndex.open(folder)
        self._index = index
        self._writer: IndexWriter = index.writer()
        self._pending = False
        self._unsettled = 0  # offers put since the pieces were put together
        try:
            self.place = self._start(self._writer.cursor())
        except BaseException:
            self.close()
            raise

    @property
    def is_filling(self) -> bool:
        return self.place.filling

    def turn(self) -> int:
        """Put in what changed, for a second at most, and make it visible; returns how many rows were read.

        Raises IndexLost when the folder was deleted or replaced: make a new Follower then.
        """
        self._writer.check()
        began, read = time.monotonic(), 0
        while True:
            rows = self._read()
            read += len(rows)
            self._take(rows)
            if len(rows) < BATCH and self.place.filling:
                # Everything is in that was there when filling began; what changed meanwhile is followed.
                self.place = Place(self.place.tx, _LAST_NUMBER)
                self._pending = True
            if len(rows) < BATCH or time.monotonic() - began >= LONGEST_TURN_S:
                break
        if self._pending and not self.place.filling:
            self._writer.commit(self._cursor())
            self._pending = False
        if not read and self._unsettled >= SETTLE_AFTER:
            self._writer.settle(self._cursor())
            self._unsettled = 0
        return read

    def close(self) -> None:
        with suppress(IndexLost):
            self._writer.close()

    def _cursor(self) -> str:
        return f"{self.place.tx}:{self.place.number}"

    def _start(self, cursor: str | None) -> Place:
        xmin, xmax = _snapshot()
        if cursor is None:
            return Place(xmin - 1, 0, filling=True)
        tx, number = cursor.split(":")
        place = Place(int(tx), int(number))
        if place.tx >= xmax:
            # A restored database counts its transactions anew: this index belongs to another one.
            log.warning("the index is ahead of the database: it is filled again")
            self._index.abandon()
            raise IndexLost("the index is ahead of the database")
        return place

    def _read(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if self.place.filling:
                cursor.execute(_FILL, [self.place.number])
            else:
                cursor.execute(_FOLLOW, [str(self.place.tx), self.place.number])
            return list(cursor.fetchall())

    def _take(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        gone, shown = [], []
        for row in rows:
            changed, number, is_shown = row[:3]
            if is_shown:
                shown.append(document(row))
            else:
                gone.append(number)
        if gone:
            self._writer.remove(gone)
        self._unsettled += self._writer.put(shown)
        self.place = Place(self.place.tx, number, filling=True) if self.place.filling else Place(int(changed), number)
        self._pending = True


def follow_once() -> int:
    """Bring the index up to now and let go of it; returns how many changed rows were read."""
    read = 0
    for _try in range(3):
        try:
            follower = Follower(index_folder())
        except IndexLost:
            continue
        try:
            while seen := follower.turn():
                read += seen
            return read
        except IndexLost:
            continue
        finally:
            follower.close()
    raise IndexLost("the index was taken away again and again")


def follow_forever(stop: threading.Event, woken: threading.Event | None = None) -> None:
    """Keep the index at most a second behind the database until told to stop; the worker's thread.

    `woken` may be set when the channel `everfair_offers` speaks; without it the rows are looked at twice a second. A lost index
    is made anew and filled again; a rebuild in another process gets its turn by the hand-over lock.
    """
    say = _Beat()
    follower: Follower | None = None
    try:
        while not stop.is_set():
            try:
                if _is_wanted_elsewhere(index_folder()):
                    if follower:
                        follower.close()
                        follower = None
                    say("rebuilding")
                    stop.wait(0.05)
                    continue
                if follower is None:
                    follower = Follower(index_folder())
                say("rebuilding" if follower.is_filling else "ready")
                read = follower.turn()
                say("rebuilding" if follower.is_filling else "ready")
            except IndexLost:
                if follower:
                    follower.close()
                    follower = None
                continue
            except WriterBusy:
                # A command fills the index just now; it lets go when it is done.
                say("rebuilding")
                stop.wait(POLL_S)
                continue
            if read >= BATCH:
                continue
            if woken is not None:
                stop.wait(COMMIT_EVERY_S if read else 0)
                woken.wait(1.0)
                woken.clear()
            else:
                stop.wait(COMMIT_EVERY_S if read else POLL_S)
    finally:
        if follower:
            follower.close()


def build_beside(folder: Path) -> int:
    """Fill a new index beside the one in the folder and put it in its place; searching goes on meanwhile.

    Returns how many offers it holds. The worker, when there is one, gives up its writer for the moment of the change.
    """
    beside = folder.with_name(f"{folder.name}.rebuilt")
    follower = _empty(beside)
    try:
        while follower.turn():
            pass
    finally:
        follower.close()
    built = OfferIndex.open(beside, mend=False)
    count = built.reader().count()
    with _hand_over(folder):
        built.take_place_of(folder)
    return count


def _empty(folder: Path) -> Follower:
    """A follower of a new index; what an interrupted rebuild left is thrown away, one that still goes on is WriterBusy."""
    with suppress(IndexLost):
        OfferIndex.open(folder, mend=False).writer().close()
    shutil.rmtree(folder, ignore_errors=True)
    return Follower(folder)


def _snapshot() -> tuple[int, int]:
    """The oldest transaction that still runs, and the first one that has not begun."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM pg_current_snapshot() AS s")
        xmin, xmax = cursor.fetchone()
    return int(xmin), int(xmax)


class _Beat:
    """Says that the index follows, in real time because balancers read it: every few seconds and when the note changes."""

    def __init__(self) -> None:
        self._note, self._at = "", 0.0

    def __call__(self, note: str) -> None:
        if note == self._note and time.monotonic() - self._at < BEAT_S:
            return
        beat("index", note)
        self._note, self._at = note, time.monotonic()


# The hand-over: an exclusive lock on a file beside the index says «let go of the writer». The kernel drops it with its process.


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.handover")


def _is_wanted_elsewhere(folder: Path) -> bool:
    path = _lock_path(folder)
    if not path.exists():
        return False
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _hand_over(folder: Path) -> Iterator[None]:
    """Within it nobody else writes the index in the folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock_path(folder).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                OfferIndex.open(folder).writer().close()
                break
            except IndexLost:
                pass
            except WriterBusy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield
