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
from everfair.trust.actions.lists import (
    TakenList,
    put_in_force,
    take_list,
)
from everfair.trust.actions.reviewing import (
    ask_applicant,
    grant_verification,
    propose_verification,
    record_check,
    refuse_verification,
    return_verification,
)
from everfair.trust.actions.screening import (
    Alike,
    ask_for_changed,
    ask_screening,
    clear_hit,
    confirm_hit,
    finish_screening,
    propose_hit,
    refuse_unscreened,
    reopen_hit,
    return_hit,
)
from everfair.trust.actions.standing import ask_for_counting, correct_fact, count_standings, refresh_standing

__all__ = [
    "Alike",
    "TakenList",
    "answer_reviewers",
    "ask_applicant",
    "ask_for_changed",
    "ask_for_counting",
    "ask_screening",
    "begin_verification",
    "clear_hit",
    "confirm_hit",
    "correct_fact",
    "count_standings",
    "declare_link",
    "draw_reviewers",
    "fill_check",
    "finish_screening",
    "grant_verification",
    "lapse_verification",
    "propose_hit",
    "propose_verification",
    "put_in_force",
    "record_check",
    "refresh_standing",
    "refuse_unscreened",
    "refuse_verification",
    "reopen_hit",
    "resume_review",
    "return_hit",
    "return_verification",
    "submit_verification",
    "take_list",
    "withdraw_verification",
]
