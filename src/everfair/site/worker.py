"""The worker: reactions, deadlines, chores and the search index, each in a thread of one small process."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from psycopg.conninfo import make_conninfo

from everfair.base.chores import CHORES, Chore, beat
from everfair.base.deadlines import fire_due
from everfair.base.events import CHANNEL, take_turn
from everfair.site import post
from everfair.site.rubbish import search_seldom

log = logging.getLogger(__name__)
BEAT_S = 5.0


class Loop(threading.Thread):
    """Calls `turn` until told to stop; `turn` returns how long to wait. A fault is logged, and the loop goes on."""

    def __init__(self, name: str, turn: Callable[[threading.Event], float], stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.turn, self.stop_event = turn, stop

    def run(self) -> None:
        pause = 0.5
        while not self.stop_event.is_set():
            try:
                close_old_connections()
                wait, pause = self.turn(self.stop_event), 0.5
            except Exception:
                log.exception("a loop of the worker stumbled", extra={"loop": self.name})
                connection.close()
                wait, pause = pause, min(pause * 2, 10)
            self.stop_event.wait(wait)
        connection.close()


class Beats:
    """Beats at most every few seconds, so that a busy loop does not write a row each turn."""

    def __init__(self, part: str) -> None:
        self.part, self.last = part, 0.0

    def __call__(self) -> None:
        if time.monotonic() - self.last > BEAT_S:
            beat(self.part)
            self.last = time.monotonic()


def reactions_turn(woken: threading.Event) -> Callable[[threading.Event], float]:
    beats = Beats("worker")

    def turn(stop: threading.Event) -> float:
        beats()
        woken.wait(1.0)
        woken.clear()
        passed, more = take_turn()
        if more:
            woken.set()
        return 0.0 if passed else 0.05 if more else 0.01

    return turn


def clock_turn() -> Callable[[threading.Event], float]:
    beats = Beats("clock")

    def turn(stop: threading.Event) -> float:
        beats()
        return 0.0 if fire_due() else 1.0

    return turn


def chores_turn(lane: str = "chores") -> Callable[[threading.Event], float]:
    due: dict[str, float] = {}

    def turn(stop: threading.Event) -> float:
        for chore in CHORES.values():
            if chore.lane == lane and time.monotonic() >= due.get(chore.name, 0) and not stop.is_set():
                _run(chore)
                due[chore.name] = time.monotonic() + chore.every_s
        return min(0.5, max(0.02, min(due.values(), default=0.0) - time.monotonic()))

    return turn


def _run(chore: Chore) -> None:
    try:
        chore.run()
    except DatabaseError:
        raise
    except Exception:
        log.exception("a chore failed", extra={"chore": chore.name})


def listen(woken: threading.Event) -> Callable[[threading.Event], float]:
    """Wait for NOTIFY on a connection of its own, outside the pool."""

    def turn(stop: threading.Event) -> float:
        with psycopg.connect(conninfo(), autocommit=True) as session:
            session.execute(f"LISTEN {CHANNEL}")
            woken.set()
            while not stop.is_set():
                for _ in session.notifies(timeout=1.0, stop_after=1):
                    woken.set()
        return 0.0

    return turn


def conninfo() -> str:
    """Of the running login, for a connection beside the pool."""
    row = settings.DATABASES["default"]
    named = {"dbname": row["NAME"], "user": row["USER"], "password": row["PASSWORD"], "host": row["HOST"], "port": row["PORT"]}
    ours = ("pool", "server_side_binding", "prepare_threshold", "options")
    named |= {name: value for name, value in row["OPTIONS"].items() if name not in ours}  # such as sslmode
    return make_conninfo(**{name: value for name, value in named.items() if value})


def run() -> None:
    """Until SIGTERM or SIGINT; then every loop ends its turn within a second or two."""
    from everfair.discovery.follow import follow_forever

    search_seldom()
    stop, woken = threading.Event(), threading.Event()

    def end(*_: object) -> None:
        stop.set()
        woken.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)

    def index_turn(ending: threading.Event) -> float:
        follow_forever(ending)
        return 1.0

    def post_turn(ending: threading.Event) -> float:
        post.deliver()
        return 1.0

    loops = [
        Loop("reactions", reactions_turn(woken), stop),
        Loop("listen", listen(woken), stop),
        Loop("clock", clock_turn(), stop),
        *(Loop(lane, chores_turn(lane), stop) for lane in sorted({chore.lane for chore in CHORES.values()})),
        Loop("index", index_turn, stop),
        Loop("post", post_turn, stop),  # on its own: a mail server may keep it waiting for ten seconds
    ]
    for loop in loops:
        loop.start()
    while not stop.wait(0.5):
        pass
    for loop in loops:
        loop.join(timeout=3)
