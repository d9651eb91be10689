"""The books as an accountant walks them: platform accounts, any account by its address, one entry with its transfers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.ledger.chart import row_of
from everfair.office.queries.sql import literal_prefix, rows

# An asset or an expense grows by debits, the others by credits: shown as an accountant expects it.
_SHOWN_SIGN = {"asset": -1, "expense": -1, "liability": 1, "income": 1}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """`balance` is recomputed from the transfers, in the sign of its class; `reserved` is set aside in a kept account."""

    address: str
    account_class: str
    balance: Money
    reserved: Money | None


# Each end of a transfer has an index of its own, so an account's sum is two range scans.
_SUM = """
    (SELECT coalesce(sum(t.amount_minor), 0) FROM ledger_transfer t WHERE t.target_id = a.id)
    - (SELECT coalesce(sum(t.amount_minor), 0) FROM ledger_transfer t WHERE t.source_id = a.id)"""
_ACCOUNTS = f"""
    SELECT a.address, a.currency, a.account_class, b.reserved_minor, {_SUM} AS credits
    FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.address LIKE %(prefix)s || '%%' AND a.address > %(after)s ORDER BY a.address LIMIT %(limit)s"""  # noqa: S608
_PLATFORM = f"""
    SELECT a.address, a.currency, a.account_class, NULL AS reserved_minor, {_SUM} AS credits
    FROM ledger_account a WHERE NOT a.kept AND a.address NOT LIKE 'credit:%%' ORDER BY a.address"""  # noqa: S608


def platform_balances() -> list[AccountRow]:
    """Fees, suspense, losses, and each provider's clearing and costs, per currency, summed up from the transfers. What pairs owe each
    other on credit has a page of its own."""
    return [_account(row) for row in rows(_PLATFORM)]


def accounts(prefix: str = "", *, after: str = "", limit: int = 50) -> list[AccountRow]:
    """Accounts whose address begins like this, in the order of addresses; `after` is the last one seen."""
    return [_account(row) for row in rows(_ACCOUNTS, {"prefix": literal_prefix(prefix), "after": after, "limit": limit})]


def _account(row: dict[str, Any]) -> AccountRow:
    currency = row["currency"]
    reserved = row["reserved_minor"]
    return AccountRow(
        address=row["address"],
        account_class=row["account_class"],
        balance=Money(int(row["credits"]) * _SHOWN_SIGN[row["account_class"]], currency),
        reserved=None if reserved is None else Money(reserved, currency),
    )


@dataclass(frozen=True, slots=True)
class EntryTransfer:
    id: int
    source: str
    target: str
    amount: Money
    purpose: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    id: int
    key: str
    kind: str
    actor: str
    why: dict[str, Any]
    posted_at: datetime
    booked_on: date
    transfers: list[EntryTransfer]


_ENTRY = """
    SELECT e.id, e.key, e.kind, e.actor, e.why, e.posted_at, e.booked_on, t.id AS transfer, s.address AS source, g.address AS target,
           t.amount_minor, t.currency, t.purpose
    FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
    JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    WHERE e.id = %(entry)s ORDER BY t.id"""


def entry(entry_id: int) -> EntryPage:
    """One entry with its transfers; NotVisible when there is none."""
    found = rows(_ENTRY, {"entry": entry_id}) if entry_id < 2**63 else []
    if not found:
        raise NotVisible
    first = found[0]
    why = json.loads(first["why"]) if isinstance(first["why"], str) else first["why"]
    transfers = [
        EntryTransfer(row["transfer"], row["source"], row["target"], Money(row["amount_minor"], row["currency"]), row["purpose"])
        for row in found
    ]
    return EntryPage(
        first["id"], first["key"], first["kind"], first["actor"], why, first["posted_at"], first["booked_on"], transfers
    )


def entries_of(transfers: list[int]) -> dict[int, int]:
    """Transfer → its entry, for the lines of a statement."""
    found = rows("SELECT id, entry_id FROM ledger_transfer WHERE id = ANY(%(ids)s)", {"ids": transfers})
    return {row["id"]: row["entry_id"] for row in found}


def may_be_corrected(of: EntryPage) -> bool:
    """Whether `ledger.correct_entry` would take it back, as far as its accounts tell."""
    ends = {end for transfer in of.transfers for end in (transfer.source, transfer.target)}
    ours = all(not row_of(end).kept and ":clearing:" not in end for end in ends)
    return ours and of.kind != "correction" and corrected_by(of.id) is None


def corrected_by(entry_id: int) -> int | None:
    """The entry that took this one back."""
    found = rows("SELECT id FROM ledger_entry WHERE key = %(key)s", {"key": f"correction:{entry_id}"})
    return found[0]["id"] if found else None
