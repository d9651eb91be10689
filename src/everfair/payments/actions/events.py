"""What a provider says is believed only when it is signed by it and fits what we asked for (I12, I13)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from everfair.base.actor import RAIL_ACTOR, Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadline
from everfair.base.events import emit
from everfair.base.failpoints import failpoint
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.base.rows import ask, find_one, tell
from everfair.base.states import lock, moving, stepping
from everfair.base.together import all_or_nothing, remember_moment
from everfair.events.payments import PaymentCaptured, PaymentFailed, PaymentMismatched, PayoutFailed, PayoutSettled
from everfair.ledger.actions import post_entry, post_hold, void_hold
from everfair.ledger.values import Transfer
from everfair.payments import postings
from everfair.payments.actions.chargebacks import take_dispute
from everfair.payments.actions.intents import return_gathered
from everfair.payments.actions.refunds import owe_back, settle_refund
from everfair.payments.bank import RAIL
from everfair.payments.models import Intent, Payout, Refund
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
    CheckoutState,
    EventKind,
    OtherMerchant,
    PayoutState,
    StaleSignature,
)
from everfair.payments.providers.port import ProviderEvent as Said
from everfair.payments.queries import intents_visible_to
from everfair.payments.rails import RECIPIENT, client

log = logging.getLogger(__name__)


def take_event(provider: str, headers: Mapping[str, str], raw_body: bytes) -> str:
    """Verify, keep and apply one event; returns its outcome. A repeated event is answered by its first outcome.

    Raises BadSignature or BadEvent when it cannot be believed: nothing is done then (`keep_refused` keeps it for a person). NothingYet
    passes through: there is nothing to do. Raises EventTooEarly for a chargeback that comes before its capture: nothing is kept, and the
    provider tells it again; so it does after ProviderDown, when something had to be asked for and could not.
    """
    said = client(provider).verify_event(headers, raw_body, timezone.now())
    with all_or_nothing():
        event_row = new_id()
        # Two deliveries at once: the second waits at the unique key, then reads the first one's outcome.
        kept = ask(_KEEP, [event_row, provider, said.account, said.event_id, said.kind.value, raw_body])
        if not kept:
            known = ask(_KNOWN, [provider, said.account, said.event_id])
            return str(known[0][0])
        remember_moment(kept[0][0])
        failpoint("payments.event_stored")
        outcome, note = _apply(provider, said, event_row)
        tell(_OUTCOME, [outcome, note, _subject(said), event_row])
        failpoint("payments.event_applied")
    failpoint("payments.event_committed")
    return outcome


_KEEP = """
    INSERT INTO payments_providerevent (id, provider, account, event_id, kind, body, outcome, outcome_note)
    VALUES (%s, %s, %s, %s, %s, %s, 'new', '') ON CONFLICT (provider, account, event_id) DO NOTHING RETURNING ef_now()
"""
_KNOWN = "SELECT outcome FROM payments_providerevent WHERE provider = %s AND account = %s AND event_id = %s"
_OUTCOME = "UPDATE payments_providerevent SET outcome = %s, outcome_note = %s, subject = %s WHERE id = %s"


# So many that nothing proves are kept in an hour; whoever floods us fills no table.
REFUSED_IN_AN_HOUR = 100


def keep_refused(provider: str, raw_body: bytes, error: BadSignature | BadEvent) -> bool:
    """Keep what was not believed for a person to look at: it moves nothing. Once for the same bytes; whether it is new.

    What is signed and yet not ours or not readable is always kept; what nothing proves, up to REFUSED_IN_AN_HOUR.
    """
    proven = isinstance(error, (BadEvent, StaleSignature))
    if not raw_body or (not proven and ask(_REFUSED_LATELY, [provider])[0][0] >= REFUSED_IN_AN_HOUR):
        return False
    note = next(note for kind, note in _REFUSED_BECAUSE if isinstance(error, kind))
    digest = hashlib.sha256(raw_body).hexdigest()
    with all_or_nothing():
        event_row = new_id()
        if not ask(_KEEP, [event_row, provider, "", f"refused:{digest}", "", raw_body]):
            return False
        ask(_OUTCOME, ["refused", note, None, event_row])
        if proven:
            emit(PaymentMismatched(event_row, note), by=RAIL_ACTOR)
    return True


_REFUSED_LATELY = """
    SELECT count(*) FROM payments_providerevent WHERE provider = %s AND outcome = 'refused' AND outcome_note = 'no valid signature'
    AND received_at > ef_now() - interval '1 hour'
"""
_REFUSED_BECAUSE: tuple[tuple[type[Exception], str], ...] = (
    (StaleSignature, "signed too long ago"),
    (BadSignature, "no valid signature"),
    (OtherMerchant, "of another merchant"),
    (BadEvent, "not to be read"),
)


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
        case EventKind.REFUND_SUCCEEDED:
            return _refund(provider, said, event_row)
        case _:
            return take_dispute(provider, said, event_row)


def _refund(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    refund = find_one(Refund, "id::text = %s AND rail = %s", [said.reference, provider])
    if refund is None:
        return "unknown", "no such refund"
    if (said.account, said.amount) != (client(provider).account, refund.amount):
        emit(PaymentMismatched(event_row, "refund"), by=RAIL_ACTOR)
        return "mismatch", "amount or currency of the refund"
    return settle_refund(refund.pk, by=RAIL_ACTOR)


def _captured(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    subject = _subject(said)
    intent = _locked(subject, provider)
    reason = _misfit(intent, provider, said)
    if reason or intent is None:
        # Whatever it is, the provider says it has this money: it is booked where a person will look.
        if said.account == client(provider).account:
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
    return _capture(intent, provider, said.version, said.provider_ref)


def _misfit(intent: Intent | None, provider: str, said: Said) -> str:
    """Why the event does not fit the intent; empty when it does."""
    if intent is None:
        return "no such intent"
    if said.account != client(provider).account:
        return "another account"
    if said.amount != intent.amount:
        return "another amount or currency"
    if said.recipient != RECIPIENT:
        return "another recipient"
    if intent.provider == provider and intent.provider_ref and said.provider_ref != intent.provider_ref:
        return "another checkout"
    return ""


def _locked(intent_id: UUID | None, provider: str) -> Intent | None:
    """The intent, if this provider was ever asked to carry it: the word of one that another has taken the place of counts too."""
    return (
        find_one(Intent, f"id = %s AND (provider = %s OR {_WAS_ASKED}) FOR UPDATE", [intent_id, provider, provider])
        if intent_id
        else None
    )


_WAS_ASKED = "EXISTS (SELECT FROM payments_route r WHERE r.intent_id = payments_intent.id AND r.rail = %s)"


def capture_intent(intent_id: UUID, version: int, provider_ref: str) -> tuple[str, str]:
    """The provider has the money: into the books it goes, and whoever asked is told. Terminal: nothing undoes it."""
    with transaction.atomic():
        intent = lock(intents_visible_to(RAIL_ACTOR), intent_id)
        return _capture(intent, intent.provider, version, provider_ref)


def capture_by_bank(intent: Intent, line_id: UUID) -> tuple[str, str]:
    """All of it has come by transfer and stands gathered: the same way as a provider's word. For a locked intent."""
    return _capture(intent, RAIL, 0, str(line_id), postings.gathered_captured(intent.pk, intent.amount))


def _capture(
    intent: Intent, provider: str, version: int, provider_ref: str, transfers: list[Transfer] | None = None
) -> tuple[str, str]:
    if intent.state == "captured":
        if (intent.provider, intent.provider_ref) == (provider, provider_ref):
            return "ignored", "captured before"
        owe_back(intent, provider, provider_ref)  # a second rail has the money as well (I14)
        return "applied", "captured elsewhere before: it goes back"
    with stepping(intent, "capture", by=RAIL_ACTOR):
        intent.version = max(intent.version, version)
        if intent.provider != provider:
            intent.provider, intent.provider_ref, intent.checkout_url = provider, "", ""
        intent.provider_ref = intent.provider_ref or provider_ref
        intent.captured_at = EfNow()  # type: ignore[assignment]
        post_entry(
            f"intent:{intent.pk}:capture",
            transfers or postings.captured(intent.provider, intent.pk, intent.amount),
            kind="payment_captured",
            by=RAIL_ACTOR,
            why={"intent": str(intent.pk), "provider_ref": provider_ref},
        )
        clear_deadline("payments.intent", intent.pk)
        if intent.reference and provider != RAIL:
            return_gathered(intent, by=RAIL_ACTOR)
        if find_one(Intent, "purpose = %s AND state = 'captured' AND id <> %s", [intent.purpose, intent.pk]) is not None:
            owe_back(intent, provider, intent.provider_ref, received=True)  # what it was for is paid already
            return "applied", "paid by another payment: it goes back"
        emit(PaymentCaptured(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, intent.amount), by=RAIL_ACTOR)
    return "applied", ""


def _failed(provider: str, said: Said) -> tuple[str, str]:
    subject = _subject(said)
    intent = _locked(subject, provider)
    if intent is None:
        return "unknown", "no such intent"
    if intent.provider != provider:
        return "ignored", "another rail carries it"
    if said.version < intent.version:
        return "ignored", "older than what we know"
    try:
        with transaction.atomic(), moving(intents_visible_to(RAIL_ACTOR), intent.pk, "fail", by=RAIL_ACTOR) as row:
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
    if (said.account, said.amount, said.recipient) != (client(provider).account, payout.amount, payout.bank_account.account):
        emit(PaymentMismatched(event_row, "payout"), by=RAIL_ACTOR)
        return "mismatch", "amount, currency or recipient of the payout"
    ended = end_payout(payout.pk, paid=said.kind is EventKind.PAYOUT_PAID, failure=said.failure_code)
    if ended[0] == "ignored":
        payout.refresh_from_db(fields=["state"])
    if ended[0] == "ignored" and (payout.state == "paid") != (said.kind is EventKind.PAYOUT_PAID):
        # The money left and came back, or left although it was said not to: the books follow neither by themselves.
        emit(PaymentMismatched(event_row, "payout"), by=RAIL_ACTOR)
        return "mismatch", "contradicts what the bank said before"
    return ended


def end_payout(payout_id: UUID, *, paid: bool, failure: str = "", by: Actor = RAIL_ACTOR, ref: str = "") -> tuple[str, str]:
    """The rail's or the bank's last word: the held money leaves the wallet, or is free again."""
    try:
        verb = "settle" if paid else "bounce"
        with transaction.atomic(), moving(Payout.objects.all(), payout_id, verb, by=by, reason=failure) as payout:
            payout.settled_at = EfNow()
            payout.failure = failure[:80]
            payout.provider_ref = ref[:80] or payout.provider_ref
            if paid:
                transfers = postings.paid_out(payout.provider, payout.company_id, payout.amount)
                post_hold(payout.hold_id, f"payout:{payout.pk}:paid", transfers, kind="payout", by=by)
                emit(PayoutSettled(payout.pk, payout.company_id, payout.amount), by=by)
            else:
                void_hold(payout.hold_id, by=by)
                emit(PayoutFailed(payout.pk, payout.company_id, payout.amount), by=by)
            failpoint("payments.payout_before_end")
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
        with moving(intents_visible_to(RAIL_ACTOR), intent.pk, "fail", by=RAIL_ACTOR, reason=found.state) as row:
            row.failure = found.state
            emit(PaymentFailed(row.pk, row.purpose_kind, row.purpose, row.company_id), by=RAIL_ACTOR)


def learn_payout(payout: Payout, found: PayoutState) -> None:
    if (found.amount, found.recipient) != (payout.amount, payout.bank_account.account):
        log.error("a looked-up payout does not fit", extra={"payout": str(payout.pk)})
        return
    if found.state in ("paid", "failed"):
        end_payout(payout.pk, paid=found.state == "paid", failure=found.failure_code)
