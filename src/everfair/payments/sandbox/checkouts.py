"""Checkouts and their refunds: what they are, and every way they change. All functions run in the caller's transaction."""

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.words import language_of
from everfair.payments.sandbox import refusals
from everfair.payments.sandbox.settlements import settle

INSTRUMENTS = ("pays", "declined", "late", "twice")


def open_checkout(db: sqlite3.Connection, given: Mapping[str, Any], webhook_url: str, now: float) -> sqlite3.Row:
    """Refuses a merchant_reference that already has a checkout: one intent is paid through one page only."""
    refusals.only(given, "merchant_reference amount_minor currency recipient description return_url webhook_url language")
    reference = refusals.text(given, "merchant_reference", most=128)
    if db.execute("select 1 from checkouts where merchant_reference = ?", (reference,)).fetchone():
        raise Refusal(409, "reference_taken", "This merchant_reference already has a checkout.")
    row: sqlite3.Row = db.execute(
        "insert into checkouts (id, merchant_reference, amount_minor, currency, recipient, description, return_url, webhook_url,"
        " language, state, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) returning *",
        (
            "chk_" + secrets.token_hex(16),  # knowing it is enough to see the page, so it cannot be guessed
            reference,
            refusals.amount(given),
            refusals.currency(given),
            refusals.text(given, "recipient", most=200),
            refusals.text(given, "description", most=500),
            refusals.address(given, "return_url"),
            refusals.address(given, "webhook_url", required=False) or webhook_url,
            language_of(refusals.text(given, "language", most=35, least=0)),
            now,
        ),
    ).fetchone()
    return row


def checkout(db: sqlite3.Connection, checkout_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("select * from checkouts where id = ?", (checkout_id,)).fetchone()
    if row is None:
        raise Refusal(404, "not_found", "There is no such checkout.")
    return row


def pay_checkout(
    db: sqlite3.Connection, announcer: Announcer, checkout_id: str, instrument: str, late_s: int, now: float
) -> sqlite3.Row:
    """The payer chose an instrument. A checkout that is no longer open stays as it is, so a second click does nothing."""
    if instrument not in INSTRUMENTS:
        raise Refusal(400, "unknown_instrument", "Choose one of the test instruments.")
    state, failure_code = ("failed", "card_declined") if instrument == "declined" else ("captured", "")
    row: sqlite3.Row | None = db.execute(
        "update checkouts set state = ?, failure_code = ?, version = version + 1 where id = ? and state = 'open' returning *",
        (state, failure_code, checkout_id),
    ).fetchone()
    if row is None:
        return checkout(db, checkout_id)
    if state == "captured":
        settle(db, "checkout", row["id"], row["merchant_reference"], row["amount_minor"], row["currency"], now)
    announcer.announce(
        db,
        f"checkout.{state}",
        {
            "id": row["id"],
            "merchant_reference": row["merchant_reference"],
            "amount_minor": row["amount_minor"],
            "currency": row["currency"],
            "recipient": row["recipient"],
            "state": state,
            "failure_code": failure_code,
            "version": row["version"],
        },
        row["webhook_url"],
        now,
        after_s=late_s if instrument == "late" else 0,
        copies=2 if instrument == "twice" else 1,
    )
    return row


def cancel_checkout(db: sqlite3.Connection, checkout_id: str) -> sqlite3.Row:
    """Refuses one that was paid or failed; one that is cancelled already stays so."""
    row = checkout(db, checkout_id)
    if row["state"] == "cancelled":
        return row
    if row["state"] != "open":
        raise Refusal(409, "checkout_not_open", f"This checkout is {row['state']}.")
    db.execute("update checkouts set state = 'cancelled', version = version + 1 where id = ?", (checkout_id,))
    return checkout(db, checkout_id)


def create_refund(db: sqlite3.Connection, announcer: Announcer, given: Mapping[str, Any], now: float) -> sqlite3.Row:
    """Refuses (I10) when the refunds of a checkout would exceed what it captured and no bank took back, and another currency."""
    refusals.only(given, "checkout amount_minor currency reference")
    reference = refusals.text(given, "reference", most=128)
    amount_minor = refusals.amount(given)
    paid = checkout(db, refusals.text(given, "checkout", most=64))
    if "currency" in given and given["currency"] != paid["currency"]:
        raise Refusal(400, "currency_mismatch", f"This checkout was paid in {paid['currency']}.")
    if db.execute("select 1 from refunds where reference = ?", (reference,)).fetchone():
        raise Refusal(409, "reference_taken", "This reference already has a refund.")
    if paid["state"] != "captured":
        raise Refusal(409, "checkout_not_captured", f"This checkout is {paid['state']}; only captured money can go back.")
    if paid["refunded_minor"] + amount_minor > paid["amount_minor"] - disputed_minor(db, paid["id"]):
        raise Refusal(409, "refund_exceeds_captured", "The refunds would exceed what was captured.")
    db.execute(
        "update checkouts set refunded_minor = refunded_minor + ?, version = version + 1 where id = ?", (amount_minor, paid["id"])
    )
    row: sqlite3.Row = db.execute(
        "insert into refunds (id, reference, checkout, amount_minor, currency, state, created_at)"
        " values (?, ?, ?, ?, ?, 'succeeded', ?) returning *",
        ("rfd_" + secrets.token_hex(12), reference, paid["id"], amount_minor, paid["currency"], now),
    ).fetchone()
    settle(db, "refund", row["id"], reference, -amount_minor, paid["currency"], now)
    announcer.announce(
        db,
        "refund.succeeded",
        {
            "id": row["id"],
            "checkout": paid["id"],
            "reference": reference,
            "merchant_reference": paid["merchant_reference"],
            "amount_minor": amount_minor,
            "currency": paid["currency"],
            "recipient": paid["recipient"],
            "state": "succeeded",
            "version": row["version"],
        },
        paid["webhook_url"],
        now,
    )
    return row


def disputed_minor(db: sqlite3.Connection, checkout_id: str) -> int:
    """What of a checkout is with payers' banks, now."""
    asked = "select coalesce(sum(amount_minor), 0) from disputes where checkout = ? and state in ('open', 'lost')"
    taken: int = db.execute(asked, (checkout_id,)).fetchone()[0]
    return taken


def shown_checkout(row: sqlite3.Row, public_url: str) -> dict[str, Any]:
    keys = "id merchant_reference amount_minor currency recipient description state failure_code refunded_minor language version"
    return {key: row[key] for key in keys.split()} | {
        "url": f"{public_url}/pay/{row['id']}",
        "created_at": written_moment(row["created_at"]),
    }


def shown_refund(row: sqlite3.Row) -> dict[str, Any]:
    keys = "id reference checkout amount_minor currency state version"
    return {key: row[key] for key in keys.split()} | {"created_at": written_moment(row["created_at"])}
