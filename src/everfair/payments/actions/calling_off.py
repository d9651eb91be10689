"""Payouts that do not go on: called off, so that the money is free again, or taken out until an operator looks."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from everfair.base.actor import SYSTEM, Actor
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.states import moving, stepping
from everfair.events.payments import PayoutCancelled, PayoutTakenOut
from everfair.ledger.actions import void_hold
from everfair.payments.models import Payout
from everfair.payments.states import WAITING_PAYOUT


def free_payout(payout: Payout, why: str, by: Actor) -> None:
    payout.exception, payout.batch_id = why[:500], None
    void_hold(payout.hold_id, by=by)
    emit(PayoutCancelled(payout.pk, payout.company_id), by=by)


def cancel_waiting(
    company_id: UUID,
    *,
    reason: str,
    by: Actor,
    bank_account_id: UUID | None = None,
    currency: str = "",
    least_minor: int | None = None,
) -> int:
    """Call off what waits of this company, newest first: to one account, or in one currency until `least_minor` is free. The caller
    holds the company alone. `reason` is a code of EXCEPTION_WORDS. Returns what is free again, in minor units."""
    waiting = Payout.objects.filter(company_id=company_id, state__in=WAITING_PAYOUT).order_by("-id")
    if bank_account_id is not None:
        waiting = waiting.filter(bank_account_id=bank_account_id)
    if currency:
        waiting = waiting.filter(currency=currency)
    freed = 0
    for payout in waiting.select_for_update(of=("self",)):
        if least_minor is not None and freed >= least_minor:
            break
        with stepping(payout, "cancel", by=SYSTEM, reason=reason):
            free_payout(payout, reason, by)
        freed += payout.amount_minor
    return freed


def take_out(payout_id: UUID, reason: str, *, by: Actor) -> bool:
    """An exception: out of its batch, or out of the way, until an operator looks. False when it has moved on meanwhile.

    Within a batch that is put forward the caller holds the batch.
    """
    try:
        with transaction.atomic(), moving(Payout.objects.all(), payout_id, "take_out", by=by, reason=reason[:300]) as payout:
            payout.exception, payout.batch_id = reason[:500], None
            emit(PayoutTakenOut(payout.pk, payout.company_id), by=by)
    except Refused:
        return False
    return True
