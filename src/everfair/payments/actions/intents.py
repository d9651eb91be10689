"""Payments in: what is to be paid, and what becomes of the money when it is here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import find_one, insert
from everfair.base.states import moving
from everfair.base.together import part
from everfair.events.payments import PaymentFailed
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, received
from everfair.markets.queries import rule
from everfair.payments import postings
from everfair.payments.models import Intent
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries import intents_visible_to
from everfair.payments.rails import configured
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
            provider=configured("card")[0].code,  # until its payer goes on: then the rails are weighed
            return_path=return_path,
        )
        insert(intent)
        set_deadline("payments.intent", intent.pk, timedelta(hours=float(rule("payments.intent_hours", market))))
        return intent


def end_intent(intent_id: UUID, verb: str, reason: str) -> None:
    """It fails or expires, for this reason, and whoever asked is told."""
    with moving(
        intents_visible_to(SYSTEM), intent_id, verb, by=SYSTEM if verb == "fail" else CLOCK_ACTOR, reason=reason
    ) as intent:
        intent.failure = reason[:80]
        emit(PaymentFailed(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id))


def fail_intent(intent_id: UUID, reason: str) -> None:
    end_intent(intent_id, "fail", reason)


def expire_intent(intent_id: UUID) -> None:
    """Nobody paid in time. Money that comes after all goes to the payer's wallet."""
    end_intent(intent_id, "expire", "expired")


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
