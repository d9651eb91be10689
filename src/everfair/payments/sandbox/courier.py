"""The courier: one thread that settles due payouts and delivers due events in turn, until each is taken or given up."""

import sys
import threading
import time
import traceback
from collections.abc import Sequence

from everfair.payments.providers.exchange import NoAnswer, NotReached, exchange
from everfair.payments.providers.signature import new_secret, signed_headers
from everfair.payments.sandbox.events import Announcer, next_attempt_at
from everfair.payments.sandbox.faults import ATTEMPT_FAULTS, firing
from everfair.payments.sandbox.payouts import next_payout_at, settle_due_payouts
from everfair.payments.sandbox.store import Store

RETRY_AFTER_MAX_S = 3_600
REST_MAX_S = 60.0  # looks again at least this often, in case the machine's clock was set


class Courier(threading.Thread):
    """Delivery is at least once: what was under way when the process died is sent again."""

    def __init__(self, store: Store, announcer: Announcer, secrets: Sequence[str]) -> None:
        super().__init__(name="courier", daemon=True)
        self._store = store
        self._announcer = announcer
        self._secrets = tuple(secrets)
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
            payout_at = next_payout_at(db)
            row = db.execute(
                "select d.id, d.event, d.url, d.due_at, d.attempts, e.body, e.merchant_reference from deliveries d"
                " join events e on e.id = d.event where d.state = 'pending' order by d.due_at, d.place, d.id limit 1"
            ).fetchone()
        if payout_at is not None and payout_at <= now:
            with self._store.writing() as db:
                settle_due_payouts(db, self._announcer, now)
            return 0
        if row is not None and row["due_at"] <= now:
            self._deliver(row["id"], row["event"], row["url"], row["attempts"] + 1, row["body"], row["merchant_reference"])
            return 0
        due = [at for at in (payout_at, row and row["due_at"]) if at is not None]
        return min([REST_MAX_S, *(at - now for at in due)])

    def _deliver(self, delivery_id: int, event_id: str, url: str, attempt: int, body: bytes, reference: str) -> None:
        with self._store.writing() as db:
            forged = bool(firing(db, self._announcer.seed, ATTEMPT_FAULTS, {reference}))
        secrets = [new_secret()] if forged else self._secrets
        headers = signed_headers(secrets, event_id, int(time.time()), body)
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
