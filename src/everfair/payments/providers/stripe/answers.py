"""What Stripe's objects say, as values of the port. A field that is missing or of another kind raises; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from everfair.base.money import Money
from everfair.payments.providers.port import (
    CheckoutOpened,
    CheckoutState,
    EventKind,
    PayoutState,
    ProviderRefused,
    RefundState,
    StatementLine,
)
from everfair.payments.providers.stripe.amounts import from_stripe

# What we write on everything we make there.
INTENT, RECIPIENT, REFUND, CHECKOUT, PAYOUT = (
    "everfair_intent", "everfair_recipient", "everfair_refund", "everfair_checkout", "everfair_payout",
)  # fmt: skip
Found = Mapping[str, Any]
_GOES_BACK = ("pending", "requires_action", "succeeded")
_LINES = {
    "charge": "checkout", "payment": "checkout", "refund": "refund", "payment_refund": "refund", "transfer": "payout",
    "adjustment": "adjustment", "payout": "withdrawal", "payout_failure": "withdrawal_returned", "payout_cancel": "withdrawal_returned",
}  # fmt: skip


def text_of(found: Found, name: str) -> str:
    value = found[name]
    if not isinstance(value, str) or len(value) > 2048:
        raise ValueError(f"{name} is not a text")
    return value


def ours(found: Found, name: str) -> str:
    """What we wrote on it; empty on what somebody else made."""
    value = (found.get("metadata") or {}).get(name, "")
    return value if isinstance(value, str) else ""


def opened_of(found: Found) -> CheckoutOpened:
    return CheckoutOpened(text_of(found, "id"), text_of(found, "url"))


def session_state(found: Found) -> str:
    """open | captured | cancelled. Complete and not paid is a way of paying that takes days: still open."""
    match text_of(found, "status"), text_of(found, "payment_status"):
        case "complete", "paid":
            return "captured"
        case "complete" | "open", _:
            return "open"
        case "expired", _:
            return "cancelled"
    raise ValueError("a state that we do not know")


def checkout_of(found: Found, refunds: Sequence[Found] = ()) -> CheckoutState:
    """`refunds`: those of its payment. Stripe has no versions: open is 1, over 2, captured 3 and one more for each refund."""
    state, amount = session_state(found), from_stripe(found["amount_total"], found["currency"])
    back = sum(from_stripe(refund["amount"], refund["currency"]).minor for refund in refunds if refund["status"] in _GOES_BACK)
    return CheckoutState(
        intent_id=ours(found, INTENT), ref=text_of(found, "id"), state=state, amount=amount, recipient=ours(found, RECIPIENT),
        refunded=Money(back, amount.currency), version={"open": 1, "cancelled": 2, "captured": 3}[state] + len(refunds),
    )  # fmt: skip


def intent_state_of(found: Found) -> CheckoutState:
    """A payment intent that has no page."""
    status = text_of(found, "status")
    state = {"succeeded": "captured", "canceled": "cancelled"}.get(status, "open")
    amount = from_stripe(found["amount"], found["currency"])
    return CheckoutState(
        intent_id=ours(found, INTENT), ref=text_of(found, "id"), state=state, amount=amount, recipient=ours(found, RECIPIENT),
        refunded=Money.zero(amount.currency), version={"open": 1, "cancelled": 2, "captured": 3}[state],
    )  # fmt: skip


def refund_of(found: Found) -> RefundState:
    status = text_of(found, "status")
    state = "failed" if status in ("failed", "canceled") else "succeeded" if status == "succeeded" else "pending"
    return RefundState(
        refund_id=ours(found, REFUND), ref=text_of(found, "id"), checkout_ref=ours(found, CHECKOUT), state=state,
        amount=from_stripe(found["amount"], found["currency"]), version={"pending": 1, "succeeded": 2, "failed": 3}[state],
    )  # fmt: skip


def standing_refund(found: Found) -> RefundState:
    """One that goes or went back; ProviderRefused for one that Stripe took and could not make."""
    state = refund_of(found)
    if state.state == "failed":
        raise ProviderRefused(str(found.get("failure_reason") or "refund_failed")[:80], "Stripe could not return it")
    return state


def payout_of(found: Found, numbers: Mapping[str, str]) -> PayoutState:
    """A transfer to a connected account. `numbers`: connected account → bank account number."""
    reversed_ = bool(found["reversed"]) or found["amount_reversed"] != 0
    return PayoutState(
        payout_id=ours(found, PAYOUT), ref=text_of(found, "id"), state="failed" if reversed_ else "paid",
        amount=from_stripe(found["amount"], found["currency"]), recipient=numbers.get(text_of(found, "destination"), ""),
        failure_code="reversed" if reversed_ else "", version=2 if reversed_ else 1,
    )  # fmt: skip


@dataclass(frozen=True)
class Dispute:
    """Where the money of a dispute is, by its own balance transactions. `amount` is what was withdrawn first, `fee` what that cost."""

    ref: str
    payment: str
    kind: EventKind
    state: str
    version: int
    amount: Money
    fee: Money
    reason: str
    due_at: datetime | None


# How often its money has moved, and what that means. Stripe has no versions, and says «lost» without any movement.
_MOVED = {
    (1, False): (EventKind.DISPUTE_OPENED, "open", 1),
    (1, True): (EventKind.DISPUTE_LOST, "lost", 2),
    (2, False): (EventKind.DISPUTE_WON, "won", 3),
    (3, False): (EventKind.DISPUTE_REVERSED, "lost", 4),
    (3, True): (EventKind.DISPUTE_REVERSED, "lost", 4),
}


def dispute_of(found: Found) -> Dispute | None:
    """None while no money has been taken: an inquiry, or a dispute that was prevented.

    Won, and not yet given back, it is still open: the books follow the money. ValueError for money that moved in parts, or more often
    than out, back and out again.
    """
    status = text_of(found, "status")
    moves = [row for row in found["balance_transactions"] if row["amount"] != 0]
    if not moves:
        return None
    out = sorted((row for row in moves if row["amount"] < 0), key=lambda row: moment_of(row, "created"))
    first = out[0]
    same = all((abs(row["amount"]), row["currency"]) == (-first["amount"], first["currency"]) for row in moves)
    if not same or 2 * len(out) - len(moves) not in (0, 1) or (len(moves), status == "lost") not in _MOVED:
        raise ValueError("its money has moved in a way that we cannot follow")
    kind, state, version = _MOVED[len(moves), status == "lost"]
    fee = from_stripe(first["fee"], first["currency"])
    if fee.minor < 0:
        raise ValueError("a fee is not below zero")
    due = found["evidence_details"]["due_by"]
    return Dispute(
        ref=text_of(found, "id"), payment=text_of(found, "payment_intent"), kind=kind, state=state, version=version,
        amount=-from_stripe(first["amount"], first["currency"]), fee=fee, reason=text_of(found, "reason")[:80],
        due_at=moment_of(found["evidence_details"], "due_by") if due else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What was said to a dispute so far. `over`: decided, or never to be answered."""

    over: bool
    lost: bool
    submitted: bool
    evidence: str
    due_at: datetime | None


def answered_of(found: Found) -> Answered:
    status, details = text_of(found, "status"), found["evidence_details"]
    return Answered(
        over=status not in ("needs_response", "warning_needs_response", "under_review", "warning_under_review"), lost=status == "lost",
        submitted=details["submission_count"] > 0, evidence=str(found["evidence"].get("uncategorized_text") or ""),
        due_at=moment_of(details, "due_by") if details["due_by"] else None,
    )  # fmt: skip


def line_of(found: Found, sessions: Mapping[str, str]) -> StatementLine:
    """A balance transaction with its source. `sessions`: payment → the checkout that took it. What is none of ours keeps its own
    number: a person looks at it."""
    source = found["source"]
    kind = _LINES.get(text_of(found, "type"), "other")
    if kind == "adjustment":
        disputed = isinstance(source, Mapping) and source.get("object") == "dispute" and found["amount"] != 0
        kind = "other" if not disputed else "chargeback" if found["amount"] < 0 else "chargeback_returned"
    if not isinstance(source, Mapping):
        source, kind = {}, "other"
    ref, reference = text_of(found, "id"), ""
    if kind == "checkout":
        ref, reference = sessions.get(source.get("payment_intent") or "", "") or text_of(source, "id"), ours(source, INTENT)
    elif kind == "refund":
        ref, reference = text_of(source, "id"), ours(source, REFUND)
    elif kind == "payout":
        ref, reference = text_of(source, "id"), ours(source, PAYOUT)
    elif kind.startswith("withdrawal"):
        reference = text_of(source, "id")  # one payout there has two transactions when our bank did not take it
    elif kind.startswith("chargeback"):
        ref, reference = _movement(source, ref), text_of(source, "id")
    currency = found["currency"]
    return StatementLine(
        ref=ref, kind=kind, reference=reference, gross=from_stripe(found["amount"], currency), fee=from_stripe(found["fee"], currency),
        net=from_stripe(found["net"], currency), settled_at=moment_of(found, "created"),
    )  # fmt: skip


def _movement(dispute: Found, transaction: str) -> str:
    """Which movement of the dispute's money this is: a dispute that was won and taken again has two of one amount."""
    moves = [row for row in dispute["balance_transactions"] if row["amount"] != 0]
    moves.sort(key=lambda row: moment_of(row, "created"))
    for n, row in enumerate(moves, 1):
        if row["id"] == transaction:
            return f"{dispute['id']}:{n}"
    return transaction


def moment_of(found: Found, name: str) -> datetime:
    value = found[name]
    if type(value) is not int:
        raise ValueError(f"{name} is not a moment")
    return datetime.fromtimestamp(value, UTC)
