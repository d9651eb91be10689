"""Proofs: recompute every balance from the transfers and every escrow's equation, and name the first breach."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must hold: how many rows were looked at, and the first that breaks it."""

    name: str
    rows: int
    breach: str | None


# Each query returns (how many rows it proves, the first breach or null).
_PROOFS = {
    "every entry has a transfer": """
        SELECT count(*), min('entry ' || e.id) FILTER (WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.entry_id = e.id))
        FROM ledger_entry e""",
    "every transfer stays in one currency": """
        SELECT count(*), min('transfer ' || t.id) FILTER (WHERE s.currency <> t.currency OR g.currency <> t.currency)
        FROM ledger_transfer t JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id""",
    "every balance is the sum of its transfers": """
        WITH moved AS (
            SELECT account_id, sum(amount) AS amount FROM (
                SELECT target_id AS account_id, amount_minor AS amount FROM ledger_transfer
                UNION ALL SELECT source_id, -amount_minor FROM ledger_transfer) m GROUP BY account_id)
        SELECT count(*), min('account ' || a.address || ' shows ' || coalesce(b.posted_minor::text, 'nothing') || ', its transfers say '
                   || coalesce(m.amount, 0)) FILTER (WHERE b.posted_minor IS DISTINCT FROM coalesce(m.amount, 0))
        FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id LEFT JOIN moved m ON m.account_id = a.id
        WHERE a.kept""",
    "every reservation is the sum of its open holds": """
        SELECT count(*), min('account ' || a.address) FILTER (WHERE b.reserved_minor <> coalesce(h.amount, 0))
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id LEFT JOIN (
            SELECT account_id, sum(amount_minor) AS amount FROM ledger_hold h
            WHERE NOT EXISTS (SELECT FROM ledger_holdend e WHERE e.hold_id = h.id) GROUP BY account_id) h USING (account_id)""",
    "no account holds less than is reserved": """
        SELECT count(*), min('account ' || a.address) FILTER (WHERE b.posted_minor < b.reserved_minor OR b.reserved_minor < 0)
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id""",
    "every escrow: funded = held + released + refunded + fees + lost": """
        WITH sums AS (
            SELECT a.id,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.target_id = a.id), 0) AS funded,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.source_id = a.id AND t.purpose = 'release'), 0) AS released,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.source_id = a.id AND t.purpose = 'refund'), 0) AS refunded,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.source_id = a.id AND t.purpose = 'fee'), 0) AS fees,
                coalesce(sum(t.amount_minor) FILTER (WHERE t.source_id = a.id AND t.purpose = 'loss'), 0) AS lost
            FROM ledger_account a LEFT JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
            WHERE a.escrow GROUP BY a.id)
        SELECT count(*), min('account ' || a.address) FILTER (WHERE
            (e.funded_minor, e.released_minor, e.refunded_minor, e.fees_minor, e.lost_minor)
                IS DISTINCT FROM (s.funded, s.released, s.refunded, s.fees, s.lost)
            OR e.held_minor <> b.posted_minor
            OR e.funded_minor <> e.held_minor + e.released_minor + e.refunded_minor + e.fees_minor + e.lost_minor)
        FROM sums s JOIN ledger_account a ON a.id = s.id
        LEFT JOIN ledger_escrow e ON e.account_id = s.id LEFT JOIN ledger_balance b ON b.account_id = s.id""",
    "no hold was posted beyond its amount": """
        SELECT count(*), min('hold ' || h.id) FILTER (WHERE e.posted_minor > h.amount_minor)
        FROM ledger_holdend e JOIN ledger_hold h ON h.id = e.hold_id""",
}


def prove() -> list[Proof]:
    """Every proof of the books, in one snapshot's worth of read-only queries."""
    results = []
    with connection.cursor() as cursor:
        for name, sql in _PROOFS.items():
            cursor.execute(sql)
            rows, breach = cursor.fetchone()
            results.append(Proof(name, rows, breach))
    return results
