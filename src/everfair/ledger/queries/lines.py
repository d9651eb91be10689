"""The journal, whole or of some accounts, and what moved on them between two days."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from everfair.base.money import Money
from everfair.base.sql import ask
from everfair.ledger.chart import DEBIT, AccountRow, row_of

_EVER, _NEVER = date(1, 1, 1), date(9999, 12, 31)
_PIECE = 1_000


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One transfer with the entry it belongs to: `source` is debited, `target` credited."""

    id: int
    entry: int
    key: str
    kind: str
    booked_on: date
    posted_at: datetime
    actor: str
    why: dict[str, Any]
    source: str
    target: str
    amount: Money
    purpose: str

    @property
    def place(self) -> str:
        """Where the journal goes on after this line."""
        return f"{self.booked_on.isoformat()}.{self.entry}.{self.id}"


def journal(
    prefixes: Sequence[str] | None = None,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    after: str = "",
    limit: int = 50,
) -> list[JournalLine]:
    """Transfers by accounting day, oldest first: all, or those that touch an account whose address begins with one of `prefixes`.
    `after` is the `place` of the last line seen (keyset)."""
    day, entry, line = _place(after)
    asked = {
        "ids": None if prefixes is None else _accounts(prefixes),
        "from_on": from_on or _EVER,
        "to_on": to_on or _NEVER,
        "day": day,
        "entry": entry,
        "line": line,
        "limit": limit,
    }
    return [_line(row) for row in ask(_JOURNAL if prefixes is None else _JOURNAL_OF, asked)]


def journal_of(
    prefixes: Sequence[str] | None = None, *, from_on: date | None = None, to_on: date | None = None
) -> Iterator[JournalLine]:
    """Every line, read piece by piece."""
    after = ""
    while piece := journal(prefixes, from_on=from_on, to_on=to_on, after=after, limit=_PIECE):
        yield from piece
        if len(piece) < _PIECE:
            return
        after = piece[-1].place


_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})\.(\d{1,18})")


def _place(text: str) -> tuple[date, int, int]:
    """From the beginning where it cannot be read."""
    found = _WRITTEN.fullmatch(text)
    try:
        return (date.fromisoformat(found[1]), int(found[2]), int(found[3])) if found else (_EVER, 0, 0)
    except ValueError:
        return _EVER, 0, 0


def _accounts(prefixes: Sequence[str]) -> list[int]:
    like = [prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for prefix in prefixes]
    return [row[0] for row in ask("SELECT id FROM ledger_account WHERE address LIKE ANY(%s)", [like])]


_COLUMNS = """
    SELECT t.id, e.id, e.key, e.kind, e.booked_on, e.posted_at, e.actor, e.why, s.address, g.address, t.amount_minor, t.currency, t.purpose
    FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
    JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    WHERE e.booked_on BETWEEN greatest(%(from_on)s, %(day)s) AND %(to_on)s AND (e.booked_on, e.id, t.id) > (%(day)s, %(entry)s, %(line)s)
"""
_ORDER = " ORDER BY e.booked_on, e.id, t.id LIMIT %(limit)s"
_JOURNAL = _COLUMNS + _ORDER
_JOURNAL_OF = _COLUMNS + " AND (t.source_id = ANY(%(ids)s) OR t.target_id = ANY(%(ids)s))" + _ORDER


def _line(row: tuple[Any, ...]) -> JournalLine:
    line, entry, key, kind, booked_on, posted_at, actor, why, source, target, minor, currency, purpose = row
    read = json.loads(why) if isinstance(why, str) else why
    amount = Money(minor, currency)
    return JournalLine(line, entry, key, kind, booked_on, posted_at, actor, read, source, target, amount, purpose)


@dataclass(frozen=True, slots=True)
class Movement:
    """One account between two days: what stood there before, what was debited and credited, what stands there after; the balances on the
    side on which it grows."""

    address: str
    row: AccountRow
    opening: Money
    debits: Money
    credits: Money
    closing: Money


def movements(
    prefixes: Sequence[str] | None = None, *, from_on: date | None = None, to_on: date | None = None
) -> Iterator[Movement]:
    """Every account whose address begins with one of `prefixes` (or every one) and that moved up to `to_on`, by address; read piece by
    piece."""
    asked = {
        "ids": None if prefixes is None else _accounts(prefixes),
        "from_on": from_on or _EVER,
        "to_on": to_on or _NEVER,
        "after": "",
        "limit": _PIECE,
    }
    while piece := ask(_MOVEMENTS, asked):
        for address, currency, moved, before, debits, credits in piece:
            if moved:
                yield _movement(address, currency, int(before), int(debits), int(credits))
        asked["after"] = piece[-1][0]


def _movement(address: str, currency: str, before: int, debits: int, credits: int) -> Movement:
    row = row_of(address)
    sign = -1 if row.side == DEBIT else 1
    opening = sign * before
    closing = opening + sign * (credits - debits)
    return Movement(address, row, *(Money(minor, currency) for minor in (opening, debits, credits, closing)))


_MOVEMENTS = """
    SELECT a.address, a.currency, m.moved, m.before, m.debits, m.credits
    FROM (
        SELECT id, address, currency FROM ledger_account
        WHERE address > %(after)s AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)) ORDER BY address LIMIT %(limit)s
    ) a CROSS JOIN LATERAL (
        SELECT count(*) AS moved,
            coalesce(sum(x.credit - x.debit) FILTER (WHERE e.booked_on < %(from_on)s), 0) AS before,
            coalesce(sum(x.debit) FILTER (WHERE e.booked_on >= %(from_on)s), 0) AS debits,
            coalesce(sum(x.credit) FILTER (WHERE e.booked_on >= %(from_on)s), 0) AS credits
        FROM (
            SELECT t.entry_id, t.amount_minor AS debit, 0::bigint AS credit FROM ledger_transfer t WHERE t.source_id = a.id
            UNION ALL SELECT t.entry_id, 0, t.amount_minor FROM ledger_transfer t WHERE t.target_id = a.id
        ) x JOIN ledger_entry e ON e.id = x.entry_id
        WHERE e.booked_on <= %(to_on)s
    ) m ORDER BY a.address
"""
