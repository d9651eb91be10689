"""Answering, evidence, offers and counter-offers, asking for the arbitrator, stepping back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, clear_deadlines, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import insert
from everfair.disputes.actions.assigning import assign
from everfair.disputes.actions.claiming import files_to_lay, lay_down, named, parties, side_of, stepped, taking_up, words
from everfair.disputes.actions.ending import carry_out
from everfair.disputes.models import REMEDIES, Claim, Exhibit, Offer
from everfair.disputes.queries.claims import held_now, offers_standing
from everfair.disputes.queries.rules import span
from everfair.disputes.roles import party, seller
from everfair.disputes.states import ENDED
from everfair.disputes.values import MONEY_REMEDIES
from everfair.events.disputes import (
    ClaimAnswered,
    ClaimEscalated,
    ClaimSettled,
    ClaimUnanswered,
    ClaimWithdrawn,
    RemedyAgreed,
    RemedyOffered,
)
from everfair.trade.actions import close_issue

OTHER = {"buyer": "seller", "seller": "buyer"}
_TALK = ("disputes.answer", "disputes.talk")


def answer_claim(
    claim_id: UUID,
    text: str,
    file_ids: Sequence[UUID] = (),
    *,
    remedy: str = "",
    amount: Money | None = None,
    by: Actor,
) -> Claim:
    """The supplier's word on it, with an offer where there is one."""
    text = words(text, "text")
    with taking_up(claim_id, by=by) as claim:
        with stepped(claim, "answer", by=by, text=text):
            claim.answered_at = EfNow()  # type: ignore[assignment]
            lay_down(claim, "answer", by=by, verb="answer", text=text, files=files_to_lay(claim, file_ids, by=by))
            clear_deadline("disputes.answer", claim.pk)
            emit(ClaimAnswered(*parties(claim), *named(claim)), by=by)
        if remedy:
            _offer(claim, remedy, amount, text, by)
    return claim


def lay_down_evidence(claim_id: UUID, text: str, file_ids: Sequence[UUID] = (), *, by: Actor) -> Exhibit:
    """Words and files of one side, for good: until the ruling is made. Refuses nothing at all and what comes too late."""
    with taking_up(claim_id, by=by) as claim:
        if not party.admits(by, claim):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if claim.state in (*ENDED, "ruled", "proposed"):
            raise Refused("disputes.file_closed", _("The case file is closed: nothing can be added any more."))
        files = files_to_lay(claim, file_ids, by=by)
        text = words(text, "text", required=not files)
        return lay_down(claim, "note", by=by, text=text, files=files)


def offer_remedy(claim_id: UUID, remedy: str, amount: Money, note: str = "", *, by: Actor) -> Offer:
    """What one side would settle for; it replaces that side's former offer, and the other side may accept it at any moment.

    A supplier's offer is an answer too.
    """
    note = words(note, "note", required=False)
    with taking_up(claim_id, by=by) as claim:
        if claim.state == "answering" and seller.admits(by, claim):
            with stepped(claim, "answer", by=by, text=note):
                claim.answered_at = EfNow()  # type: ignore[assignment]
                clear_deadline("disputes.answer", claim.pk)
                emit(ClaimAnswered(*parties(claim), *named(claim)), by=by)
        return _offer(claim, remedy, amount, note, by)


def _offer(claim: Claim, remedy: str, amount: Money | None, note: str, by: Actor) -> Offer:
    if remedy not in REMEDIES:
        raise Refused("disputes.remedy", _("Please choose what you offer."), field="remedy", status=422)
    if amount is None:
        amount = Money.zero(claim.currency)
    most = held_now(claim.order) if claim.held_minor else claim.order.total
    if amount.currency != claim.currency or not 0 <= amount.minor <= most.minor:
        message = _("Between nothing and %(most)s, please.") % {"most": str(most)}
        raise Refused("disputes.beyond_held", message, field="amount", status=422)
    if amount.minor == 0 and remedy != "replace":
        raise Refused("disputes.amount", _("Please give an amount above zero."), field="amount", status=422)
    side = side_of(claim, by)
    with stepped(claim, "offer", by=by, text=note):
        made = Offer(claim=claim, side=side, remedy=remedy, amount_minor=amount.minor, note=note, by=by.label)
        insert(made)
        body = {"offer": str(made.pk), "remedy": remedy, "amount": f"{amount.amount}", "currency": amount.currency}
        lay_down(claim, "offer", by=by, verb="offer", text=note, body=body)
        emit(RemedyOffered(claim.pk, claim.order_id, side, remedy), by=by)
    return made


def accept_offer(claim_id: UUID, offer_id: UUID, *, by: Actor) -> Claim:
    """Take the other side's last offer. Money is parted at once and the trade is settled; a return or a replacement begins.

    Refuses `disputes.other_offer` when it is not the one that stands: what was seen is what is accepted.
    """
    with taking_up(claim_id, by=by) as claim:
        if not party.admits(by, claim):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if not Offer.objects.filter(pk=offer_id, claim=claim).exists():
            raise NotVisible
        side = side_of(claim, by)
        offer = offers_standing(claim).get(OTHER.get(side, ""))
        if claim.state in ("answering", "talking") and (offer is None or offer.pk != offer_id):
            raise Refused("disputes.other_offer", _("This offer does not stand any more. Please look again."))
        if offer is None or offer.pk != offer_id:
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        amount = Money(offer.amount_minor, claim.currency)
        body = {"offer": str(offer.pk), "remedy": offer.remedy, "amount": f"{amount.amount}", "currency": claim.currency}
        if offer.remedy in MONEY_REMEDIES:
            with stepped(claim, "accept", by=by):
                claim.offer = offer
                lay_down(claim, "move", by=by, verb="accept", body=body)
            settle(claim, offer.remedy, amount, by=by)
            return claim
        verb, days = _TRAVELS[offer.remedy]
        with stepped(claim, verb, by=by):
            claim.offer = offer
            lay_down(claim, "move", by=by, verb=verb, body=body)
            clear_deadlines(_TALK, claim.pk)
            set_deadline(_GOODS_DUE[offer.remedy], claim.pk, span(claim.order, days))
            emit(RemedyAgreed(claim.pk, claim.order_id, side, offer.remedy), by=by)
    return claim


_TRAVELS = {
    "return": ("agree_return", "disputes.return_days"),
    "replace": ("agree_replacement", "disputes.replacement_days"),
}
_GOODS_DUE = {"return": "disputes.return", "replace": "disputes.send_again"}


def settle(claim: Claim, remedy: str, to_buyer: Money, *, by: Actor) -> None:
    """What both agreed to is done: part the money, tell everybody."""
    emit(ClaimSettled(*parties(claim), remedy, to_buyer, *named(claim)), by=by)
    carry_out(claim, to_buyer, "the settlement of the claim", kind="settlement", by=by)


def escalate_claim(claim_id: UUID, text: str = "", *, by: Actor) -> Claim:
    """Ask for an arbitrator. By hand from the day the rule says (4th), or once goods sent back or again are in dispute; by itself later."""
    text = words(text, "text", required=False)
    with taking_up(claim_id, by=by) as claim:
        by_hand = by.kind in ("person", "key")
        early = claim.created_at + span(claim.order, "disputes.escalate_days") > now()
        if by_hand and claim.state in ("answering", "talking") and early:
            raise Refused("disputes.too_early", _("Please give both sides time to talk first."))
        if claim.state == "returned" and by_hand and not seller.admits(by, claim):
            raise Refused("disputes.wait_for_seller", _("The goods are on their way back: wait until the supplier confirms."))
        if claim.state == "replacing" and by_hand:
            raise Refused("disputes.wait_for_goods", _("The new goods are not due yet."))
        with stepped(claim, "escalate", by=by, text=text):
            claim.escalated_at = EfNow()  # type: ignore[assignment]
            lay_down(claim, "move", by=by, verb="escalate", text=text)
            clear_deadlines((*_TALK, "disputes.take_back", "disputes.send_again", "disputes.replacement"), claim.pk)
            assign(claim)
            emit(ClaimEscalated(claim.pk, claim.order_id, side_of(claim, by)), by=by)
    return claim


def note_silence(claim_id: UUID, *, by: Actor) -> None:
    """The supplier has not answered in time: both are told, and it counts for standing. The claim goes on to its next deadline."""
    with taking_up(claim_id, by=by) as claim:
        if claim.state != "answering":
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        lay_down(claim, "late", by=by, verb="answer")
        emit(ClaimUnanswered(*parties(claim), *named(claim)), by=by)


def withdraw_claim(claim_id: UUID, *, by: Actor) -> Claim:
    """The buyer steps back: what was held thaws, and the time to confirm begins anew, as often as the contract allows."""
    with taking_up(claim_id, by=by) as claim:
        with stepped(claim, "withdraw", by=by):
            lay_down(claim, "move", by=by, verb="withdraw")
            emit(ClaimWithdrawn(*parties(claim), *named(claim)), by=by)
        if claim.held_minor:
            close_issue(claim.order_id, by=by)
    return claim
