"""Payments in: the intent is committed first, the provider is asked with the intent's id, the outcome is committed last."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.rows import find_one, insert
from everfair.base.states import moving
from everfair.base.together import part
from everfair.events.payments import PaymentFailed
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, received
from everfair.markets.queries import rule
from everfair.payments import postings
from everfair.payments.models import Intent
from everfair.payments.providers.port import CheckoutOpened, OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries import intents_visible_to
from everfair.payments.rails import RECIPIENT, provider_for, rail
from everfair.payments.states import LIVE_INTENT

log = logging.getLogger(__name__)


def open_intent(
    *,
    company_id: UUID,
    purpose_kind: str,
    purpose: UUID,
    amount: Money,
    description: str,
    return_path: str,
    market: str,
    by: Actor,
) -> Intent:
    """Wish to pay `amount` for `purpose`. A live intent for the same purpose is returned instead: one at a time (I14)."""
    with part():
        live = find_one(Intent, "purpose = %s AND state = ANY(%s) FOR UPDATE", [purpose, list(LIVE_INTENT)])
        if live is not None:
            if live.amount != amount:
                raise Refused("payments.other_amount", _("Another payment for this is under way."))
            return live
        intent = Intent(
            company_id=company_id,
            purpose_kind=purpose_kind,
            purpose=purpose,
            description=description,
            amount_minor=amount.minor,
            currency=amount.currency,
            provider=provider_for(amount.currency),
            return_path=return_path,
        )
        insert(intent)
        set_deadline("payments.intent", intent.pk, timedelta(hours=float(rule("payments.intent_hours", market))))
        return intent


def start_checkout(intent_id: UUID, *, by: Actor) -> str:
    """The provider's page where the payer pays. Safe to call again: the provider knows the intent by its id.

    Must not run inside a transaction: it calls the provider. Refuses 503 when the provider cannot be reached and 409 when the
    payment is over. An unknown outcome is looked up; while it stays unknown nothing else is tried.
    """
    intent = find_intent(intent_id, by)
    if intent.state == "open":
        return intent.checkout_url
    if intent.state not in LIVE_INTENT:
        raise Refused("payments.over", _("This payment is over."))
    provider = rail(intent.provider)
    try:
        opened = provider.open_checkout(
            intent_id=str(intent.pk),
            amount=intent.amount,
            recipient=RECIPIENT,
            description=intent.description,
            return_url=f"{settings.ADDRESS}{intent.return_path}",
            language=by.language,
        )
    except ProviderDown as down:
        raise Refused(
            "payments.provider_down", _("The payment provider cannot be reached. Nothing was paid; try again."), status=503,
            retry_after_s=down.retry_after_s or 5,
        ) from down  # fmt: skip
    except ProviderRefused as no:
        _end(intent.pk, "fail", no.code)
        raise Refused("payments.provider_refused", _("The payment provider refused this payment.")) from no
    except OutcomeUnknown as doubt:
        with moving(intents_visible_to(SYSTEM), intent.pk, "doubt", by=SYSTEM):
            pass
        raise Refused(
            "payments.outcome_unknown",
            _("The payment provider did not answer. We ask it until we know; please do not pay in another way."),
            status=503,
            retry_after_s=15,
        ) from doubt
    return _opened(intent.pk, opened)


def _opened(intent_id: UUID, opened: CheckoutOpened) -> str:
    try:
        with moving(intents_visible_to(SYSTEM), intent_id, "send", by=SYSTEM) as intent:
            intent.provider_ref = opened.ref
            intent.checkout_url = opened.url
    except (AlreadyDone, Refused):
        # Somebody opened it at the same time, or the event overtook us: both are the same checkout.
        log.info("checkout was opened already", extra={"intent": str(intent_id)})
    return opened.url


def _end(intent_id: UUID, verb: str, reason: str) -> None:
    with moving(
        intents_visible_to(SYSTEM), intent_id, verb, by=SYSTEM if verb == "fail" else CLOCK_ACTOR, reason=reason
    ) as intent:
        intent.failure = reason[:80]
        emit(PaymentFailed(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id))


def fail_intent(intent_id: UUID, reason: str) -> None:
    _end(intent_id, "fail", reason)


def expire_intent(intent_id: UUID) -> None:
    """Nobody paid in time. Money that comes after all goes to the payer's wallet."""
    _end(intent_id, "expire", "expired")


def spend_received(intent_id: UUID, key: str, transfers: Callable[[str, Money], list[Transfer]], *, kind: str, by: Actor) -> None:
    """Hand a captured payment on: `transfers(source address, amount)` says where to."""
    intent = find_intent(intent_id, SYSTEM)
    post_entry(key, transfers(received(intent.pk), intent.amount), kind=kind, by=by, why={"intent": str(intent.pk)})


def return_received(intent_id: UUID, *, by: Actor, why: str) -> None:
    """What was paid for is gone: the captured money goes to the payer's wallet. Once, however often it is called."""
    intent = find_intent(intent_id, SYSTEM)
    post_entry(
        f"intent:{intent.pk}:return",
        postings.returned(intent.pk, intent.company_id, intent.amount),
        kind="payment_returned",
        by=by,
        why={"intent": str(intent.pk), "reason": why},
    )
