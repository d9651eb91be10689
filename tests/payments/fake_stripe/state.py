"""What the fake Stripe remembers, and what each call does to it. Amounts are in its own units."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Obj = dict[str, Any]
LARGEST = 99_999_999
CURRENCIES = {"usd", "eur", "jpy", "kwd", "ugx", "isk", "mga"}
THOUSANDTHS, CENTS_ALWAYS_ZERO = {"kwd", "bhd", "jod", "omr", "tnd"}, {"isk", "ugx"}


class Error(Exception):
    def __init__(
        self, status: int, message: str, *, code: str = "", param: str = "", type_: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {k: v for k, v in {"type": type_, "code": code, "param": param, "message": message}.items() if v}}


def missing(what: str, key: str) -> Error:
    return Error(404, f"No such {what}: '{key}'", code="resource_missing", param="id")


@dataclass
class State:
    account: str
    livemode: bool = False
    api_version: str = "2026-10-28.endive"
    sessions: dict[str, Obj] = field(default_factory=dict)
    intents: dict[str, Obj] = field(default_factory=dict)
    charges: dict[str, Obj] = field(default_factory=dict)
    refunds: dict[str, Obj] = field(default_factory=dict)
    transfers: dict[str, Obj] = field(default_factory=dict)
    transactions: dict[str, Obj] = field(default_factory=dict)
    disputes: dict[str, Obj] = field(default_factory=dict)
    events: list[Obj] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)  # connected account → its country
    offset_s: float = 0  # how far its clock is from ours
    _n: itertools.count = field(default_factory=lambda: itertools.count(1))

    def now(self) -> int:
        return int(time.time() + self.offset_s)

    def new(self, prefix: str, object_: str, **fields: Any) -> Obj:
        mode = "live_" if self.livemode else "test_"
        # As long as those of Stripe.
        made = f"{prefix}_{mode if prefix == 'cs' else ''}{next(self._n):0{54 if prefix == 'cs' else 24}d}"
        return {"id": made, "object": object_, "created": self.now(), "livemode": self.livemode, **fields}

    # What people at Stripe's pages do

    def pay(self, session_id: str) -> Obj:
        """The payer pays on the hosted page."""
        session = self._open(session_id)
        wish = session["_wish"]
        intent = self.make_intent(session["amount_total"], session["currency"], wish.get("metadata", {}), wish.get("description"))
        session.update(status="complete", payment_status="paid", payment_intent=intent["id"], url=None)
        self.tell("checkout.session.completed", session)
        return intent

    def make_intent(self, amount: int, currency: str, metadata: Mapping[str, str], description: str | None = None) -> Obj:
        """A payment that succeeded; also what somebody makes in the dashboard."""
        intent = self.new("pi", "payment_intent", amount=amount, currency=currency, status="succeeded", metadata=dict(metadata))
        self.intents[intent["id"]] = intent
        charge = self.new(
            "ch",
            "charge",
            amount=amount,
            amount_refunded=0,
            currency=currency,
            payment_intent=intent["id"],
            metadata=dict(metadata),
        )
        self.charges[charge["id"]] = charge
        intent["latest_charge"] = charge["id"]
        intent["description"] = description
        step = 100 if currency in CENTS_ALWAYS_ZERO else 10 if currency in THOUSANDTHS else 1
        fee = amount * 29 // 1000 // step * step + (30 if currency in ("usd", "eur") else 0)
        self.book("charge", amount, currency, charge["id"], fee=fee)
        return intent

    def complete_unpaid(self, session_id: str) -> None:
        """The payer chose a way that takes days."""
        session = self._open(session_id)
        session.update(status="complete", payment_status="unpaid", url=None)
        self.tell("checkout.session.completed", session)

    def run_out(self, session_id: str) -> None:
        session = self._open(session_id)
        session.update(status="expired", url=None)
        self.tell("checkout.session.expired", session)

    def fail_refund(self, refund_id: str) -> None:
        """The payer's bank sent it back."""
        refund = self.refunds[refund_id]
        refund.update(status="failed", failure_reason="expired_or_canceled_card")
        self.book("refund_failure", refund["amount"], refund["currency"], refund_id)
        self.tell("refund.updated", refund)

    def reverse_transfer(self, transfer_id: str) -> None:
        transfer = self.transfers[transfer_id]
        transfer.update(reversed=True, amount_reversed=transfer["amount"])
        self.book("transfer_refund", transfer["amount"], transfer["currency"], transfer_id)
        self.tell("transfer.reversed", transfer)

    def pay_out_to_bank(self, amount: int, currency: str) -> Obj:
        """Stripe pays our own balance to our own bank account, as it does every day."""
        payout = self.new("po", "payout", amount=amount, currency=currency, status="paid", metadata={})
        self.book("payout", -amount, currency, payout["id"], source_object=payout)
        return payout

    def fail_payout(self, payout: Obj) -> None:
        """Our bank did not take it."""
        payout.update(status="failed", failure_code="account_closed")
        self.book("payout_failure", payout["amount"], payout["currency"], payout["id"], source_object=payout)

    # What a payer's bank does

    def open_dispute(
        self, payment: str, amount: int | None = None, *, inquiry: bool = False, days: int = 18, reason: str = "fraudulent"
    ) -> Obj:
        """It takes money back at once; an inquiry asks first, and takes none."""
        intent = self.intents[payment]
        amount = intent["amount"] if amount is None else amount
        details = {"due_by": self.now() + days * 86_400, "has_evidence": False, "past_due": False, "submission_count": 0}
        dispute = self.new(
            "du", "dispute", amount=amount, currency=intent["currency"], charge=intent["latest_charge"], payment_intent=payment,
            status="warning_needs_response" if inquiry else "needs_response", reason=reason, balance_transactions=[], metadata={},
            evidence={"uncategorized_text": None}, evidence_details=details, is_charge_refundable=inquiry,
        )  # fmt: skip
        self.disputes[dispute["id"]] = dispute
        if not inquiry:
            self._move(dispute, -amount, fee=0 if intent["currency"] not in ("usd", "eur") else 1500)
        self.tell("charge.dispute.created", dispute)
        if not inquiry:
            self.tell("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def escalate(self, dispute_id: str) -> None:
        """An inquiry becomes a dispute."""
        dispute = self.disputes[dispute_id]
        assert dispute["status"].startswith("warning_")
        dispute.update(status="needs_response", is_charge_refundable=False)
        self._move(dispute, -dispute["amount"], fee=1500)
        self.tell("charge.dispute.funds_withdrawn", dispute)

    def decide(self, dispute_id: str, verb: str) -> None:
        """win, lose; retake what was won, reinstate what was lost; close an inquiry."""
        dispute = self.disputes[dispute_id]
        match verb:
            case "close":
                dispute["status"] = "warning_closed"
                self.tell("charge.dispute.closed", dispute)
            case "lose":
                dispute["status"] = "lost"
                self.tell("charge.dispute.closed", dispute)
            case "win" | "reinstate":
                dispute["status"] = "won"
                if verb == "win":
                    self.tell("charge.dispute.closed", dispute)  # told before the money is back
                self._move(dispute, dispute["amount"])
                self.tell("charge.dispute.funds_reinstated", dispute)
            case "retake":
                dispute["status"] = "lost"
                self._move(dispute, -dispute["amount"])
                self.tell("charge.dispute.funds_withdrawn", dispute)
            case _:
                raise AssertionError(verb)

    def _move(self, dispute: Obj, amount: int, fee: int = 0) -> None:
        row = self.book("adjustment", amount, dispute["currency"], dispute["id"], fee=fee)
        row["reporting_category"] = "dispute" if amount < 0 else "dispute_reversal"
        dispute["balance_transactions"] = [*dispute["balance_transactions"], shown(row)]

    def book(self, type_: str, amount: int, currency: str, source: str, *, fee: int = 0, source_object: Obj | None = None) -> Obj:
        row = self.new(
            "txn", "balance_transaction", type=type_, amount=amount, currency=currency, fee=fee, net=amount - fee, source=source
        )
        row["exchange_rate"] = None
        row["_source"] = source_object
        self.transactions[row["id"]] = row
        return row

    def tell(self, type_: str, about: Obj) -> None:
        event = self.new("evt", "event", type=type_, api_version=self.api_version, pending_webhooks=1)
        self.events.append(event | {"data": {"object": shown(about)}})

    def _open(self, session_id: str) -> Obj:
        session = self.sessions[session_id]
        assert session["status"] == "open", "its page shows nothing to pay"
        return session

    # What programs ask for

    def open_session(self, asked: Obj, page: Callable[[str], str]) -> Obj:
        (line,) = asked["line_items"].values() if isinstance(asked["line_items"], dict) else asked["line_items"]
        amount, currency = int(line["price_data"]["unit_amount"]) * int(line["quantity"]), line["price_data"]["currency"]
        self._check(amount, currency, "line_items[0][price_data][unit_amount]")
        if asked["mode"] != "payment":
            raise Error(400, "This fake takes payments only", param="mode")
        if not asked["success_url"].startswith(("https://", "http://")):
            raise Error(400, "Not a valid URL", code="url_invalid", param="success_url")
        session = self.new(
            "cs", "checkout.session", amount_total=amount, currency=currency, status="open", payment_status="unpaid", payment_intent=None,
            client_reference_id=asked.get("client_reference_id"), metadata=asked.get("metadata", {}), mode="payment",
            success_url=asked["success_url"], cancel_url=asked.get("cancel_url"), locale=asked.get("locale"),
        )  # fmt: skip
        session["expires_at"] = session["created"] + 86_400
        session["url"] = page(session["id"])
        session["_wish"] = asked.get("payment_intent_data", {})
        self.sessions[session["id"]] = session
        return session

    def expire_session(self, session_id: str) -> Obj:
        session = self.sessions.get(session_id)
        if session is None:
            raise missing("checkout.session", session_id)
        if session["status"] != "open":
            raise Error(
                400, f'Only Checkout Sessions with a status in ["open"] can be expired. It has a status of {session["status"]}.'
            )
        self.run_out(session_id)
        return session

    def cancel_intent(self, intent_id: str) -> Obj:
        intent = self.intents.get(intent_id)
        if intent is None:
            raise missing("payment_intent", intent_id)
        if intent["status"] in ("succeeded", "canceled"):
            raise Error(400, f"You cannot cancel it: {intent['status']}", code="payment_intent_unexpected_state")
        intent["status"] = "canceled"
        return intent

    def make_refund(self, asked: Obj) -> Obj:
        intent = self.intents.get(asked["payment_intent"])
        if intent is None:
            raise missing("payment_intent", asked["payment_intent"])
        charge, amount = self.charges[intent["latest_charge"]], int(asked["amount"])
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise Error(400, "Charge has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise Error(400, f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
        charge["amount_refunded"] += amount
        refund = self.new(
            "re", "refund", amount=amount, currency=intent["currency"], charge=charge["id"], payment_intent=intent["id"], status="succeeded",
            metadata=asked.get("metadata", {}), failure_reason=None,
        )  # fmt: skip
        self.refunds[refund["id"]] = refund
        self.book("refund", -amount, intent["currency"], refund["id"])
        self.tell("refund.created", refund)
        return refund

    def close_dispute(self, dispute_id: str) -> Obj:
        dispute = self._answerable(dispute_id)
        self.decide(dispute_id, "lose")
        return dispute

    def answer_dispute(self, dispute_id: str, asked: Obj) -> Obj:
        dispute = self._answerable(dispute_id)
        text = asked.get("evidence", {}).get("uncategorized_text", "")
        if unknown := set(asked.get("evidence", {})) - {"uncategorized_text"}:
            raise Error(400, f"Received unknown parameter: {sorted(unknown)[0]}", code="parameter_unknown")
        if len(text) > 20_000:
            raise Error(400, "Too long", param="evidence")
        dispute["evidence"] = {"uncategorized_text": text}
        dispute["evidence_details"] = dispute["evidence_details"] | {"has_evidence": True}
        if asked.get("submit", "true") == "true":
            dispute["evidence_details"]["submission_count"] += 1
            dispute["status"] = dispute["status"].replace("needs_response", "under_review")
        return dispute

    def _answerable(self, dispute_id: str) -> Obj:
        if dispute_id not in self.disputes:
            raise missing("dispute", dispute_id)
        dispute = self.disputes[dispute_id]
        if dispute["status"] in ("won", "lost", "warning_closed"):
            raise Error(400, "This dispute is already closed.")
        if dispute["evidence_details"]["submission_count"]:
            raise Error(400, "Evidence for this dispute has been submitted already.")
        return dispute

    def make_transfer(self, asked: Obj) -> Obj:
        if asked["destination"] not in self.accounts:
            raise missing("destination", asked["destination"])
        amount, currency = int(asked["amount"]), asked["currency"]
        self._check(amount, currency, "amount")
        if amount > sum(row["net"] for row in self.transactions.values() if row["currency"] == currency):
            raise Error(400, "You have insufficient available funds in your Stripe account.", code="balance_insufficient")
        transfer = self.new(
            "tr", "transfer", amount=amount, amount_reversed=0, currency=currency, destination=asked["destination"], reversed=False,
            transfer_group=asked.get("transfer_group"), metadata=asked.get("metadata", {}),
        )  # fmt: skip
        self.transfers[transfer["id"]] = transfer
        self.book("transfer", -amount, currency, transfer["id"])
        self.tell("transfer.created", transfer)
        return transfer

    def _check(self, amount: int, currency: str, param: str) -> None:
        if currency not in CURRENCIES:
            raise Error(400, f"Invalid currency: {currency}", param="currency")
        if amount > LARGEST:
            raise Error(400, "Amount must be no more than $999,999.99", code="amount_too_large", param=param)
        if amount < 1 or (currency in ("usd", "eur") and amount < 50):
            raise Error(400, "Amount must convert to at least 50 cents.", code="amount_too_small", param=param)
        if (currency in THOUSANDTHS and amount % 10) or (currency in CENTS_ALWAYS_ZERO and amount % 100):
            raise Error(400, "Invalid amount for this currency", code="invalid_amount", param=param)

    def source_of(self, row: Obj) -> Obj | None:
        for shelf in (self.charges, self.refunds, self.transfers, self.disputes):
            if row["source"] in shelf:
                return shown(shelf[row["source"]])
        return row["_source"]


def shown(found: Obj) -> Obj:
    return {name: value for name, value in found.items() if not name.startswith("_")}
