"""What the clock does with payments: close what nobody paid, send payouts, ask about what we do not know."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from everfair.base.chores import every
from everfair.base.clock import now
from everfair.base.deadlines import on_deadline
from everfair.payments.actions.checkouts import forget_doubt
from everfair.payments.actions.events import learn_checkout, learn_payout
from everfair.payments.actions.intents import expire_intent
from everfair.payments.actions.payouts import send_payout
from everfair.payments.actions.rails import forget_calls, watch_shares
from everfair.payments.actions.refunds import send_refund
from everfair.payments.models import Intent, Payout, Refund
from everfair.payments.providers.port import ProviderError
from everfair.payments.rails import client

log = logging.getLogger(__name__)


@on_deadline("payments.intent")
def intent_runs_out(intent_id: UUID) -> None:
    expire_intent(intent_id)


@every(2, "payments.send_payouts")
def send_payouts() -> int:
    waiting = list(Payout.objects.filter(state="requested").order_by("id").values_list("pk", flat=True)[:20])
    for payout_id in waiting:
        send_payout(payout_id)
    return len(waiting)


@every(5, "payments.send_refunds")
def send_refunds() -> int:
    waiting = list(
        Refund.objects.filter(state__in=["requested", "indeterminate"]).order_by("id").values_list("pk", flat=True)[:20]
    )
    for refund_id in waiting:
        send_refund(refund_id)
    return len(waiting)


@every(60, "payments.watch_shares")
def look_at_shares() -> int:
    return watch_shares()


@every(3600, "payments.forget_calls")
def forget_old_calls() -> int:
    return forget_calls()


@every(15, "payments.ask_providers")
def ask_providers() -> int:
    """Ask about every payment whose outcome is unknown, and about open ones whose event may have been lost."""
    stale = now() - timedelta(minutes=2)
    intents = [
        *Intent.objects.filter(state="indeterminate").order_by("id")[:20],
        *Intent.objects.filter(state="open", created_at__lt=stale).order_by("-id")[:20],
    ]
    for intent in intents:
        try:
            found = client(intent.provider).look_up(str(intent.pk))
        except ProviderError as error:
            log.warning("the provider did not say", extra={"intent": str(intent.pk), "error": type(error).__name__})
            continue
        if found is None and intent.state == "indeterminate" and intent.created_at < stale:
            forget_doubt(intent)
        elif found is not None and found.state != "open":
            learn_checkout(intent, found)
    payouts = Payout.objects.select_related("bank_account").filter(state__in=["sent", "indeterminate"], created_at__lt=stale)
    asked = list(payouts.order_by("id")[:20])
    for payout in asked:
        try:
            state = client(payout.provider).look_up_payout(str(payout.pk))
        except ProviderError as error:
            log.warning("the provider did not say", extra={"payout": str(payout.pk), "error": type(error).__name__})
            continue
        if state is not None:
            learn_payout(payout, state)
    return len(intents) + len(asked)
