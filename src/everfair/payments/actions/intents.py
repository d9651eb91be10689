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
from everfair.base.failpoints import failpoint
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import find_one, insert
from everfair.base.states import moving
from everfair.base.together import part
from everfair.events.payments import PaymentFailed
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import Transfer, gathered, received
from everfair.markets.queries import rule
from everfair.payments import postings
from everfair.payments.actions.draws import undo_draw
from everfair.payments.models import Intent
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries import intents_visible_to
from everfair.payments.rails import carrying, configured
from everfair.payments.states import LIVE_INTENT
from everfair.payments.values import CREDIT

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
    payee_id: UUID | None = None,
) -> Intent:
    """Wish to pay `amount` for `purpose`. A live intent for the same purpose is returned instead: one at a time (I14). So is one that was
    captured and that whoever asked has not heard of yet: a second one would only be given back.

    `payee_id`: the company whom it is for in the end; it may have granted the payer credit.
    """
    with part():
        live = find_one(
            Intent,
            "purpose = %s AND (state = 'captured' OR state = ANY(%s)) ORDER BY state = 'captured' DESC LIMIT 1 FOR UPDATE",
            [purpose, list(LIVE_INTENT)],
        )
        if live is not None:
            if live.amount != amount:
                raise Refused("payments.other_amount", _("Another payment for this is under way."))
            return live
        intent = Intent(
            company_id=company_id,
            payee_id=payee_id,
            purpose_kind=purpose_kind,
            purpose=purpose,
            description=description,
            market=market,
            amount_minor=amount.minor,
            currency=amount.currency,
            provider=(carrying("card", amount) or configured("card"))[
                0
            ].code,  # until its payer goes on: then the rails are weighed
            return_path=return_path,
        )
        insert(intent)
        failpoint("payments.intent_opened")
        set_deadline("payments.intent", intent.pk, timedelta(hours=float(rule("payments.intent_hours", market))))
        return intent


def end_intent(intent_id: UUID, verb: str, reason: str) -> None:
    """It fails or expires, for this reason, and whoever asked is told."""
    with moving(
        intents_visible_to(SYSTEM), intent_id, verb, by=SYSTEM if verb == "fail" else CLOCK_ACTOR, reason=reason
    ) as intent:
        intent.failure = reason[:80]
        if intent.reference:
            return_gathered(intent, by=SYSTEM)
        emit(PaymentFailed(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id))


def fail_intent(intent_id: UUID, reason: str) -> None:
    end_intent(intent_id, "fail", reason)


def expire_intent(intent_id: UUID) -> None:
    """Nobody paid in time. Money that comes after all goes to the payer's wallet."""
    end_intent(intent_id, "expire", "expired")


def return_gathered(intent: Intent, *, by: Actor) -> None:
    """Parts that came by bank for a payment that ended in another way are the payer's in the wallet. For a locked intent."""
    held = balance(gathered(intent.pk), intent.currency).posted
    if held.minor:
        post_entry(
            f"intent:{intent.pk}:gathered:return",
            postings.gathered_returned(intent.pk, intent.company_id, held),
            kind="bank_part_returned",
            by=by,
            why={"intent": str(intent.pk), "reason": intent.state},
        )


def spend_received(
    intent_id: UUID, key: str, transfers: Callable[[str, Money], list[Transfer]], *, kind: str, by: Actor
) -> Intent:
    """Hand a captured payment on: `transfers(source address, amount)` says where to."""
    intent = find_intent(intent_id, SYSTEM)
    post_entry(key, transfers(received(intent.pk), intent.amount), kind=kind, by=by, why={"intent": str(intent.pk)})
    return intent


def return_received(intent_id: UUID, *, by: Actor, why: str) -> None:
    """What was paid for is gone: the captured money goes to the payer's wallet, or the debt ends where it was paid on credit. Once,
    however often it is called."""
    intent = find_intent(intent_id, SYSTEM)
    if intent.provider == CREDIT:
        undo_draw(intent, by=by, why=why)
        return
    post_entry(
        f"intent:{intent.pk}:return",
        postings.returned(intent.pk, intent.company_id, intent.amount),
        kind="payment_returned",
        by=by,
        why={"intent": str(intent.pk), "reason": why},
    )
