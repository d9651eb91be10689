"""Money that leaves, or is taken back, as the desk sees it: what an operator may do with a payout or a batch, and a chargeback's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.states import allowed_moves
from everfair.payments import queries
from everfair.payments.queries.standing import moves_of
from everfair.payments.values import BANK
from everfair.trade.queries import Evidence, defences_of, evidence_of, in_english


def payout_moves(payout: Any, actor: Actor, *, keepers: int) -> list[str]:
    """approve, cancel, readmit by the state table; take_out of its batch; settle and bounce by hand what left by our own bank."""
    moves = moves_of(payout, actor, keepers=keepers)
    if payout.state in ("batched", "released"):
        moves.append("take_out")
    if payout.provider == BANK and payout.state in ("dispatched", "sent"):
        moves.append("settle")
    if payout.provider == BANK and payout.state in ("dispatched", "sent", "paid"):
        moves.append("bounce")
    return moves


def batch_moves(batch: Any, actor: Actor) -> list[str]:
    """prepare, reopen, release, take_file, hand_over: whoever put it forward does not let it go, and only our own bank wants a file."""
    hidden = {"drop"}
    if batch.prepared_by == actor.person_id:
        hidden.add("release")
    if batch.rail != BANK:
        hidden.add("take_file")
    return [verb for verb in allowed_moves(batch, actor) if verb not in hidden]


@dataclass(frozen=True, slots=True)
class ChargebackFile:
    """One chargeback with its payment, from whom it was taken, what the order's file says for the seller (None where it was no order's),
    and what the seller handed in (`sent`)."""

    chargeback: Any
    intent: Any
    takes: list[Any]
    evidence: Evidence | None
    sent: list[Any]

    @property
    def proposal(self) -> str:
        """A draft of the answer: the seller's own words first, then the order's file, as much as the provider takes."""
        parts = [in_english(self.sent), self.evidence.text if self.evidence else ""]
        return "\n\n".join(part for part in parts if part)[: queries.EVIDENCE_MOST]


def chargeback_file(chargeback_id: UUID, actor: Actor) -> ChargebackFile:
    """NotVisible when there is none."""
    found = queries.chargeback(chargeback_id, actor)
    intent = queries.intent(found.intent_id, actor)
    of_order = intent.purpose_kind == "stage" and found.refund_id is None
    evidence = evidence_of(intent.purpose, actor) if of_order else None
    return ChargebackFile(found, intent, queries.takes_of(found.pk), evidence, defences_of(found.pk))
