"""Paying at once, without a provider: from the wallet, or on trade credit."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import find_one
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.companies.roles import MONEY_KEEPING
from everfair.events.payments import PaymentCaptured
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.actions.draws import draw_credit
from everfair.payments.models import Intent, Route
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries import intents_visible_to
from everfair.payments.queries.ways import WAYS
from everfair.payments.values import CREDIT, WALLET


def pay_by(intent_id: UUID, method: str, *, by: Actor) -> Intent:
    """Pay by one of the ways that pay at once; whoever asked for the payment is told as of any other. Twice does it once.

    A way that leads on to a page (`ways_of`) leaves the payment as it is: its page goes on. Refuses an unknown way, an outcome at
    another provider that is not known yet (I14), a payment that is over, a stop on deposits, and what the way itself refuses. A
    provider's page that was left open is no danger: what is paid there as well goes back by itself.
    """
    if method not in WAYS:
        raise Refused("payments.unknown_way", _("There is no such way to pay."), field="method", status=422)
    charge = _CHARGES.get(method)
    if charge is None:
        return find_intent(intent_id, by)
    return paying_at_once(intent_id, method, charge, by=by)


def paying_at_once(intent_id: UUID, method: str, charge: Callable[[Intent, Actor], None], *, by: Actor) -> Intent:
    """Pay it by `charge`, which moves the amount into what was received for it, and refuses what it cannot."""
    seen = find_intent(intent_id, by)
    with part():
        if seen.payee_id is not None:
            refuse_stopped([seen.company_id, seen.payee_id], "deposit")
        intent = lock(intents_visible_to(by), intent_id)
        if intent.state == "captured" and intent.provider == method:
            return intent
        if intent.state == "indeterminate" or find_one(Route, _ASKED, [intent.pk]) is not None:
            raise Refused(
                "payments.outcome_unknown",
                _("The payment provider did not answer. We ask it until we know; please do not pay in another way."),
            )
        if intent.state not in ("created", "open") or find_one(Intent, _PAID, [intent.purpose]) is not None:
            raise Refused("payments.over", _("This payment is over."))
        with stepping(intent, "charge", by=by, reason=method):
            charge(intent, by)
            intent.provider, intent.method, intent.provider_ref, intent.checkout_url = method, method, "", ""
            intent.captured_at = EfNow()  # type: ignore[assignment]
            clear_deadline("payments.intent", intent.pk)
            emit(PaymentCaptured(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, intent.amount), by=by)
    return intent


_PAID = "purpose = %s AND state = 'captured'"
_ASKED = "intent_id = %s AND outcome IN ('asked', 'doubt')"  # what came of it there is not known


def _from_wallet(intent: Intent, by: Actor) -> None:
    if not MONEY_KEEPING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    post_entry(
        f"intent:{intent.pk}:capture",
        postings.paid_from_wallet(intent.pk, intent.company_id, intent.amount),
        kind="payment_from_wallet",
        by=by,
        why={"intent": str(intent.pk)},
    )


def _on_credit(intent: Intent, by: Actor) -> None:
    draw_credit(intent, by=by)


_CHARGES: dict[str, Callable[[Intent, Actor], None]] = {WALLET: _from_wallet, CREDIT: _on_credit}
