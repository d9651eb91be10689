"""What a provider says is believed only when it is signed by it and fits what we asked for (I12, I13)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from everfair.base.actor import RAIL_ACTOR
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadline
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.states import moving
from everfair.events.payments import PaymentCaptured, PaymentFailed, PaymentMismatched, PayoutFailed, PayoutSettled
from everfair.ledger.actions import post_entry, post_hold, void_hold
from everfair.payments import postings
from everfair.payments.models import Intent, Payout, ProviderEvent
from everfair.payments.providers.port import CheckoutState, EventKind, PayoutState
from everfair.payments.providers.port import ProviderEvent as Said
from everfair.payments.rails import RECIPIENT, rail

log = logging.getLogger(__name__)


def take_event(provider: str, headers: Mapping[str, str], raw_body: bytes) -> str:
    """Verify, keep and apply one event; returns its outcome. A repeated event is answered by its first outcome.

    Raises BadSignature or BadEvent when it cannot be believed: nothing is kept then.
    """
    said = rail(provider).verify_event(headers, raw_body, timezone.now())
    with transaction.atomic():
        kept, fresh = _keep(provider, said, raw_body)
        if not fresh:
            return kept.outcome
        outcome, note = _apply(provider, said, kept.pk)
        ProviderEvent.objects.filter(pk=kept.pk).update(outcome=outcome, outcome_note=note, subject=_subject(said))
        return outcome


def _keep(provider: str, said: Said, raw_body: bytes) -> tuple[ProviderEvent, bool]:
    made = ProviderEvent(
        id=new_id(), provider=provider, account=said.account, event_id=said.event_id, kind=said.kind.value, body=raw_body
    )
    # Two deliveries at once: the second waits at the unique key, then reads the first one's outcome.
    rows = ProviderEvent.objects.bulk_create([made], ignore_conflicts=True)
    kept = ProviderEvent.objects.get(provider=provider, account=said.account, event_id=said.event_id)
    return kept, kept.pk == rows[0].pk


def _subject(said: Said) -> UUID | None:
    try:
        return UUID(said.intent_id)
    except ValueError:
        return None


def _apply(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    match said.kind:
        case EventKind.CHECKOUT_CAPTURED:
            return _captured(provider, said, event_row)
        case EventKind.CHECKOUT_FAILED:
            return _failed(provider, said)
        case EventKind.PAYOUT_PAID | EventKind.PAYOUT_FAILED:
            return _payout(provider, said, event_row)
    return "ignored", ""


def _captured(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    subject = _subject(said)
    intent = Intent.objects.select_for_update().filter(pk=subject, provider=provider).first() if subject else None
    reason = _misfit(intent, said, rail(provider).account)
    if reason or intent is None:
        # Whatever it is, the provider says it has this money: it is booked where a person will look.
        if said.account == rail(provider).account:
            post_entry(
                f"event:{provider}:{said.account}:{said.event_id}:suspense",
                postings.captured_unexpectedly(provider, said.amount),
                kind="payment_mismatch",
                by=RAIL_ACTOR,
                why={"event": said.event_id, "reason": reason},
            )
        emit(PaymentMismatched(event_row, reason), by=RAIL_ACTOR)
        log.error("a captured payment fits nothing", extra={"event": said.event_id, "reason": reason})
        return ("unknown" if intent is None else "mismatch"), reason
    return capture_intent(intent.pk, said.version, said.provider_ref)


def _misfit(intent: Intent | None, said: Said, account: str) -> str:
    """Why the event does not fit the intent; empty when it does."""
    if intent is None:
        return "no such intent"
    if said.account != account:
        return "another account"
    if said.amount != intent.amount:
        return "another amount or currency"
    if said.recipient != RECIPIENT:
        return "another recipient"
    if intent.provider_ref and said.provider_ref != intent.provider_ref:
        return "another checkout"
    return ""


def capture_intent(intent_id: UUID, version: int, provider_ref: str) -> tuple[str, str]:
    """The provider has the money: into the books it goes, and whoever asked is told. Terminal: nothing undoes it."""
    try:
        with moving(Intent.objects.all(), intent_id, "capture", by=RAIL_ACTOR) as intent:
            intent.version = max(intent.version, version)
            intent.provider_ref = intent.provider_ref or provider_ref
            intent.captured_at = EfNow()
            post_entry(
                f"intent:{intent.pk}:capture",
                postings.captured(intent.provider, intent.pk, intent.amount),
                kind="payment_captured",
                by=RAIL_ACTOR,
                why={"intent": str(intent.pk), "provider_ref": provider_ref},
            )
            clear_deadline("payments.intent", intent.pk)
            emit(PaymentCaptured(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, intent.amount), by=RAIL_ACTOR)
    except AlreadyDone:
        return "ignored", "captured before"
    return "applied", ""


def _failed(provider: str, said: Said) -> tuple[str, str]:
    subject = _subject(said)
    intent = Intent.objects.select_for_update().filter(pk=subject, provider=provider).first() if subject else None
    if intent is None:
        return "unknown", "no such intent"
    if said.version < intent.version:
        return "ignored", "older than what we know"
    try:
        with moving(Intent.objects.all(), intent.pk, "fail", by=RAIL_ACTOR) as row:
            row.version = said.version
            row.failure = said.failure_code[:80]
            clear_deadline("payments.intent", row.pk)
            emit(PaymentFailed(row.pk, row.purpose_kind, row.purpose, row.company_id), by=RAIL_ACTOR)
    except Refused:
        return "ignored", f"the payment is {intent.state}"
    return "applied", ""


def _payout(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    subject = _subject(said)
    payout = Payout.objects.select_related("bank_account").filter(pk=subject, provider=provider).first() if subject else None
    if payout is None:
        return "unknown", "no such payout"
    if (said.account, said.amount, said.recipient) != (rail(provider).account, payout.amount, payout.bank_account.account):
        emit(PaymentMismatched(event_row, "payout"), by=RAIL_ACTOR)
        return "mismatch", "amount, currency or recipient of the payout"
    return end_payout(payout.pk, paid=said.kind is EventKind.PAYOUT_PAID, failure=said.failure_code)


def end_payout(payout_id: UUID, *, paid: bool, failure: str = "") -> tuple[str, str]:
    """The bank's last word: the held money leaves the wallet, or is free again."""
    try:
        with moving(Payout.objects.all(), payout_id, "settle" if paid else "bounce", by=RAIL_ACTOR, reason=failure) as payout:
            payout.settled_at = EfNow()
            payout.failure = failure[:80]
            if paid:
                transfers = postings.paid_out(payout.provider, payout.company_id, payout.amount)
                post_hold(payout.hold_id, f"payout:{payout.pk}:paid", transfers, kind="payout", by=RAIL_ACTOR)
                emit(PayoutSettled(payout.pk, payout.company_id, payout.amount), by=RAIL_ACTOR)
            else:
                void_hold(payout.hold_id, by=RAIL_ACTOR)
                emit(PayoutFailed(payout.pk, payout.company_id, payout.amount), by=RAIL_ACTOR)
    except Refused as no:
        return "ignored", no.code
    return "applied", ""


def learn_checkout(intent: Intent, found: CheckoutState) -> None:
    """What we asked for ourselves, after an answer did not come. The same tests as for an event."""
    if found.recipient != RECIPIENT or found.amount != intent.amount:
        log.error("a looked-up checkout does not fit its intent", extra={"intent": str(intent.pk)})
        return
    if found.state == "captured":
        capture_intent(intent.pk, found.version, found.ref)
    elif found.state in ("failed", "cancelled"):
        with moving(Intent.objects.all(), intent.pk, "fail", by=RAIL_ACTOR, reason=found.state) as row:
            row.failure = found.state
            emit(PaymentFailed(row.pk, row.purpose_kind, row.purpose, row.company_id), by=RAIL_ACTOR)


def learn_payout(payout: Payout, found: PayoutState) -> None:
    if (found.amount, found.recipient) != (payout.amount, payout.bank_account.account):
        log.error("a looked-up payout does not fit", extra={"payout": str(payout.pk)})
        return
    if found.state in ("paid", "failed"):
        end_payout(payout.pk, paid=found.state == "paid", failure=found.failure_code)
