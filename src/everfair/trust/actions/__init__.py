"""Everything that writes."""

from everfair.trust.actions.applying import (
    answer_reviewers,
    begin_verification,
    fill_check,
    lapse_verification,
    resume_review,
    submit_verification,
    withdraw_verification,
)
from everfair.trust.actions.complaining import (
    decide_complaint,
    draw_for_complaint,
    hear_complaint,
    make_complaint,
    propose_finding,
    reply_complaint,
    return_complaint,
    settle_complaint,
)
from everfair.trust.actions.drawing import declare_link, draw_reviewers
from everfair.trust.actions.punishing import (
    appeal_points,
    confirm_points,
    decide_points_appeal,
    drop_points,
    end_sanction,
    give_points,
    propose_points,
    take_up_points,
)
from everfair.trust.actions.reviewing import (
    ask_applicant,
    grant_verification,
    propose_verification,
    record_check,
    refuse_verification,
    return_verification,
)

__all__ = [
    "answer_reviewers",
    "appeal_points",
    "ask_applicant",
    "begin_verification",
    "confirm_points",
    "decide_complaint",
    "decide_points_appeal",
    "declare_link",
    "draw_for_complaint",
    "draw_reviewers",
    "drop_points",
    "end_sanction",
    "fill_check",
    "give_points",
    "grant_verification",
    "hear_complaint",
    "lapse_verification",
    "make_complaint",
    "propose_finding",
    "propose_points",
    "propose_verification",
    "record_check",
    "refuse_verification",
    "reply_complaint",
    "resume_review",
    "return_complaint",
    "return_verification",
    "settle_complaint",
    "submit_verification",
    "take_up_points",
    "withdraw_verification",
]
