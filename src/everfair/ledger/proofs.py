"""Proofs: recompute every balance from the transfers and every escrow's equation, and name the first breach."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils.module_loading import autodiscover_modules

from everfair.base.sql import ask
from everfair.ledger.checkpoints import prove_checkpoints
from everfair.ledger.sealing import EVERY_ROW_IS_SEALED, prove_chain


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must hold: how many rows were looked at, and the first that breaks it."""

    name: str
    rows: int
    breach: str | None


CHAIN = "every seal follows the one before it and says what its rows say"
# Each query answers one row: how many rows it proves, and the first breach in words or null. A function answers the same.
_PROOFS: dict[str, str | Callable[[], tuple[int, str | None]]] = {
    "every entry has a transfer": """
        SELECT count(*), 'entry ' || min(e.id) FILTER (WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.entry_id = e.id))
        FROM ledger_entry e""",
    "every transfer stays in one currency": """
        SELECT count(*), 'transfer ' || min(t.id) FILTER (WHERE s.currency <> t.currency OR g.currency <> t.currency)
        FROM ledger_transfer t JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id""",
    "every transfer moves an amount above zero between two accounts": """
        SELECT count(*), 'transfer ' || min(id) FILTER (WHERE amount_minor <= 0 OR source_id = target_id) FROM ledger_transfer""",
    "every balance is the sum of its transfers": """
        WITH moved AS (
            SELECT account_id, sum(amount) AS amount FROM (
                SELECT target_id AS account_id, amount_minor AS amount FROM ledger_transfer
                UNION ALL SELECT source_id, -amount_minor FROM ledger_transfer) m GROUP BY account_id)
        SELECT count(*), min('account ' || a.address || ' shows ' || coalesce(b.posted_minor::text, 'nothing')
                || ', its transfers say ' || coalesce(m.amount, 0))
            FILTER (WHERE b.posted_minor IS DISTINCT FROM coalesce(m.amount, 0))
        FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id LEFT JOIN moved m ON m.account_id = a.id
        WHERE a.kept""",
    "every reservation is the sum of its open holds": """
        SELECT count(*), min('account ' || a.address || ' reserves ' || b.reserved_minor
                || ', its holds say ' || coalesce(h.amount, 0))
            FILTER (WHERE b.reserved_minor <> coalesce(h.amount, 0))
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id LEFT JOIN (
            SELECT account_id, sum(amount_minor) AS amount FROM ledger_hold h
            WHERE NOT EXISTS (SELECT FROM ledger_holdend e WHERE e.hold_id = h.id) GROUP BY account_id) h USING (account_id)""",
    "no account holds less than is reserved": """
        SELECT count(*), min('account ' || a.address) FILTER (WHERE b.posted_minor < b.reserved_minor OR b.reserved_minor < 0)
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id""",
    "every escrow: funded = held + released + refunded + fees + lost": """
        WITH came AS (SELECT target_id AS id, sum(amount_minor) AS funded FROM ledger_transfer WHERE purpose = 'fund' GROUP BY 1),
        went AS (
            SELECT source_id AS id,
                coalesce(sum(amount_minor) FILTER (WHERE purpose = 'release'), 0) AS released,
                coalesce(sum(amount_minor) FILTER (WHERE purpose = 'refund'), 0) AS refunded,
                coalesce(sum(amount_minor) FILTER (WHERE purpose = 'fee'), 0) AS fees,
                coalesce(sum(amount_minor) FILTER (WHERE purpose = 'loss'), 0) AS lost
            FROM ledger_transfer WHERE purpose IN ('release', 'refund', 'fee', 'loss') GROUP BY 1)
        SELECT count(*), min('account ' || a.address) FILTER (WHERE
            (e.funded_minor, e.released_minor, e.refunded_minor, e.fees_minor, e.lost_minor) IS DISTINCT FROM
                (coalesce(c.funded, 0), coalesce(w.released, 0), coalesce(w.refunded, 0), coalesce(w.fees, 0),
                 coalesce(w.lost, 0))
            OR e.held_minor IS DISTINCT FROM b.posted_minor
            OR e.funded_minor <> e.held_minor + e.released_minor + e.refunded_minor + e.fees_minor + e.lost_minor)
        FROM ledger_account a LEFT JOIN came c ON c.id = a.id LEFT JOIN went w ON w.id = a.id
        LEFT JOIN ledger_escrow e ON e.account_id = a.id LEFT JOIN ledger_balance b ON b.account_id = a.id
        WHERE a.escrow""",
    "no hold was posted beyond its amount": """
        SELECT count(*), min('hold ' || h.id) FILTER (WHERE e.posted_minor > h.amount_minor)
        FROM ledger_holdend e JOIN ledger_hold h ON h.id = e.hold_id""",
    CHAIN: prove_chain,
    "every row older than the newest seal is sealed": EVERY_ROW_IS_SEALED,
    "every checkpoint stands in the chain": prove_checkpoints,
}
_also: dict[str, str] = {}


def also_prove(name: str, sql: str) -> None:
    """Add a proof of an upper package, in its `proofs.py`: one SELECT that answers one row, (how many rows it proves, the first
    breach in words or null). It reads with the running login's rights and must hold at every commit."""
    if name in _PROOFS or name in _also:
        raise ValueError(f"proof «{name}» is written twice")
    _also[name] = sql


_before_closing: dict[str, str] = {}


def before_closing(name: str, sql: str) -> None:
    """Add what must be so before a month is closed, in an upper package's `proofs.py`: one SELECT over %(first)s and %(last)s, the month's
    days, that answers one row as a proof does. Unlike a proof it may be broken for a while."""
    if name in _before_closing:
        raise ValueError(f"check «{name}» is written twice")
    _before_closing[name] = sql


def ready_to_close(month: date) -> list[Proof]:
    """What is looked at before this month is closed: every proof of the books as one line, then each check of the packages above."""
    proofs = prove()
    broken = next((proof for proof in proofs if proof.breach), None)
    checks = [Proof("every proof of the books holds", len(proofs), f"{broken.name}: {broken.breach}" if broken else None)]
    last = (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    for name, sql in _before_closing.items():
        rows, breach = ask(sql, {"first": month.replace(day=1), "last": last})[0]
        checks.append(Proof(name, int(rows or 0), breach))
    return checks


def prove(*, but: Collection[str] = ()) -> list[Proof]:
    """Every proof of the books and of the packages above them, `but` these. Each query sees one moment."""
    autodiscover_modules("proofs")
    results = []
    for name, proof in (_PROOFS | _also).items():
        if name in but:
            continue
        rows, breach = _ask(proof) if isinstance(proof, str) else proof()
        # A sum of whole numbers comes as a Decimal, which no note of the watch could keep.
        results.append(Proof(name, int(rows or 0), breach))
    return results


def _ask(sql: str) -> tuple[int, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows, breach = cursor.fetchone()
    return rows, breach
