"""What an actor may do with a claim now: the table, less what the actions would refuse all the same."""

from __future__ import annotations

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.states import allowed_moves
from everfair.disputes.models import Claim
from everfair.disputes.queries.claims import offers_standing
from everfair.disputes.queries.desk import may_judge
from everfair.disputes.queries.inspecting import contested, is_under_way
from everfair.disputes.queries.rules import span
from everfair.disputes.roles import party
from everfair.disputes.states import ENDED
from everfair.trade.queries.moves import is_withdrawn_for_good

# What comes with another verb, or with the clock.
_NOT_ASKED = {
    "open",
    "agree_return",
    "agree_replacement",
    "propose",
    "rule_finally",
    "confirm_finally",
    "finish",
    "send_back",
    "miss_return",
}


def moves_of(claim: Claim, actor: Actor) -> list[str]:
    """The verbs for buttons and for the API's `moves`; «evidence» while the file is open."""
    found = [verb for verb in allowed_moves(claim, actor) if verb not in _NOT_ASKED and _is_open(verb, claim, actor)]
    if party.admits(actor, claim) and claim.state not in (*ENDED, "ruled", "proposed"):
        found.append("evidence")
    return found


def _is_open(verb: str, claim: Claim, actor: Actor) -> bool:
    by_hand = actor.kind in ("person", "key")
    side = "buyer" if actor.company_id == claim.buyer_id else "seller"
    match verb:
        case "inspect":
            theirs = actor.kind != "operator" or (claim.arbitrator_id == actor.person_id and may_judge(claim, actor.person_id))
            return theirs and bool(contested(claim)) and not is_under_way(claim)
        case "accept":
            return ("seller" if side == "buyer" else "buyer") in offers_standing(claim)
        case "escalate" if by_hand:
            early = claim.created_at + span(claim.order, "disputes.escalate_days") > now()
            if claim.state in ("answering", "talking"):
                return not early
            return claim.state == "replaced" or (claim.state == "returned" and side == "seller")
        case "withdraw":
            return not claim.held_minor or not is_withdrawn_for_good(claim.order)
        case "waive" | "appeal":
            return claim.waived_by != side and claim.instance == 1
        case "rule":
            return (
                claim.arbitrator_id is not None and claim.arbitrator_id == actor.person_id and may_judge(claim, actor.person_id)
            )
        case "confirm":
            return claim.arbitrator_id != actor.person_id and may_judge(claim, actor.person_id)
    return True
