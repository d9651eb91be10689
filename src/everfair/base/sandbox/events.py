"""What a sandbox tells its customer: events written with the work they report, and their deliveries."""

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from everfair.base.sandbox.faults import Faults, chance
from everfair.base.sandbox.moments import written_moment

# Seconds before attempt 1, 2, …: about three days in all, each with ±20 % jitter.
RETRY_AFTER_S = (0, 1, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2


@dataclass(frozen=True)
class Announcer:
    """Who speaks, and with which luck. `twist` makes an event lie where a fault of the product's own struck."""

    account: str
    seed: int
    faults: Faults
    twist: Callable[[dict[str, Any], Mapping[str, int]], None]

    def announce(
        self,
        db: sqlite3.Connection,
        kind: str,
        inside: Mapping[str, Any],
        url: str,
        now: float,
        *,
        after_s: float = 0,
        copies: int = 1,
    ) -> None:
        """Write an event and its deliveries in the caller's transaction; without an address it is kept and sent nowhere."""
        reference = inside[self.faults.reference]
        references = {reference, inside.get("reference", reference)}
        struck = self.faults.firing(db, self.seed, self.faults.of_events, references) if url else {}
        told = dict(inside)
        self.twist(told, struck)
        event_id = "evt_" + secrets.token_hex(12)
        event = {"id": event_id, "type": kind, "created_at": written_moment(now), "account": self.account, "data": told}
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        db.execute("insert into events values (?, ?, ?, ?, ?)", (event_id, kind, reference, body, now))
        if not url:
            return
        state = "dropped" if "drop_webhooks" in struck else "pending"
        due_at = now + after_s + struck.get("delay_webhooks", 0)
        for _copy in range(copies + struck.get("duplicate_webhooks", 0)):
            delivery_id = db.execute(
                "insert into deliveries (event, url, state, due_at, shuffled, created_at) values (?, ?, ?, ?, ?, ?)",
                (event_id, url, state, due_at, "shuffle_webhooks" in struck, now),
            ).lastrowid
            if "shuffle_webhooks" in struck and state == "pending":
                self._shuffle(db, now + struck["shuffle_webhooks"], delivery_id)

    def _shuffle(self, db: sqlite3.Connection, until: float, newest: int | None) -> None:
        """Hold what is being collected until the first one's time is up, in an order that is never the true one."""
        rows = db.execute(
            "select id, due_at from deliveries where state = 'pending' and shuffled = 1 and attempts = 0 order by id"
        ).fetchall()
        waiting = [row["id"] for row in rows]
        drawn = sorted(waiting, key=lambda delivery_id: chance(self.seed, "shuffle", len(waiting), delivery_id - waiting[0]))
        if drawn == waiting:
            drawn.reverse()
        due_at = rows[0]["due_at"] if len(rows) > 1 else until
        for place, delivery_id in enumerate(drawn):
            db.execute("update deliveries set due_at = ?, place = ? where id = ?", (due_at, place, delivery_id))


def replay(db: sqlite3.Connection, delivery_id: int, now: float) -> bool:
    """Send the same event again, as a new delivery with its own retries. False when there is no such delivery."""
    made = db.execute(
        "insert into deliveries (event, url, state, due_at, created_at) select event, url, 'pending', ?, ?"
        " from deliveries where id = ?",
        (now, now, delivery_id),
    )
    return made.rowcount == 1


def next_attempt_at(seed: int, delivery_id: int, attempts: int, now: float) -> float | None:
    """When to try again after `attempts` tries; None when the schedule is used up."""
    if attempts >= len(RETRY_AFTER_S):
        return None
    jitter = 1 + JITTER * (2 * chance(seed, "retry", delivery_id, attempts) - 1)
    return now + RETRY_AFTER_S[attempts] * jitter
