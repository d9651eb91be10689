"""What the clock does with claims: every deadline has its stated end."""

from uuid import UUID

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.deadlines import on_deadline
from everfair.disputes.actions import (
    carry_out_again,
    drop_return,
    escalate_claim,
    finish_claim,
    note_silence,
    replace_arbitrator,
    take_back,
)


@on_deadline("disputes.answer")
def nobody_answered(claim_id: UUID) -> None:
    note_silence(claim_id, by=CLOCK_ACTOR)


@on_deadline("disputes.talk")
def nothing_agreed(claim_id: UUID) -> None:
    escalate_claim(claim_id, by=CLOCK_ACTOR)


@on_deadline("disputes.return")
def not_sent_back(claim_id: UUID) -> None:
    drop_return(claim_id)


@on_deadline("disputes.take_back")
def return_not_refused(claim_id: UUID) -> None:
    take_back(claim_id, by=CLOCK_ACTOR)


@on_deadline("disputes.send_again")
def nothing_sent_again(claim_id: UUID) -> None:
    escalate_claim(claim_id, by=CLOCK_ACTOR)


@on_deadline("disputes.replacement")
def new_goods_not_confirmed(claim_id: UUID) -> None:
    escalate_claim(claim_id, by=CLOCK_ACTOR)


@on_deadline("disputes.rule")
def not_ruled(claim_id: UUID) -> None:
    replace_arbitrator(claim_id)


@on_deadline("disputes.appeal")
def nobody_appealed(claim_id: UUID) -> None:
    finish_claim(claim_id)


@on_deadline("disputes.execute")
def still_to_carry_out(claim_id: UUID) -> None:
    carry_out_again(claim_id)
