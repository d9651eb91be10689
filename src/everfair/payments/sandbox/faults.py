"""Scripted trouble: which faults exist, when each one fires, and how many are left. Same seed and same calls, same trouble."""

import hashlib
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from everfair.payments.sandbox.refusals import Refusal, only, text


@dataclass(frozen=True)
class Kind:
    """`value` means: seconds, a status, a number of copies, or minor units; its default and its bounds."""

    unit: str = ""
    default: int = 0
    least: int = 0
    most: int = 0


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
    "wrong_amount": Kind("minor", default=-1, least=-(10**12), most=10**12),  # added to the true amount
    "wrong_currency": Kind(),
    "wrong_recipient": Kind(),
}
ATTEMPT_FAULTS = {"forged_signature": Kind()}
PAYOUT_FAULTS = {"payout_fails": Kind()}
KINDS = API_FAULTS | WRITE_FAULTS | EVENT_FAULTS | ATTEMPT_FAULTS | PAYOUT_FAULTS
OPERATIONS = (
    "checkouts.open",
    "checkouts.read",
    "checkouts.find",
    "checkouts.cancel",
    "refunds.create",
    "refunds.read",
    "refunds.find",
    "payouts.send",
    "payouts.find",
    "statement.read",
)


def add_fault(db: sqlite3.Connection, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Switch a fault on: `kind`, and where wanted `value`, `count` (none: until removed), `probability_percent`,
    `merchant_reference` (none: all) and `on` (one operation; none: all)."""
    only(given, "kind value count probability_percent merchant_reference on")
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refusal(400, "unknown_fault", f"kind must be one of: {', '.join(KINDS)}.")
    known = KINDS[kind]
    value = _whole(given, "value", known.default, known.least, known.most) if known.unit else None
    if kind == "wrong_amount" and value == 0:
        raise Refusal(400, "invalid_field", "value must change the amount.")
    count = _whole(given, "count", None, 1, 1_000_000)
    percent = _whole(given, "probability_percent", 100, 1, 100)
    reference = text(given, "merchant_reference", most=128, least=0) or None
    operation = given.get("on") or None
    if operation is not None and (operation not in OPERATIONS or kind not in API_FAULTS | WRITE_FAULTS):
        raise Refusal(400, "unknown_operation", f"on goes with API faults and must be one of: {', '.join(OPERATIONS)}.")
    row = db.execute(
        "insert into faults (kind, value, remaining, probability, merchant_reference, operation, created_at)"
        " values (?, ?, ?, ?, ?, ?, ?) returning *",
        (kind, value, count, (percent or 100) / 100, reference, operation, now),
    ).fetchone()
    return shown(row)


def _whole(given: Mapping[str, Any], name: str, default: int | None, least: int, most: int) -> int | None:
    value = given.get(name)
    if value is None:
        return default
    if type(value) is not int or not least <= value <= most:
        raise Refusal(400, "invalid_field", f"{name} must be a whole number from {least} to {most}.")
    return value


def faults_on(db: sqlite3.Connection) -> list[dict[str, Any]]:
    return [shown(row) for row in db.execute("select * from faults where remaining is null or remaining > 0 order by id")]


def remove_fault(db: sqlite3.Connection, fault_id: int) -> None:
    if not db.execute("delete from faults where id = ?", (fault_id,)).rowcount:
        raise Refusal(404, "not_found", "There is no such fault.")


def remove_all_faults(db: sqlite3.Connection) -> None:
    db.execute("delete from faults")


def shown(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "value": row["value"],
        "remaining": row["remaining"],
        "probability_percent": round(row["probability"] * 100),
        "merchant_reference": row["merchant_reference"],
        "on": row["operation"],
        "fired": row["fired"],
    }


def firing(
    db: sqlite3.Connection, seed: int, kinds: Collection[str], references: Collection[str], operation: str = ""
) -> dict[str, int]:
    """Kind → value of the faults that strike now; each one that strikes is counted down. At most one per kind."""
    struck: dict[str, int] = {}
    for row in db.execute("select * from faults where remaining is null or remaining > 0 order by id").fetchall():
        if row["kind"] not in kinds or row["kind"] in struck:
            continue
        if row["merchant_reference"] is not None and row["merchant_reference"] not in references:
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


def chance(seed: int, *about: object) -> float:
    """A number in [0, 1) that depends only on the seed and on what it is about."""
    digest = hashlib.sha256(repr((seed, *about)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
