"""Reads every event as it is committed, and the index's commits, and drops what they changed from this process's store, and from what it remembers.

It has no cursor row: its place lies in memory, and whenever the connection begins anew, everything is dropped first. Unlike
reactions it need not wait until older transactions have ended, because dropping twice or in another order does no harm:
what is settled moves its place, what is visible beyond that is dropped at once and remembered until it is settled.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from everfair.base.events import CHANNEL, catalogue, read_fact
from everfair.base.store import Store, remembered
from everfair.site.front.tags import dropped_by

log = logging.getLogger(__name__)
LOOK_S = 0.5
# This process's own reader of the index looks twice a second: only then does a new page show the commit.
INDEX_SEEN_S = 0.7
INDEX_EVERY_S = 2.0  # while an import goes on, lists are made anew this often and not at every commit
_PLACE = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"
_READ = """
    SELECT tx::text::bigint, seq, name, body, tx < pg_snapshot_xmin(pg_current_snapshot()) FROM base_event
    WHERE (tx, seq) > (%s::text::xid8, %s) ORDER BY tx, seq
"""


class Follower(threading.Thread):
    def __init__(self, store: Store[Any], conninfo: Callable[[], str], index_mark: Callable[[], Any] = lambda: None) -> None:
        super().__init__(name="front-follower", daemon=True)
        self.conninfo, self.index_mark = conninfo, index_mark
        # What is remembered goes first: a page made of it after its own drop would be kept.
        self.stores = (remembered, store)
        self._ending = threading.Event()
        self._place = (0, 0)
        self._unsettled: set[int] = set()
        self._index_seen: Any = None
        self._index_changed_s: float | None = None
        self._index_dropped_s = 0.0

    def end(self) -> None:
        self._ending.set()

    def run(self) -> None:
        pause_s = 0.2
        while not self._ending.is_set():
            try:
                # A host that vanished is noticed within two seconds, not by the kernel's own patience.
                with psycopg.connect(
                    self.conninfo(), autocommit=True, connect_timeout=3, tcp_user_timeout=2000, application_name="front"
                ) as session:
                    session.execute(f"LISTEN {CHANNEL}")
                    self._begin(session)
                    pause_s = 0.2
                    while not self._ending.is_set():
                        for _ in session.notifies(timeout=LOOK_S, stop_after=1):
                            pass
                        self._read(session)
                        self._look_at_index()
            except psycopg.Error as problem:
                log.warning("the front lost its database; nothing is kept", extra={"reason": type(problem).__name__})
            except Exception:
                log.exception("the front's follower stumbled; nothing is kept")
            self._close()
            self._ending.wait(pause_s)
            pause_s = min(pause_s * 2, 3.0)

    def _begin(self, session: psycopg.Connection[Any]) -> None:
        row = session.execute(_PLACE).fetchone()
        self._place, self._unsettled = (row[0] if row else 0, 0), set()
        self._index_seen = self.index_mark()
        self._close()
        self._read(session)

    def _read(self, session: psycopg.Connection[Any]) -> None:
        known, tags = catalogue(), set()
        for tx, seq, name, body, settled in session.execute(_READ, (str(self._place[0]), self._place[1])):
            if seq not in self._unsettled and name in known:
                tags |= dropped_by(read_fact(name, body))
            if settled:
                self._place = (tx, seq)
                self._unsettled.discard(seq)
            else:
                self._unsettled.add(seq)
        for store in self.stores:
            if tags:
                store.drop(tags)
            store.looked()

    def _close(self) -> None:
        for store in self.stores:
            store.close()

    def _look_at_index(self) -> None:
        mark, now_s = self.index_mark(), time.monotonic()
        if mark != self._index_seen:
            self._index_seen = mark
            self._index_changed_s = self._index_changed_s or now_s
        due_s = max((self._index_changed_s or now_s) + INDEX_SEEN_S, self._index_dropped_s + INDEX_EVERY_S)
        if self._index_changed_s is not None and now_s >= due_s:
            for store in self.stores:
                store.drop({"index"})
            self._index_changed_s, self._index_dropped_s = None, now_s
