"""Withdrawals: the merchant's own money, sent from here to the merchant's own bank; and what that bank did not take, back again."""

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.refusals import Refusal
from everfair.payments.sandbox import refusals
from everfair.payments.sandbox.settlements import settle


def withdraw(db: sqlite3.Connection, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Sends an amount of what has settled; refuses more than that."""
    refusals.only(given, "amount_minor currency")
    minor, currency = refusals.amount(given), refusals.currency(given)
    query = "select coalesce(sum(net_minor), 0) from settlements where currency = ?"
    if db.execute(query, (currency,)).fetchone()[0] < minor:
        raise Refusal(409, "balance_too_small", "Less than that has settled.")
    ref = "wdr_" + secrets.token_hex(12)
    settle(db, "withdrawal", ref, ref, -minor, currency, now, fee=0)
    return {"id": ref, "amount_minor": minor, "currency": currency, "state": "sent"}


def send_back(db: sqlite3.Connection, ref: str, now: float) -> dict[str, Any]:
    """As the merchant's bank, which does not take it."""
    rows = db.execute("select * from settlements where reference = ? and kind like 'withdrawal%' order by id", (ref,)).fetchall()
    if not rows:
        raise Refusal(404, "not_found", "There is no such withdrawal.")
    if len(rows) > 1:
        raise Refusal(409, "returned_already", "It came back already.")
    minor, currency = -rows[0]["gross_minor"], rows[0]["currency"]
    settle(db, "withdrawal_returned", f"{ref}:returned", ref, minor, currency, now, fee=0)
    return {"id": ref, "amount_minor": minor, "currency": currency, "state": "returned"}


def settled(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """What there is to withdraw: currency and amount (`minor`)."""
    query = (
        "select currency, sum(net_minor) as minor from settlements group by currency having sum(net_minor) > 0 order by currency"
    )
    return db.execute(query).fetchall()


def newest(db: sqlite3.Connection, most: int) -> list[sqlite3.Row]:
    """Withdrawals, the last one first: reference, amount_minor, currency, settled_at, and whether it is `returned`."""
    query = """
        select w.reference, -w.gross_minor as amount_minor, w.currency, w.settled_at, exists (
            select 1 from settlements r where r.reference = w.reference and r.kind = 'withdrawal_returned') as returned
        from settlements w where w.kind = 'withdrawal' order by w.id desc limit ?
    """
    return db.execute(query, (most,)).fetchall()


__all__ = ["newest", "send_back", "settled", "withdraw"]
