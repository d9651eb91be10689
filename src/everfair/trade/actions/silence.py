"""The time to confirm is over, and the buyer said nothing."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import SilenceAccepted
from everfair.trade.actions.confirming import announce_for
from everfair.trade.actions.issues import open_silent_case
from everfair.trade.actions.orders import end_deadlines
from everfair.trade.actions.shipping import settle_or_call
from everfair.trade.actions.stages import locked_order, release_stages
from everfair.trade.queries.orders import order as order_of
from everfair.trade.queries.silence import NoEvidence, outcome_of_silence

STOPPED = "the buyer said nothing, and a stop keeps the payment back"


def hear_silence(order_id: UUID) -> None:
    """The time to confirm is over and the buyer said nothing: what is proven pays, as the contract says, or an operator looks (I7).

    A delivery that nobody was told of yet is announced first. A stop on release keeps silence from paying: then an operator looks.
    """
    by = CLOCK_ACTOR
    with part():
        seen = order_of(order_id, by, sides=False)
        stopped = _stopped([seen.buyer_id, seen.seller_id])
        order = locked_order(order_id, by=by)
        if announce_for(order):
            return
        outcome = NoEvidence(STOPPED) if stopped else outcome_of_silence(order)
        if isinstance(outcome, NoEvidence):
            open_silent_case(order_id, outcome.why)
            return
        with stepping(order, "presume", by=by):
            if order.agreement != "agreed":
                raise Refused("trade.not_open", _("This order is not open."))
            order.received_at = EfNow()
            emit(SilenceAccepted(order.pk, order.buyer_id, order.seller_id, outcome.kind), by=by)
            release_stages(order, outcome.kind, outcome.row_id, by=by)
            end_deadlines(order, by=by)
            settle_or_call(order, by=by)


def _stopped(company_ids: list[UUID]) -> bool:
    try:
        refuse_stopped(company_ids, "release")
    except Refused:
        return True
    return False
