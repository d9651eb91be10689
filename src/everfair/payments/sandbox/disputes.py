"""Disputes: a payer's bank takes a captured payment back, whole or in part; the merchant answers, the bank decides, and may think again.

Everything runs in the caller's transaction. The money leaves the merchant's settlement at once, and comes back when the merchant wins.
"""

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal
from everfair.payments.sandbox import refusals
from everfair.payments.sandbox.amounts import fee_minor
from everfair.payments.sandbox.checkouts import checkout, disputed_minor
from everfair.payments.sandbox.settlements import settle

REASONS = ("fraudulent", "product_not_received", "product_unacceptable", "duplicate", "credit_not_processed", "general")
DAY_S = 86_400
EVIDENCE_DAYS = 18  # what a merchant has with Visa
# verb: from which states, to which, and whether the merchant has the money afterwards
_VERBS = {
    "win": (("open",), "won", True),
    "lose": (("open",), "lost", False),
    "retake": (("won",), "lost", False),
    "reinstate": (("lost",), "won", True),
}


def open_dispute(db: sqlite3.Connection, announcer: Announcer, given: Mapping[str, Any], now: float) -> sqlite3.Row:
    """The payer's bank takes money back. Refuses more than is left of what was captured, after refunds and standing disputes."""
    refusals.only(given, "checkout amount_minor currency reason evidence_days")
    paid = checkout(db, refusals.text(given, "checkout", most=64))
    if paid["state"] != "captured":
        raise Refusal(409, "checkout_not_captured", f"This checkout is {paid['state']}; only captured money can be disputed.")
    if "currency" in given and given["currency"] != paid["currency"]:
        raise Refusal(400, "currency_mismatch", f"This checkout was paid in {paid['currency']}.")
    left = paid["amount_minor"] - paid["refunded_minor"] - disputed_minor(db, paid["id"])
    amount = refusals.amount(given) if given.get("amount_minor") is not None else left
    if not 0 < amount <= left:
        raise Refusal(409, "dispute_exceeds_captured", "Less than that is left of what was captured.")
    reason = given.get("reason") or "general"
    if reason not in REASONS:
        raise Refusal(400, "invalid_reason", f"reason must be one of {', '.join(REASONS)}.")
    days = given.get("evidence_days", EVIDENCE_DAYS)
    if type(days) is not int or not 1 <= days <= 60:
        raise Refusal(400, "invalid_days", "evidence_days must be a whole number between 1 and 60.")
    row: sqlite3.Row = db.execute(
        "insert into disputes (id, checkout, merchant_reference, amount_minor, fee_minor, currency, reason, state, evidence_due_at,"
        " created_at) values (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?) returning *",
        (
            "dsp_" + secrets.token_hex(12),
            paid["id"],
            paid["merchant_reference"],
            amount,
            fee_minor("chargeback", amount, paid["currency"]),
            paid["currency"],
            reason,
            now + days * DAY_S,
            now,
        ),
    ).fetchone()
    _move(db, row, -amount, now)
    return _told(db, announcer, row["id"], "dispute.opened", now)


def answer_dispute(
    db: sqlite3.Connection, announcer: Announcer, dispute_id: str, given: Mapping[str, Any], now: float
) -> sqlite3.Row:
    """The merchant accepts, and has lost; or contests with a text, and waits for the bank. Once, and before the day."""
    refusals.only(given, "answer evidence")
    row = dispute(db, dispute_id)
    answer, evidence = given.get("answer"), refusals.text(given, "evidence", most=20_000, least=0)
    if answer not in ("accept", "contest"):
        raise Refusal(400, "invalid_answer", "answer must be accept or contest.")
    if answer == "contest" and not evidence.strip():
        raise Refusal(400, "evidence_needed", "A contest needs its evidence.")
    if row["answer"] == answer:
        return row
    if row["state"] != "open" or row["answer"]:
        raise Refusal(409, "dispute_answered", "This dispute has been answered or decided.")
    if now > row["evidence_due_at"]:
        raise Refusal(409, "too_late", "The day for evidence is over.")
    db.execute("update disputes set answer = ?, evidence = ?, version = version + 1 where id = ?", (answer, evidence, dispute_id))
    return decide_dispute(db, announcer, dispute_id, "lose", now) if answer == "accept" else dispute(db, dispute_id)


def decide_dispute(db: sqlite3.Connection, announcer: Announcer, dispute_id: str, verb: str, now: float) -> sqlite3.Row:
    """What the bank decides: win or lose; retake what was won, or reinstate what was lost, once."""
    if verb not in _VERBS:
        raise Refusal(400, "unknown_verb", f"verb must be one of {', '.join(_VERBS)}.")
    row = dispute(db, dispute_id)
    froms, state, merchants = _VERBS[verb]
    if row["state"] not in froms or (verb in ("retake", "reinstate") and row["reversed"]):
        raise Refusal(409, "dispute_decided", f"This dispute is {row['state']}.")
    after = verb in ("retake", "reinstate")
    db.execute("update disputes set state = ?, reversed = ?, version = version + 1 where id = ?", (state, int(after), dispute_id))
    if verb != "lose":
        _move(db, row, row["amount_minor"] if merchants else -row["amount_minor"], now)
    return _told(db, announcer, dispute_id, "dispute.reversed" if after else f"dispute.{state}", now)


def lose_overdue_disputes(db: sqlite3.Connection, announcer: Announcer, now: float) -> None:
    """Nobody answered in time."""
    for row in db.execute(
        "select id from disputes where state = 'open' and answer = '' and evidence_due_at <= ?", (now,)
    ).fetchall():
        decide_dispute(db, announcer, row["id"], "lose", now)


def next_dispute_at(db: sqlite3.Connection) -> float | None:
    due: float | None = db.execute("select min(evidence_due_at) from disputes where state = 'open' and answer = ''").fetchone()[0]
    return due


def dispute(db: sqlite3.Connection, dispute_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("select * from disputes where id = ?", (dispute_id,)).fetchone()
    if row is None:
        raise Refusal(404, "not_found", "There is no such dispute.")
    return row


def _move(db: sqlite3.Connection, row: sqlite3.Row, signed_minor: int, now: float) -> None:
    """A line of the settlement for each movement of a dispute's money, numbered; the first one carries the fee."""
    n = db.execute("select count(*) from settlements where ref like ?", (f"{row['id']}:%",)).fetchone()[0] + 1
    kind = "chargeback" if signed_minor < 0 else "chargeback_returned"
    fee = row["fee_minor"] if n == 1 else 0
    settle(db, kind, f"{row['id']}:{n}", row["id"], signed_minor, row["currency"], now, fee=fee)


def _told(db: sqlite3.Connection, announcer: Announcer, dispute_id: str, kind: str, now: float) -> sqlite3.Row:
    row = dispute(db, dispute_id)
    paid = checkout(db, row["checkout"])
    announcer.announce(
        db,
        kind,
        {
            "id": row["id"],
            "checkout": row["checkout"],
            "merchant_reference": row["merchant_reference"],
            "amount_minor": row["amount_minor"],
            "fee_minor": row["fee_minor"],
            "currency": row["currency"],
            "recipient": paid["recipient"],
            "state": row["state"],
            "reason": row["reason"],
            "evidence_due_at": written_moment(row["evidence_due_at"]),
            "version": row["version"],
        },
        paid["webhook_url"],
        now,
    )
    return row


def shown_dispute(row: sqlite3.Row) -> dict[str, Any]:
    keys = "id checkout merchant_reference amount_minor fee_minor currency reason state answer version"
    return {key: row[key] for key in keys.split()} | {
        "reversed": bool(row["reversed"]),
        "evidence_due_at": written_moment(row["evidence_due_at"]),
        "created_at": written_moment(row["created_at"]),
    }
