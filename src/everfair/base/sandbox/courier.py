"""The courier: one thread that does what is due by itself and delivers due events in turn, until each is taken or given up."""

import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.base.sandbox.events import Announcer, next_attempt_at
from everfair.base.sandbox.faults import ATTEMPT_FAULTS
from everfair.base.sandbox.store import Store
from everfair.base.signature import new_secret, signed_headers

RETRY_AFTER_MAX_S = 3_600
REST_MAX_S = 60.0  # looks again at least this often, in case the machine's clock was set


@dataclass(frozen=True)
class Clockwork:
    """What a product does by itself: when next (None: nothing waits), and doing all that is due."""

    next_at: Callable[[sqlite3.Connection], float | None]
    run: Callable[[sqlite3.Connection, Announcer, float], None]


class Courier(threading.Thread):
    """Delivery is at least once: what was under way when the process died is sent again."""

    def __init__(self, store: Store, announcer: Announcer, secrets: Sequence[str], clockwork: Clockwork | None = None) -> None:
        super().__init__(name="courier", daemon=True)
        self._store = store
        self._announcer = announcer
        self._secrets = tuple(secrets)
        self._clockwork = clockwork
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        """There may be something new to do."""
        self._woken.set()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        self.join(timeout=2)

    def run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                rest_s = self._work()
            except Exception:
                sys.stderr.write(traceback.format_exc())
                rest_s = 1.0
            if rest_s > 0:
                self._woken.wait(rest_s)

    def _work(self) -> float:
        """Do one thing that is due; say how long nothing else is."""
        now = time.time()
        with self._store.reading() as db:
            clock_at = self._clockwork.next_at(db) if self._clockwork else None
            row = db.execute(
                "select d.id, d.event, d.url, d.due_at, d.attempts, e.body, e.reference from deliveries d"
                " join events e on e.id = d.event where d.state = 'pending' order by d.due_at, d.place, d.id limit 1"
            ).fetchone()
        if self._clockwork and clock_at is not None and clock_at <= now:
            with self._store.writing() as db:
                self._clockwork.run(db, self._announcer, now)
            return 0
        if row is not None and row["due_at"] <= now:
            self._deliver(row["id"], row["event"], row["url"], row["attempts"] + 1, row["body"], row["reference"])
            return 0
        due = [at for at in (clock_at, row and row["due_at"]) if at is not None]
        return min([REST_MAX_S, *(at - now for at in due)])

    def _deliver(self, delivery_id: int, event_id: str, url: str, attempt: int, body: bytes, reference: str) -> None:
        with self._store.writing() as db:
            struck = self._announcer.faults.firing(db, self._announcer.seed, ATTEMPT_FAULTS, {reference})
        secrets = [new_secret()] if "forged_signature" in struck else self._secrets
        headers = signed_headers(secrets, event_id, int(time.time()) + struck.get("clock_offset", 0), body)
        headers |= {"Content-Type": "application/json", "User-Agent": "Everfair-Sandbox"}
        status, error, retry_after = None, "", ""
        try:
            answer = exchange("POST", url, headers, body)
            status, retry_after = answer.status, answer.headers.get("retry-after", "")
        except (NotReached, NoAnswer) as failure:
            error = f"{type(failure).__name__}: {failure}"
        now = time.time()
        state, due_at = "delivered", now
        if status is None or not 200 <= status < 300:
            again_at = None if status == 410 else next_attempt_at(self._announcer.seed, delivery_id, attempt, now)
            if again_at is None:
                state = "gave_up"
            else:
                asked_s = min(int(retry_after), RETRY_AFTER_MAX_S) if retry_after.isascii() and retry_after[:9].isdigit() else 0
                state, due_at = "pending", max(again_at, now + asked_s)
        with self._store.writing() as db:
            db.execute(
                "update deliveries set state = ?, attempts = ?, due_at = ?, last_status = ?, last_error = ?, attempted_at = ?"
                " where id = ?",
                (state, attempt, due_at, status, error[:200], now, delivery_id),
            )
