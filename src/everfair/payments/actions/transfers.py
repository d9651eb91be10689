"""The payer sends the money from a bank: chosen instead of a card, and taken back while nothing has come."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.events.payments import TransferAwaited
from everfair.ledger.queries import balance
from everfair.ledger.values import gathered
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.bank import account_for
from everfair.payments.models import Intent
from everfair.payments.queries import intents_visible_to
from everfair.payments.references import new_reference


def choose_bank(intent_id: UUID, *, by: Actor) -> Intent:
    """Wait for a transfer with this payment's own reference, longer than for a card. Choosing it again is harmless.

    Refuses where we have no account in this currency, and a payment that is over or in doubt at a provider (I14).
    """
    with part():
        intent = lock(intents_visible_to(by), intent_id)
        if intent.state == "awaiting":
            return intent
        if account_for(intent.currency) is None:
            raise Refused(
                "payments.no_bank_account",
                _("We take no bank transfers in this currency. Please choose another way."),
                status=422,
            )
        with stepping(intent, "transfer", by=by):
            intent.method = "bank"
            intent.reference = intent.reference or new_reference()
            until = now() + timedelta(days=int(_rule("payments.bank_days")))
            set_deadline("payments.intent", intent.pk, until)
            emit(
                TransferAwaited(intent.pk, intent.company_id, intent.amount, intent.purpose_kind, intent.purpose, until),
                by=by,
            )
        return intent


def choose_card(intent_id: UUID, *, by: Actor) -> Intent:
    """Pay in another way after all. A transfer that is under way is still known by its reference and counts when it comes.

    Refuses when a part has come already. Choosing it again is harmless.
    """
    with part():
        intent = lock(intents_visible_to(by), intent_id)
        if intent.state in ("created", "open"):
            return intent
        if balance(gathered(intent.pk), intent.currency).posted.minor:
            raise Refused("payments.part_came", _("A part of your transfer has arrived. Please send the rest the same way."))
        with stepping(intent, "recall", by=by):
            intent.method = "card"
            set_deadline("payments.intent", intent.pk, timedelta(hours=int(_rule("payments.intent_hours"))))
        if intent.provider_ref:
            with stepping(intent, "send", by=SYSTEM):  # its page at the provider was opened before: the same one again
                pass
        return intent


def _rule(name: str) -> Decimal:
    return rules_at(DEFAULT_MARKET)[name]
