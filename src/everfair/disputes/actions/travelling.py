"""Goods that travel because of a claim: back to the supplier, or new ones to the buyer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.disputes.actions.claiming import files_to_lay, lay_down, named, parties, stepped, taking_up, words
from everfair.disputes.actions.ending import carry_out
from everfair.disputes.actions.talking import settle
from everfair.disputes.models import Claim
from everfair.disputes.queries.rules import span
from everfair.events.disputes import ClaimSettled, GoodsOnTheWay


def hand_over_return(
    claim_id: UUID, carrier: str, number: str, note: str = "", file_ids: Sequence[UUID] = (), *, by: Actor
) -> Claim:
    """The buyer has sent the goods back, with a carrier's number as proof: the supplier's time to confirm begins."""
    with taking_up(claim_id, by=by) as claim, stepped(claim, "hand_over", by=by):
        _tracked(claim, "hand_over", carrier, number, note, file_ids, by)
        clear_deadline("disputes.return", claim.pk)
        set_deadline("disputes.take_back", claim.pk, span(claim.order, "disputes.take_back_days"))
        emit(GoodsOnTheWay(claim.pk, claim.order_id, "buyer"), by=by)
    return claim


def take_back(claim_id: UUID, *, by: Actor) -> Claim:
    """The goods are back (or the supplier is silent after the proof): the agreed money is parted."""
    with taking_up(claim_id, by=by) as claim:
        with stepped(claim, "take_back", by=by):
            lay_down(claim, "move", by=by, verb="take_back")
        settle(claim, "return", _agreed(claim), by=by)
    return claim


def drop_return(claim_id: UUID) -> None:
    """Nothing was sent back in time: the claim ends for the supplier, and what is held is paid out."""
    by = CLOCK_ACTOR
    with taking_up(claim_id, by=by) as claim:
        with stepped(claim, "miss_return", by=by):
            lay_down(claim, "move", by=by, verb="miss_return")
        nothing = Money.zero(claim.currency)
        emit(ClaimSettled(*parties(claim), "dropped", nothing, *named(claim)), by=by)
        carry_out(claim, nothing, "the goods were not sent back in time", kind="settlement", by=by)


def send_again(claim_id: UUID, carrier: str, number: str, note: str = "", file_ids: Sequence[UUID] = (), *, by: Actor) -> Claim:
    """The supplier has sent new goods: the buyer's time to look at them begins. Silence leads to an arbitrator, never to a payout."""
    with taking_up(claim_id, by=by) as claim, stepped(claim, "send_again", by=by):
        _tracked(claim, "send_again", carrier, number, note, file_ids, by)
        clear_deadline("disputes.send_again", claim.pk)
        set_deadline("disputes.replacement", claim.pk, span(claim.order, "trade.receive_days_sea"))
        emit(GoodsOnTheWay(claim.pk, claim.order_id, "seller"), by=by)
    return claim


def take_replacement(claim_id: UUID, *, by: Actor) -> Claim:
    """The new goods are right: the supplier is paid, less what both agreed should go back."""
    with taking_up(claim_id, by=by) as claim:
        with stepped(claim, "take_replacement", by=by):
            lay_down(claim, "move", by=by, verb="take_replacement")
        settle(claim, "replace", _agreed(claim), by=by)
    return claim


def _agreed(claim: Claim) -> Money:
    return Money(claim.offer.amount_minor if claim.offer else 0, claim.currency)


def _tracked(claim: Claim, verb: str, carrier: str, number: str, note: str, file_ids: Sequence[UUID], by: Actor) -> None:
    if not carrier.strip():
        raise Refused("disputes.carrier", _("Please name the carrier."), field="carrier", status=422)
    if not number.strip():
        raise Refused("disputes.tracking", _("Please give the tracking number."), field="number", status=422)
    files = files_to_lay(claim, file_ids, by=by)
    body = {"carrier": carrier.strip()[:120], "number": number.strip()[:80]}
    lay_down(claim, "tracking", by=by, verb=verb, text=words(note, "note", required=False), files=files, body=body)
