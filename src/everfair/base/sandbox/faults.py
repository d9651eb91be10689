"""Scripted trouble: which faults exist, when each one fires, and how many are left. Same seed and same calls, same trouble."""

import hashlib
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from everfair.base.sandbox.refusals import Refusal, only, text, whole


@dataclass(frozen=True)
class Kind:
    """`value` means: seconds, a status, a number of copies, or the product's own unit; its default and its bounds."""

    unit: str = ""
    default: int = 0
    least: int = 0
    most: int = 0
    never_zero: bool = False


API_FAULTS = {
    "slow": Kind("s", default=3, least=0, most=120),
    "rate_limit_429": Kind("s", default=1, least=1, most=3600),  # Retry-After
    "error_5xx": Kind("status", default=503, least=500, most=599),  # nothing was done
}
WRITE_FAULTS = {
    "timeout_after_commit": Kind("s", default=60, least=1, most=600),  # how long it keeps the line open, silent
    "error_5xx_after_commit": Kind("status", default=500, least=500, most=599),
}
EVENT_FAULTS = {
    "drop_webhooks": Kind(),
    "delay_webhooks": Kind("s", default=30, least=1, most=3 * 86_400),
    "duplicate_webhooks": Kind("copies", default=1, least=1, most=20),
    "shuffle_webhooks": Kind("s", default=2, least=1, most=60),  # how long it collects before it sends in another order
}
ATTEMPT_FAULTS = {
    "forged_signature": Kind(),
    "clock_offset": Kind("s", default=-3600, least=-30 * 86_400, most=30 * 86_400, never_zero=True),  # of the signed moment
}


@dataclass(frozen=True)
class Faults:
    """The faults of one product: what every sandbox has, and its own.

    `operations` are the calls an API fault may be kept to; `reference` is what the product's API calls its customer's own id.
    """

    operations: tuple[str, ...]
    reference: str = "reference"
    in_events: Mapping[str, Kind] = field(default_factory=dict)
    elsewhere: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def of_events(self) -> dict[str, Kind]:
        return EVENT_FAULTS | dict(self.in_events)

    @property
    def kinds(self) -> dict[str, Kind]:
        return API_FAULTS | WRITE_FAULTS | self.of_events | ATTEMPT_FAULTS | dict(self.elsewhere)

    def add(self, db: sqlite3.Connection, given: Mapping[str, Any], now: float) -> dict[str, Any]:
        """Switch a fault on: `kind`, and where wanted `value`, `count` (none: until removed), `probability_percent`,
        the customer's reference (none: all) and `on` (one operation; none: all)."""
        only(given, f"kind value count probability_percent {self.reference} on")
        kind = given.get("kind")
        if not isinstance(kind, str) or kind not in self.kinds:
            raise Refusal(400, "unknown_fault", f"kind must be one of: {', '.join(self.kinds)}.")
        known = self.kinds[kind]
        value = whole(given, "value", known.default, known.least, known.most) if known.unit else None
        if known.never_zero and value == 0:
            raise Refusal(400, "invalid_field", "value must change something.")
        count = whole(given, "count", None, 1, 1_000_000)
        percent = whole(given, "probability_percent", 100, 1, 100)
        reference = text(given, self.reference, most=128, least=0) or None
        operation = given.get("on") or None
        if operation is not None and (operation not in self.operations or kind not in API_FAULTS | WRITE_FAULTS):
            names = ", ".join(self.operations)
            raise Refusal(400, "unknown_operation", f"on goes with API faults and must be one of: {names}.")
        row = db.execute(
            "insert into faults (kind, value, remaining, probability, reference, operation, created_at)"
            " values (?, ?, ?, ?, ?, ?, ?) returning *",
            (kind, value, count, (percent or 100) / 100, reference, operation, now),
        ).fetchone()
        return self.shown(row)

    def switched_on(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        rows = db.execute("select * from faults where remaining is null or remaining > 0 order by id")
        return [self.shown(row) for row in rows]

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "kind": row["kind"],
            "value": row["value"],
            "remaining": row["remaining"],
            "probability_percent": round(row["probability"] * 100),
            self.reference: row["reference"],
            "on": row["operation"],
            "fired": row["fired"],
        }

    def firing(
        self, db: sqlite3.Connection, seed: int, kinds: Collection[str], references: Collection[str], operation: str = ""
    ) -> dict[str, int]:
        """Kind → value of the faults that strike now; each one that strikes is counted down. At most one per kind."""
        struck: dict[str, int] = {}
        for row in db.execute("select * from faults where remaining is null or remaining > 0 order by id").fetchall():
            if row["kind"] not in kinds or row["kind"] in struck:
                continue
            if row["reference"] is not None and row["reference"] not in references:
                continue
            if row["operation"] is not None and row["operation"] != operation:
                continue
            strikes = chance(seed, "fault", row["id"], row["draws"]) < row["probability"]
            db.execute(
                "update faults set draws = draws + 1, fired = fired + ?, remaining = remaining - ? where id = ?",
                (strikes, strikes, row["id"]),
            )
            if strikes:
                struck[row["kind"]] = row["value"] or 0
        return struck


def remove_fault(db: sqlite3.Connection, fault_id: int) -> None:
    if not db.execute("delete from faults where id = ?", (fault_id,)).rowcount:
        raise Refusal(404, "not_found", "There is no such fault.")


def remove_all_faults(db: sqlite3.Connection) -> None:
    db.execute("delete from faults")


def chance(seed: int, *about: object) -> float:
    """A number in [0, 1) that depends only on the seed and on what it is about."""
    digest = hashlib.sha256(repr((seed, *about)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
