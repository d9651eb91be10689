"""What a claim's end does to the money: the ledger parts what is held at once, or as soon as no stop keeps it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import set_deadline
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import as_it_is, save_changes
from everfair.disputes.actions.claiming import taking_up
from everfair.disputes.models import Claim
from everfair.disputes.queries.claims import held_now
from everfair.trade.actions import divide_held

AGAIN_AFTER = timedelta(days=1)


def carry_out(claim: Claim, to_buyer: Money, reason: str, *, kind: str, by: Actor) -> None:
    """Part what is held as agreed or ruled. What was paid after the ruling goes back to the buyer with it.

    A stop on release keeps everything where it is, and the clock tries again every day: what was decided stands. Nothing moves where
    nothing was held.
    """
    before = as_it_is(claim)
    claim.to_buyer_minor = to_buyer.minor
    if claim.held_minor:
        held = held_now(claim.order)
        if to_buyer > held:
            to_buyer = held
        try:
            with transaction.atomic():
                divide_held(claim.order_id, to_buyer, reason, kind=kind, by=by)
            claim.carried_out_at = EfNow()  # type: ignore[assignment]
        except Refused as no:
            if no.code != "companies.stopped":
                raise
            set_deadline("disputes.execute", claim.pk, AGAIN_AFTER)
    save_changes(claim, before)


def carry_out_again(claim_id: UUID) -> None:
    """The clock's daily try while a stop keeps the money."""
    with taking_up(claim_id, by=CLOCK_ACTOR) as claim:
        if claim.carried_out_at is not None or claim.to_buyer is None:
            raise Refused("disputes.nothing_to_do", _("This is not possible in the present state."))
        kind = "ruling" if claim.state == "decided" else "settlement"
        carry_out(claim, claim.to_buyer, _REASONS[kind], kind=kind, by=CLOCK_ACTOR)


_REASONS = {"ruling": "the ruling on the claim", "settlement": "the settlement of the claim"}
