"""Ruling, the second pair of eyes, the appeal, and the moment a ruling is final."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money, exponent
from everfair.base.refused import Refused
from everfair.base.rows import as_it_is, insert, save_changes
from everfair.disputes.actions.assigning import assign, ruling_due
from everfair.disputes.actions.claiming import lay_down, named, parties, side_of, stepped, taking_up, words
from everfair.disputes.actions.ending import carry_out
from everfair.disputes.models import Appeal, Assignment, Claim, Ground, Ruling, RulingCheck
from everfair.disputes.queries.claims import claim_lines, exhibits_of, file_hash, held_now, rulings_of
from everfair.disputes.queries.desk import may_judge, why_not
from everfair.disputes.queries.grounds import ground as ground_of
from everfair.disputes.queries.rules import number, span
from everfair.disputes.roles import ARBITER, party
from everfair.events.disputes import ClaimRuled, RulingAppealed, RulingGiven, RulingOverdue


def rule_claim(claim_id: UUID, ground: str, to_buyer: Money, reasons: str, *, seen: int, by: Actor) -> Claim:
    """The arbitrator whose case it is decides: exactly `to_buyer` of what is held goes back, the rest to the seller less the fee.

    `seen` is the number of the last leaf they read: refused when the file has grown since. From `disputes.two_person_amount` held on, a
    second person looks first. The first ruling is open to appeal, and the money stays frozen until then; one on appeal is final.
    """
    reasons = words(reasons, "reasons")
    with taking_up(claim_id, by=by) as claim:
        refuse_judge(claim, by, assigned=True)
        exhibits = exhibits_of(claim)
        if seen != len(exhibits):
            raise Refused("disputes.file_grew", _("Something was added to the file meanwhile. Please read it first."))
        found = ground_of(ground)
        if found is None:
            raise Refused("disputes.ground", _("Please choose the ground."), field="ground", status=422)
        ruling = _ruling(claim, found, to_buyer, reasons, file_hash(exhibits), by)
        limit = Decimal(number(claim.order, "disputes.two_person_amount")).scaleb(exponent(claim.currency))
        if ruling.held_minor >= limit:
            with stepped(claim, "propose", by=by, text=reasons):
                insert(ruling)
                _lay_down(claim, ruling, "propose", by)
            return claim
        insert(ruling)
        _give(claim, ruling, "rule" if claim.instance == 1 else "rule_finally", by)
    return claim


def _ruling(claim: Claim, ground: Ground, to_buyer: Money, reasons: str, digest: str, by: Actor) -> Ruling:
    held = held_now(claim.order) if claim.held_minor else claim.amount
    if to_buyer.currency != claim.currency or not 0 <= to_buyer.minor <= held.minor:
        message = _("Between nothing and %(most)s, please.") % {"most": str(held)}
        raise Refused("disputes.beyond_held", message, field="amount", status=422)
    share = (Decimal(to_buyer.minor) / held.minor).quantize(Decimal("0.000001")) if held else Decimal(0)
    first = claim_lines(claim)[0].line
    return Ruling(
        claim=claim,
        instance=claim.instance,
        person_id=by.person_id,
        ground=ground,
        held_minor=held.minor,
        to_buyer_minor=to_buyer.minor,
        buyer_share=share,
        reasons=reasons,
        file_hash=digest,
        category=str(first.snapshot.get("category") or ""),
        currency=claim.currency,
    )


def check_ruling(claim_id: UUID, ruling_id: UUID, confirmed: bool, note: str = "", *, by: Actor) -> Claim:
    """A second person's word on a proposed ruling: confirmed, or sent back with a reason. Never the one who made it (I16)."""
    note = words(note, "note", required=not confirmed)
    with taking_up(claim_id, by=by) as claim:
        refuse_judge(claim, by, assigned=False)
        ruling = rulings_of(claim)[-1:]
        if claim.state != "proposed" or not ruling or ruling[0].pk != ruling_id:
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        if ruling[0].person_id == by.person_id:
            raise Refused("disputes.own_ruling", _("You made this ruling: somebody else looks at it."), status=403)
        check = RulingCheck(
            ruling=ruling[0], made_by=ruling[0].person_id, checked_by=by.person_id, confirmed=confirmed, note=note
        )
        insert(check)
        if confirmed:
            _give(claim, ruling[0], "confirm" if claim.instance == 1 else "confirm_finally", by)
        else:
            with stepped(claim, "send_back", by=by, text=note):
                lay_down(claim, "move", by=by, verb="send_back")
                set_deadline("disputes.rule", claim.pk, ruling_due(claim))
    return claim


def _give(claim: Claim, ruling: Ruling, verb: str, by: Actor) -> None:
    with stepped(claim, verb, by=by, text=ruling.reasons):
        _lay_down(claim, ruling, verb, by)
        clear_deadline("disputes.rule", claim.pk)
        if claim.instance == 1:
            set_deadline("disputes.appeal", claim.pk, span(claim.order, "disputes.appeal_days"))
        emit(RulingGiven(claim.pk, claim.order_id, claim.instance), by=by)
    if claim.instance == 2:
        _final(claim, ruling, by)


def _lay_down(claim: Claim, ruling: Ruling, verb: str, by: Actor) -> None:
    body = {"ruling": str(ruling.pk), "ground": ruling.ground.code, "version": ruling.ground.version}
    body |= {"to_buyer_minor": ruling.to_buyer_minor, "held_minor": ruling.held_minor, "file_hash": ruling.file_hash}
    lay_down(claim, "ruling", by=by, verb=verb, text=ruling.reasons, body=body)


def _final(claim: Claim, ruling: Ruling, by: Actor) -> None:
    to_buyer = Money(ruling.to_buyer_minor, claim.currency)
    emit(
        ClaimRuled(*parties(claim), ruling.ground.code, ruling.buyer_share, to_buyer, *named(claim)),
        by=by,
    )
    later = held_now(claim.order).minor - ruling.held_minor if claim.held_minor else 0
    # What was paid after the ruling was made is not the seller's by it: it goes back whole.
    carry_out(claim, to_buyer + Money(max(later, 0), claim.currency), ruling.reasons, kind="ruling", by=by)


def appeal_ruling(claim_id: UUID, reasons: str, *, by: Actor) -> Claim:
    """Either side, once, until the deadline: a second, different arbitrator rules for good. The money stays frozen."""
    reasons = words(reasons, "reasons")
    with taking_up(claim_id, by=by) as claim:
        if claim.instance == 2:
            raise Refused("disputes.appealed", _("This ruling is final."))
        side = side_of(claim, by)
        with stepped(claim, "appeal", by=by, text=reasons):
            if claim.waived_by == side:
                raise Refused("disputes.waived", _("You have said that you will not appeal."))
            insert(Appeal(claim=claim, side=side, reasons=reasons, by=by.label))
            lay_down(claim, "appeal", by=by, verb="appeal", text=reasons)
            claim.instance = 2
            clear_deadline("disputes.appeal", claim.pk)
            assign(claim)
            emit(RulingAppealed(claim.pk, claim.order_id, side), by=by)
    return claim


def waive_appeal(claim_id: UUID, *, by: Actor) -> Claim:
    """One side takes the ruling as it is; when both do, it is carried out at once."""
    with taking_up(claim_id, by=by) as claim:
        side = side_of(claim, by)
        if claim.state == "ruled" and party.admits(by, claim) and claim.waived_by not in ("", side):
            _finish(claim, by)
            return claim
        with stepped(claim, "waive", by=by):
            if claim.waived_by == side:
                raise Refused("base.already_done", _("This has been done already."))
            claim.waived_by = side
            lay_down(claim, "move", by=by, verb="waive")
    return claim


def finish_claim(claim_id: UUID) -> None:
    """Nobody appealed in time: the ruling is final."""
    with taking_up(claim_id, by=CLOCK_ACTOR) as claim:
        _finish(claim, CLOCK_ACTOR)


def _finish(claim: Claim, by: Actor) -> None:
    with stepped(claim, "finish", by=by):
        lay_down(claim, "move", by=by, verb="finish")
    _final(claim, rulings_of(claim)[-1], by)


def replace_arbitrator(claim_id: UUID) -> None:
    """The time to rule is over: the case goes to somebody else, with a new deadline, and the operator is told."""
    by = CLOCK_ACTOR
    with taking_up(claim_id, by=by) as claim:
        if claim.state == "proposed":
            with stepped(claim, "send_back", by=by):
                ruling = rulings_of(claim)[-1]
                _expire(claim, ruling)
        if claim.state != "arbitration":
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        before = as_it_is(claim)
        late = claim.arbitrator_id
        claim.missed += 1
        assign(claim)
        save_changes(claim, before)
        lay_down(claim, "late", by=by, verb="rule")
        if late is not None:
            emit(RulingOverdue(claim.pk, claim.order_id, late), by=by)


def _expire(claim: Claim, ruling: Ruling) -> None:
    """A proposal nobody looked at in time does not count; the next arbitrator decides anew."""
    nobody = UUID(int=0)
    insert(RulingCheck(ruling=ruling, made_by=ruling.person_id, checked_by=nobody, confirmed=False))
    lay_down(claim, "move", by=CLOCK_ACTOR, verb="send_back")


def take_case(claim_id: UUID, *, by: Actor) -> Claim:
    """A case for which nobody could be drawn: whoever may judge it takes it."""
    with taking_up(claim_id, by=by) as claim:
        refuse_judge(claim, by, assigned=False)
        if claim.state != "arbitration" or claim.arbitrator_id is not None:
            raise Refused("disputes.taken", _("This case is somebody's already."))
        before = as_it_is(claim)
        claim.arbitrator_id = by.person_id
        insert(Assignment(claim=claim, instance=claim.instance, person_id=by.person_id))
        set_deadline("disputes.rule", claim.pk, ruling_due(claim))
        save_changes(claim, before)
    return claim


def refuse_judge(claim: Claim, by: Actor, *, assigned: bool) -> None:
    """Who has no role, a link to a side, or (`assigned`) not this case, does not decide it."""
    if not ARBITER.admits(by, claim):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if not may_judge(claim, by.person_id):
        message = why_not(claim, by) or _("Your role does not allow this.")
        raise Refused("disputes.linked", message, status=403)
    if assigned and claim.arbitrator_id != by.person_id:
        raise Refused("disputes.not_your_case", _("This case is somebody else's."), status=403)
