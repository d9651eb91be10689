"""The chain of seals over the books (I3): what is complete is sealed every second, and anybody can walk the chain and see.

A seal covers the entries with their transfers and account addresses, the holds and how they ended, by id. It is made by the database
(`ledger_seal_next`, migration 0005) of what is older than every running transaction, so a late committer is in a later seal and
never left out. Two sealers make one chain: the second finds the lock taken. Balances are not in it: the proofs recompute them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.utils import timezone

from everfair.base.failpoints import failpoint
from everfair.base.rows import ask

# How many entries one seal covers at most, when many have gathered; and how many rows are recomputed in one look.
MOST = 5_000
SLICE = 20_000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal."""

    seq: int
    hash: str
    last_entry: int | None
    sealed_at: datetime


def seal() -> int:
    """Seal everything that is complete; returns how many rows. 0 when another session is at it."""
    sealed = 0
    while rows := ask("SELECT ledger_seal_next(%s)", [MOST])[0][0]:
        failpoint("ledger.after_seal")
        sealed += rows
    return sealed


def newest_seal() -> Head | None:
    """The newest seal; None before the first."""
    found = ask("SELECT seq, encode(hash, 'hex'), last_entry, sealed_at FROM ledger_seal ORDER BY seq DESC LIMIT 1")
    return Head(*found[0]) if found else None


def unsealed() -> int:
    """How many entries have gathered behind the newest seal."""
    return int(ask(_UNSEALED)[0][0])


_UNSEALED = """
    SELECT count(*) FROM ledger_entry
    WHERE tx >= coalesce((SELECT until_tx FROM ledger_seal ORDER BY seq DESC LIMIT 1), '0'::xid8)
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk along the chain: how many rows were recomputed, the first breach, where it stands and whether it reached the end."""

    rows: int
    breach: str | None
    reached: int
    whole: bool


def walk(after: int = 0, *, patience_s: int | None = None) -> Walked:
    """Recompute the seals that follow number `after`, for at most so many seconds (to the end when none are said)."""
    rows, reached, began_s = 0, after, monotonic()
    for end, counted, breach in _slices(after):
        rows, reached = rows + counted, end
        if breach is not None:
            return Walked(rows, breach, reached, False)
        if patience_s is not None and monotonic() - began_s > patience_s:
            return Walked(rows, None, reached, False)
    return Walked(rows, None, reached, True)


def _slices(after: int) -> Iterator[tuple[int, int, str | None]]:
    while True:
        [(end,)] = ask(_END, [after, SLICE])
        if end is None:
            return
        [(counted, bad)] = ask(_RECOMPUTE, {"after": after, "end": end})
        yield end, int(counted), None if bad is None else _named(bad)
        after = end


# The seals behind this one until their rows fill a slice; at least one.
_END = """
    SELECT max(seq) FROM (
        SELECT seq, sum(count) OVER (ORDER BY seq) - count AS before
        FROM (SELECT seq, count FROM ledger_seal WHERE seq > %s ORDER BY seq LIMIT 10000) AS next
    ) AS summed WHERE before < %s
"""
_RECOMPUTE = """
    WITH link AS MATERIALIZED (
        SELECT *, lag(seq) OVER w AS seq_before, lag(hash) OVER w AS hash_before
        FROM ledger_seal WHERE seq BETWEEN %(after)s AND %(end)s WINDOW w AS (ORDER BY seq)
    ), entry AS (
        SELECT link.seq, string_agg(m.mark, ''::bytea ORDER BY m.id) AS marks
        FROM link CROSS JOIN unnest(link.entries) AS its (id) JOIN ledger_entry_marks(
            (SELECT min(first_entry) FROM link WHERE seq > %(after)s), (SELECT max(last_entry) FROM link WHERE seq > %(after)s)
        ) m ON m.id = its.id
        GROUP BY link.seq
    )
    SELECT coalesce(sum(count), 0), min(seq) FILTER (WHERE seq <> coalesce(seq_before, 0) + 1
        OR previous IS DISTINCT FROM coalesce(hash_before, decode(repeat('00', 32), 'hex'))
        OR count <> cardinality(entries) + cardinality(holds) + cardinality(ends)
        OR first_entry IS DISTINCT FROM entries[1] OR last_entry IS DISTINCT FROM entries[cardinality(entries)]
        OR hash IS DISTINCT FROM ledger_seal_hash(previous, seq, sealed_at, entry.marks, h.marks, d.marks))
    FROM link LEFT JOIN entry USING (seq)
    LEFT JOIN LATERAL (
        SELECT string_agg(mark, ''::bytea ORDER BY id) AS marks FROM ledger_hold_mark WHERE id = ANY (holds)) h ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(mark, ''::bytea ORDER BY id) AS marks FROM ledger_holdend_mark WHERE id = ANY (ends)) d ON true
    WHERE seq > %(after)s
"""


def _named(seq: int) -> str:
    [(first, last)] = ask("SELECT first_entry, last_entry FROM ledger_seal WHERE seq = %s", [seq])
    return f"seal {seq}" if first is None else f"seal {seq}, entries {first} to {last}"


def prove_chain() -> tuple[int, str | None]:
    """Every seal follows the one before it and says what its rows say."""
    found = walk()
    return found.rows, found.breach


# A row that is older than the newest seal is in a seal: nobody slipped it in behind. The hash joins keep a million rows below two seconds.
EVERY_ROW_IS_SEALED = """
    WITH last AS (SELECT until_tx FROM ledger_seal ORDER BY seq DESC LIMIT 1), loose AS (
        SELECT 'entry ' || min(id) FILTER (WHERE s.sealed IS NULL) AS row, count(*) AS rows
        FROM (SELECT id FROM ledger_entry WHERE tx < (SELECT until_tx FROM last)) e
        LEFT JOIN (SELECT unnest(entries) AS sealed FROM ledger_seal) s ON s.sealed = e.id
        UNION ALL
        SELECT 'hold ' || min(id::text) FILTER (WHERE s.sealed IS NULL), count(*)
        FROM (SELECT id FROM ledger_hold WHERE tx < (SELECT until_tx FROM last)) h
        LEFT JOIN (SELECT unnest(holds) AS sealed FROM ledger_seal) s ON s.sealed = h.id
        UNION ALL
        SELECT 'end of hold ' || min(hold_id::text) FILTER (WHERE s.sealed IS NULL), count(*)
        FROM (SELECT hold_id FROM ledger_holdend WHERE tx < (SELECT until_tx FROM last)) d
        LEFT JOIN (SELECT unnest(ends) AS sealed FROM ledger_seal) s ON s.sealed = d.hold_id
    )
    SELECT sum(rows)::bigint, min(row) FROM loose
"""


def rebase_after_restore() -> int:
    """Transaction numbers start anew in a restored cluster: seal what the backup left unsealed and go on from there; returns the
    seal's number, by which the chain shows that it was restored. Runs as the owner, with nobody else connected."""
    return int(ask("SELECT ledger_seal_restored()")[0][0])


def note_watch(name: str, figures: dict[str, Any]) -> None:
    """What the watch has just seen, by the machine's clock."""
    ask(_NOTE, [name, timezone.now(), json.dumps(figures)])


_NOTE = """
    INSERT INTO ledger_watch (name, at, figures) VALUES (%s, %s, %s::jsonb)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at, figures = excluded.figures
"""
