"""The provider's own books: one line per transaction that moved money, with its fee; read page by page as a statement."""

import sqlite3
from typing import Any

from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal
from everfair.payments.sandbox.amounts import fee_minor
from everfair.payments.sandbox.periods import day_bounds

PAGE_MAX = 100  # lines; keeps an answer well under the 64 kB a careful client reads


def settle(
    db: sqlite3.Connection,
    kind: str,
    ref: str,
    reference: str,
    gross_minor: int,
    currency: str,
    now: float,
    *,
    fee: int | None = None,
) -> None:
    """Book one transaction in the caller's transaction. Money leaving the merchant is negative; the fee always reduces."""
    fee = fee_minor(kind, abs(gross_minor), currency) if fee is None else fee
    db.execute(
        "insert into settlements (kind, ref, reference, currency, gross_minor, fee_minor, net_minor, settled_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (kind, ref, reference, currency, gross_minor, fee, gross_minor - fee, now),
    )


def statement(db: sqlite3.Connection, from_on: str, to_on: str, after: str) -> dict[str, Any]:
    """Lines of these UTC days, both included; `next` is the `after` of the following page, or null on the last."""
    start, end = day_bounds(from_on, to_on)
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Refusal(400, "invalid_field", "after must be the next of the page before.")
    rows = db.execute(
        "select * from settlements where settled_at >= ? and settled_at < ? and id > ? order by id limit ?",
        (start, end, int(after), PAGE_MAX + 1),
    ).fetchall()
    keys = "ref kind reference currency gross_minor fee_minor net_minor"
    lines = [
        {key: row[key] for key in keys.split()} | {"settled_at": written_moment(row["settled_at"])} for row in rows[:PAGE_MAX]
    ]
    return {"from": from_on, "to": to_on, "lines": lines, "next": rows[PAGE_MAX - 1]["id"] if len(rows) > PAGE_MAX else None}
