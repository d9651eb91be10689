"""Payouts: taken at once, paid or failed a few seconds later, told by webhook. Everything runs in the caller's transaction."""

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal
from everfair.payments.sandbox import refusals
from everfair.payments.sandbox.faults import PAYOUT_FAULTS
from everfair.payments.sandbox.settlements import settle


def send_payout(
    db: sqlite3.Connection, given: Mapping[str, Any], webhook_url: str, payout_after_s: float, now: float
) -> sqlite3.Row:
    """Refuses a reference that already has a payout, and an IBAN whose check digits are wrong."""
    refusals.only(given, "reference amount_minor currency holder account bic webhook_url")
    reference = refusals.text(given, "reference", most=128)
    if db.execute("select 1 from payouts where reference = ?", (reference,)).fetchone():
        raise Refusal(409, "reference_taken", "This reference already has a payout.")
    row: sqlite3.Row = db.execute(
        "insert into payouts (id, reference, amount_minor, currency, holder, recipient, bic, webhook_url, state, settle_at,"
        " created_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?) returning *",
        (
            "pay_" + secrets.token_hex(12),
            reference,
            refusals.amount(given),
            refusals.currency(given),
            refusals.text(given, "holder", most=200),
            refusals.bank_account(refusals.text(given, "account", most=34)),
            refusals.bic(refusals.text(given, "bic", most=11, least=0)),
            refusals.address(given, "webhook_url", required=False) or webhook_url,
            now + payout_after_s,
            now,
        ),
    ).fetchone()
    return row


def next_payout_at(db: sqlite3.Connection) -> float | None:
    due: float | None = db.execute("select min(settle_at) from payouts where state = 'pending'").fetchone()[0]
    return due


def settle_due_payouts(db: sqlite3.Connection, announcer: Announcer, now: float) -> None:
    for row in db.execute(
        "select * from payouts where state = 'pending' and settle_at <= ? order by settle_at", (now,)
    ).fetchall():
        fails = bool(announcer.faults.firing(db, announcer.seed, PAYOUT_FAULTS, {row["reference"]}))
        state, failure_code = ("failed", "account_closed") if fails else ("paid", "")
        db.execute(
            "update payouts set state = ?, failure_code = ?, version = version + 1 where id = ?", (state, failure_code, row["id"])
        )
        if state == "paid":
            settle(db, "payout", row["id"], row["reference"], -row["amount_minor"], row["currency"], now)
        announcer.announce(
            db,
            f"payout.{state}",
            {
                "id": row["id"],
                "merchant_reference": row["reference"],
                "amount_minor": row["amount_minor"],
                "currency": row["currency"],
                "recipient": row["recipient"],
                "state": state,
                "failure_code": failure_code,
                "version": row["version"] + 1,
            },
            row["webhook_url"],
            now,
        )


def shown_payout(row: sqlite3.Row) -> dict[str, Any]:
    keys = "id reference amount_minor currency holder recipient bic state failure_code version"
    return {key: row[key] for key in keys.split()} | {"created_at": written_moment(row["created_at"])}
