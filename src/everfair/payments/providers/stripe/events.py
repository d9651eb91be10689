"""Stripe's webhooks: proven by the SDK over the raw bytes, fresh by our own clock, ours by account and mode, then read (I12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from everfair.base.money import Money
from everfair.base.signature import SIGNATURES_MAX, TOLERANCE_S
from everfair.base.strict_json import SIZE_MAX, BadJson, read_object
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
    CheckoutState,
    EventKind,
    NothingYet,
    OtherMerchant,
    ProviderEvent,
    StaleSignature,
)
from everfair.payments.providers.stripe import answers
from everfair.payments.providers.stripe.keys import Keys

# What an operator subscribes the endpoint to (docs/guide/operators.md says the same).
TYPES = (
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired", "refund.created", "refund.updated", "transfer.created", "transfer.reversed",
    "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed",
)  # fmt: skip
_MOMENT = re.compile(r"t=([0-9]{1,11})", re.ASCII)


def proven(keys: Keys, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> None:
    """Refuses (BadSignature) what none of the secrets has signed; (StaleSignature) what was signed more than 300 s from now."""
    from stripe import SignatureVerificationError, WebhookSignature

    if len(raw_body) > SIZE_MAX:
        raise BadSignature(f"more than {SIZE_MAX} bytes")
    header = next((text for name, text in headers.items() if name.lower() == "stripe-signature"), "")
    # Taken apart once, strictly, and put together anew: nobody may read another moment than the one that was signed.
    parts = [part.strip() for part in header.split(",")]
    signatures = [part for part in parts if part.startswith("v1=")]
    moments = [part for part in parts if part.partition("=")[0] == "t"]
    moment = _MOMENT.fullmatch(moments[0]) if len(moments) == 1 else None
    if moment is None or not 1 <= len(signatures) <= SIGNATURES_MAX:
        raise BadSignature("the signature is missing or malformed")
    for secret in keys.webhook_secrets:
        try:
            WebhookSignature.verify_header(raw_body, ",".join([moment[0], *signatures]), secret)
            break
        except (SignatureVerificationError, UnicodeError):
            continue
    else:
        raise BadSignature("no signature fits")
    if abs(now.timestamp() - int(moment[1])) > TOLERANCE_S:
        raise StaleSignature("signed too far from now")


def read_event(keys: Keys, raw_body: bytes, taken_by: Callable[[str], CheckoutState | None]) -> ProviderEvent:
    """The event in proven bytes. OtherMerchant: of another account, or of test mode where we are live and the other way round.

    `taken_by`: the checkout that took a payment. A dispute names the payment only; ProviderDown when it cannot be asked for now.
    """
    try:
        event = read_object(raw_body, floats=True)
        if event["object"] != "event":
            raise BadEvent("not an event")
        if event.get("account", keys.account) != keys.account:
            raise OtherMerchant("an event of another account")
        if event["livemode"] is not (not keys.test_mode):
            raise OtherMerchant("test mode and live mode do not mix")
        return _told(keys, event, event["data"]["object"], taken_by)
    except BadJson as error:
        raise BadEvent(f"the event is {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadEvent("the event has not the expected fields") from error


def _told(
    keys: Keys, event: dict[str, Any], inside: dict[str, Any], taken_by: Callable[[str], CheckoutState | None]
) -> ProviderEvent:
    match answers.text_of(event, "type").split("."):
        case ["checkout", "session", verb]:
            return _checkout(keys, event, inside, verb)
        case ["refund", "created" | "updated"]:
            return _refund(keys, event, inside)
        case ["transfer", "created" | "reversed"]:
            return _transfer(keys, event, inside)
        case ["charge", "dispute", "created" | "funds_withdrawn" | "funds_reinstated" | "closed" as verb]:
            return _dispute(keys, event, inside, verb, taken_by)
    raise BadEvent("not a kind of event that we subscribe to")


def _checkout(keys: Keys, event: dict[str, Any], inside: dict[str, Any], verb: str) -> ProviderEvent:
    found = answers.checkout_of(inside)
    if not found.intent_id or inside.get("client_reference_id") != found.intent_id:
        raise BadEvent("a checkout that we did not open")
    match verb:
        case "completed" | "async_payment_succeeded" if found.state == "captured":
            kind, code = EventKind.CHECKOUT_CAPTURED, ""
        case "completed" if found.state == "open":
            raise NothingYet("a payment that takes some days")
        case "async_payment_failed" if found.state != "captured":
            kind, code = EventKind.CHECKOUT_FAILED, "async_payment_failed"
        case "expired" if found.state == "cancelled":
            kind, code = EventKind.CHECKOUT_FAILED, "expired"
        case _:
            raise BadEvent("the state does not belong to this kind of event")
    state = "captured" if kind is EventKind.CHECKOUT_CAPTURED else "failed"
    version = found.version if state == "captured" else 2
    return _event(keys, event, kind, found.intent_id, found.ref, found.amount, found.recipient, version, state, code=code)


def _refund(keys: Keys, event: dict[str, Any], inside: dict[str, Any]) -> ProviderEvent:
    found = answers.refund_of(inside)
    if not found.refund_id:
        raise BadEvent("a refund that we did not ask for")
    if found.state == "pending":
        raise NothingYet("a refund on its way")
    if found.state == "failed":
        raise BadEvent("a refund that came back: the money is at Stripe again")
    intent = answers.ours(inside, answers.INTENT)
    recipient = answers.ours(inside, answers.RECIPIENT)
    return _event(
        keys,
        event,
        EventKind.REFUND_SUCCEEDED,
        intent,
        found.ref,
        found.amount,
        recipient,
        found.version,
        "succeeded",
        found.refund_id,
    )


def _transfer(keys: Keys, event: dict[str, Any], inside: dict[str, Any]) -> ProviderEvent:
    found = answers.payout_of(inside, {account: number for number, account in keys.destinations.items()})
    if not found.payout_id:
        raise BadEvent("a transfer that we did not send")
    kind = EventKind.PAYOUT_FAILED if found.state == "failed" else EventKind.PAYOUT_PAID
    return _event(
        keys,
        event,
        kind,
        found.payout_id,
        found.ref,
        found.amount,
        found.recipient,
        found.version,
        found.state,
        code=found.failure_code,
    )


def _dispute(
    keys: Keys, event: dict[str, Any], inside: dict[str, Any], verb: str, taken_by: Callable[[str], CheckoutState | None]
) -> ProviderEvent:
    """Whichever of its events it is: where the money stood in that moment."""
    if inside["object"] != "dispute" or inside["livemode"] is not (not keys.test_mode):
        raise BadEvent("not a dispute of ours")
    found = answers.dispute_of(inside)
    if verb == "funds_withdrawn" and found is None:
        raise BadEvent("withdrawn, and no transaction that did it")
    if verb == "funds_reinstated" and (found is None or found.kind in (EventKind.DISPUTE_OPENED, EventKind.DISPUTE_LOST)):
        raise BadEvent("reinstated, and no transaction that did it")
    if found is None:
        raise NothingYet("a question of the payer's bank, and no money taken")
    taken = taken_by(found.payment)
    if taken is None or not taken.intent_id:
        raise BadEvent("a dispute of a payment that we did not take")
    said = _event(keys, event, found.kind, taken.intent_id, found.ref, found.amount, taken.recipient, found.version, found.state)
    return replace(said, checkout_ref=taken.ref, fee=found.fee, reason_code=found.reason, evidence_due_at=found.due_at)


def _event(
    keys: Keys, event: dict[str, Any], kind: EventKind, intent_id: str, ref: str, amount: Money, recipient: str, version: int, state: str,
    reference: str = "", code: str = "",
) -> ProviderEvent:  # fmt: skip
    if amount.minor < 1:
        raise BadEvent("an event moves a positive amount")
    return ProviderEvent(
        account=keys.account,
        event_id=answers.text_of(event, "id"),
        kind=kind,
        intent_id=intent_id,
        provider_ref=ref,
        amount=amount,
        currency=amount.currency,
        recipient=recipient,
        version=version,
        occurred_at=answers.moment_of(event, "created"),
        state=state,
        reference=reference or intent_id,
        failure_code=code,
    )
