"""Balances, statements and escrows, as they are and as they were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.ledger.models import Account, Balance, Escrow, Hold


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds, and how much of it is set aside."""

    posted: Money
    reserved: Money

    @property
    def free(self) -> Money:
        return self.posted - self.reserved


def balance(address: str, currency: str) -> Held:
    """A kept account's balance; zero for an account nobody has used yet."""
    row = (
        Balance.objects.filter(account__address=address, account__currency=currency)
        .values_list("posted_minor", "reserved_minor")
        .first()
    )
    posted, reserved = row or (0, 0)
    return Held(Money(posted, currency), Money(reserved, currency))


def wallets(company_id: UUID) -> dict[str, Held]:
    """Currency → what the company's wallet holds: one query."""
    rows = Balance.objects.filter(account__address__startswith=f"company:{company_id}:wallet:").values_list(
        "account__currency", "posted_minor", "reserved_minor"
    )
    return {currency: Held(Money(p, currency), Money(r, currency)) for currency, p, r in sorted(rows)}


def escrows(stage_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
    """Stage → the equation of its escrow; a stage nobody funded is absent."""
    addresses = {f"stage:{stage_id}:escrow": stage_id for stage_id in stage_ids}
    rows = find(Escrow, _OF_ADDRESSES, [list(addresses)], also={"address": _ADDRESS})
    return {addresses[row.address]: row for row in rows}  # type: ignore[attr-defined]


_OF_ADDRESSES = "account_id IN (SELECT id FROM ledger_account WHERE address = ANY(%s))"
_ADDRESS = "(SELECT address FROM ledger_account a WHERE a.id = ledger_escrow.account_id)"


def hold_of(key: str) -> UUID | None:
    return Hold.objects.filter(key=key).values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: positive when the account received."""

    id: int
    posted_at: datetime
    kind: str
    why: dict[str, Any]
    amount: Money
    other: str
    balance: Money
    purpose: str = ""


def statement(
    address: str, *, before: int | None = None, from_on: date | None = None, to_on: date | None = None, limit: int = 50
) -> list[Line]:
    """An account's lines, newest first, each with the balance after it. `before` is a line's id (keyset); `from_on` and `to_on` are the
    first and the last day (UTC) of the moments of posting, both included."""
    account = Account.objects.filter(address=address).first()
    if account is None:
        return []
    days = from_on is not None or to_on is not None
    asked = {
        "a": account.pk,
        "kept": account.kept,
        "before": before or 2**62,
        "limit": limit,
        "begin": datetime.combine(from_on or date.min, time.min, UTC),
        "end": datetime.combine(to_on or date.max, time.max, UTC),
    }
    return [
        Line(
            id=row[0],
            posted_at=row[1],
            kind=row[2],
            why=json.loads(row[3]) if isinstance(row[3], str) else row[3],
            amount=Money(int(row[4]), account.currency),
            other=row[5],
            balance=Money(int(row[6]), account.currency),
            purpose=row[7],
        )
        for row in ask(_STATEMENT % {"days": _BETWEEN if days else ""}, asked)
    ]


_BETWEEN = """
    AND EXISTS (SELECT FROM ledger_entry e WHERE e.id = t.entry_id AND e.posted_at BETWEEN %(begin)s AND %(end)s)
"""
# Moments of posting do not quite follow the ids: between the lines of a period there may be some of the day beside it, and each counts
# in the balance of those after it.
_STATEMENT = """
    WITH recent AS (
        (SELECT t.id, t.entry_id, -t.amount_minor AS signed, t.target_id AS other, t.purpose FROM ledger_transfer t
         WHERE t.source_id = %%(a)s AND t.id < %%(before)s %(days)s ORDER BY t.id DESC LIMIT %%(limit)s)
        UNION ALL
        (SELECT t.id, t.entry_id, t.amount_minor, t.source_id, t.purpose FROM ledger_transfer t
         WHERE t.target_id = %%(a)s AND t.id < %%(before)s %(days)s ORDER BY t.id DESC LIMIT %%(limit)s)
        ORDER BY id DESC LIMIT %%(limit)s
    ), ends AS (SELECT min(id) AS first, max(id) AS last FROM recent),
    later AS (
        -- From the kept balance back over what came later; a platform-wide account keeps none and is summed up.
        SELECT CASE WHEN %%(kept)s THEN
            (SELECT posted_minor FROM ledger_balance WHERE account_id = %%(a)s)
            - coalesce((SELECT sum(amount_minor) FROM ledger_transfer, ends WHERE target_id = %%(a)s AND id > last), 0)
            + coalesce((SELECT sum(amount_minor) FROM ledger_transfer, ends WHERE source_id = %%(a)s AND id > last), 0)
        ELSE
            coalesce((SELECT sum(amount_minor) FROM ledger_transfer, ends WHERE target_id = %%(a)s AND id <= last), 0)
            - coalesce((SELECT sum(amount_minor) FROM ledger_transfer, ends WHERE source_id = %%(a)s AND id <= last), 0)
        END AS top
    ), walked AS (
        SELECT id, coalesce(sum(signed) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer FROM (
            SELECT id, -amount_minor AS signed FROM ledger_transfer, ends WHERE source_id = %%(a)s AND id BETWEEN first AND last
            UNION ALL
            SELECT id, amount_minor FROM ledger_transfer, ends WHERE target_id = %%(a)s AND id BETWEEN first AND last
        ) m
    )
    SELECT r.id, e.posted_at, e.kind, e.why, r.signed, o.address, (SELECT top FROM later) - w.newer, r.purpose
    FROM recent r JOIN walked w ON w.id = r.id JOIN ledger_entry e ON e.id = r.entry_id JOIN ledger_account o ON o.id = r.other
    ORDER BY r.id DESC
"""


def balance_at(address: str, at: datetime) -> int:
    """What the account held after everything posted up to `at`, credits less debits in minor units, summed up from the transfers."""
    return int(ask(_BALANCE_AT, {"address": address, "at": at})[0][0])


def summed(beginning: str) -> dict[str, int]:
    """Address → credits less debits of every account whose address begins so: for platform-wide ones, which keep no balance."""
    rows = ask(_SUMMED, [beginning])
    return {address: int(credits) for address, credits in rows}


_SUMMED = """
    SELECT a.address,
        coalesce((SELECT sum(amount_minor) FROM ledger_transfer WHERE target_id = a.id), 0)
        - coalesce((SELECT sum(amount_minor) FROM ledger_transfer WHERE source_id = a.id), 0)
    FROM ledger_account a WHERE starts_with(a.address, %s) ORDER BY a.address
"""

# Each end of a transfer has its own index.
_BALANCE_AT = """
    SELECT coalesce(sum(m.signed), 0) FROM ledger_account a CROSS JOIN LATERAL (
        SELECT t.amount_minor AS signed, t.entry_id FROM ledger_transfer t WHERE t.target_id = a.id
        UNION ALL SELECT -t.amount_minor, t.entry_id FROM ledger_transfer t WHERE t.source_id = a.id
    ) m JOIN ledger_entry e ON e.id = m.entry_id
    WHERE a.address = %(address)s AND e.posted_at <= %(at)s
"""
