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
from everfair.trust.actions.drawing import declare_link, draw_reviewers
from everfair.trust.actions.reviewing import (
    ask_applicant,
    grant_verification,
    propose_verification,
    record_check,
    refuse_verification,
    return_verification,
)
from everfair.trust.actions.standing import ask_for_counting, correct_fact, count_standings, refresh_standing

__all__ = [
    "answer_reviewers",
    "ask_applicant",
    "ask_for_counting",
    "begin_verification",
    "correct_fact",
    "count_standings",
    "declare_link",
    "draw_reviewers",
    "fill_check",
    "grant_verification",
    "lapse_verification",
    "propose_verification",
    "record_check",
    "refresh_standing",
    "refuse_verification",
    "resume_review",
    "return_verification",
    "submit_verification",
    "withdraw_verification",
]
