"""Everything that writes about claims, by what it does."""

from everfair.disputes.actions.ending import carry_out_again
from everfair.disputes.actions.grounds import set_ground
from everfair.disputes.actions.inspecting import inspect_claim, read_inspections
from everfair.disputes.actions.opening import Complaint, open_claim
from everfair.disputes.actions.ruling import (
    appeal_ruling,
    check_ruling,
    finish_claim,
    replace_arbitrator,
    rule_claim,
    take_case,
    waive_appeal,
)
from everfair.disputes.actions.talking import (
    accept_offer,
    answer_claim,
    escalate_claim,
    lay_down_evidence,
    note_silence,
    offer_remedy,
    withdraw_claim,
)
from everfair.disputes.actions.travelling import drop_return, hand_over_return, send_again, take_back, take_replacement

__all__ = [
    "Complaint",
    "accept_offer",
    "answer_claim",
    "appeal_ruling",
    "carry_out_again",
    "check_ruling",
    "drop_return",
    "escalate_claim",
    "finish_claim",
    "hand_over_return",
    "inspect_claim",
    "lay_down_evidence",
    "note_silence",
    "offer_remedy",
    "open_claim",
    "read_inspections",
    "replace_arbitrator",
    "rule_claim",
    "send_again",
    "set_ground",
    "take_back",
    "take_case",
    "take_replacement",
    "waive_appeal",
    "withdraw_claim",
]
