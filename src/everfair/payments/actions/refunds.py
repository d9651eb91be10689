"""Money that goes back the way it came: the late success of a payment that another one had taken the place of."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from everfair.base.actor import RAIL_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.failpoints import failpoint
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import find_one, insert
from everfair.base.states import moving, stepping
from everfair.events.payments import RefundFailed, RefundOwed, RefundSettled
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.bank import RAIL
from everfair.payments.models import Intent, Refund
from everfair.payments.providers.port import OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.rails import client

log = logging.getLogger(__name__)


def owe_back(intent: Intent, rail: str, checkout_ref: str, *, received: bool = False) -> Refund:
    """This rail holds the payer's money once more than was asked for: from now on it is owed back, and the worker sends it.

    For a locked intent. `received`: the money stands as received for this intent already; else it comes in by this. Once for each
    checkout.
    """
    known = find_one(Refund, "rail = %s AND checkout_ref = %s", [rail, checkout_ref])
    if known is not None:
        return known
    refund = Refund(
        id=new_id(), intent=intent, company_id=intent.company_id, rail=rail, checkout_ref=checkout_ref,
        amount_minor=intent.amount_minor, currency=intent.currency,
    )  # fmt: skip
    insert(refund)
    owed = (
        postings.owed_back(intent.pk, refund.pk, intent.amount)
        if received
        else postings.captured_late(rail, refund.pk, intent.amount)
    )
    why = {"intent": str(intent.pk), "provider_ref": checkout_ref}
    post_entry(f"refund:{refund.pk}:owed", owed, kind="refund_owed", by=RAIL_ACTOR, why=why)
    emit(RefundOwed(refund.pk, refund.company_id, refund.amount), by=RAIL_ACTOR)
    return refund


def send_refund(refund_id: UUID) -> None:
    """Ask the rail, by the refund's own id: asking twice does it once. Not inside a transaction."""
    refund = Refund.objects.get(pk=refund_id)
    if refund.state not in ("requested", "indeterminate"):
        return
    if refund.rail == RAIL:
        _keep(refund_id, "bank")  # there is nobody to ask: what came by transfer goes back by the desk
        return
    try:
        client(refund.rail).refund(str(refund.pk), refund.checkout_ref, refund.amount)
    except ProviderDown:
        return  # nothing happened; the chore comes back
    except OutcomeUnknown:
        if refund.state == "requested":
            with moving(Refund.objects.all(), refund_id, "doubt", by=SYSTEM):
                return
        return
    except ProviderRefused as no:
        _keep(refund_id, no.code)
        return
    failpoint("payments.refund_answered")
    settle_refund(refund_id, by=SYSTEM)


def settle_refund(refund_id: UUID, *, by: Actor) -> tuple[str, str]:
    try:
        with transaction.atomic(), moving(Refund.objects.all(), refund_id, "settle", by=by) as refund:
            refund.settled_at = EfNow()
            why = {"intent": str(refund.intent_id), "provider_ref": refund.checkout_ref}
            transfers = postings.refunded(refund.rail, refund.pk, refund.amount)
            post_entry(f"refund:{refund.pk}:done", transfers, kind="refund", by=by, why=why)
            emit(RefundSettled(refund.pk, refund.company_id, refund.amount), by=by)
    except Refused as no:
        return "ignored", no.code
    return "applied", ""


def charge_back_refund(refund_id: UUID, most: Money) -> Money:
    """The payer's bank took this checkout back while the refund was still to be sent: it is not sent. Returns how much of it, up to
    `most`, covers the chargeback; the rest is the payer's in the wallet. Nothing of one that went out already (I10)."""
    refund = find_one(Refund, "id = %s AND state = 'requested' FOR UPDATE", [refund_id])
    if refund is None:
        return Money.zero(most.currency)
    amount = Money(min(most.minor, refund.amount_minor), refund.currency)
    with stepping(refund, "charge_back", by=RAIL_ACTOR):
        refund.settled_at = EfNow()  # type: ignore[assignment]
        rest = refund.amount - amount
        if rest:
            why = {"intent": str(refund.intent_id), "reason": "charged back"}
            transfers = postings.refund_kept(refund.pk, refund.company_id, rest)
            post_entry(f"refund:{refund.pk}:kept", transfers, kind="refund_kept", by=RAIL_ACTOR, why=why)
    return amount


def _keep(refund_id: UUID, failure: str) -> None:
    """The rail will not take it back: it is in the payer's wallet, and the payer is told."""
    with moving(Refund.objects.all(), refund_id, "fail", by=SYSTEM, reason=failure) as refund:
        refund.failure = failure[:80]
        refund.settled_at = EfNow()
        why = {"intent": str(refund.intent_id), "reason": failure}
        transfers = postings.refund_kept(refund.pk, refund.company_id, refund.amount)
        post_entry(f"refund:{refund.pk}:kept", transfers, kind="refund_kept", by=SYSTEM, why=why)
        emit(RefundFailed(refund.pk, refund.company_id, refund.amount), by=SYSTEM)
