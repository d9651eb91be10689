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
from everfair.trust.actions.selling import bring_company
from everfair.trust.actions.traits import note_device, note_own_trait, note_traits

__all__ = [
    "answer_reviewers",
    "ask_applicant",
    "begin_verification",
    "bring_company",
    "declare_link",
    "draw_reviewers",
    "fill_check",
    "grant_verification",
    "lapse_verification",
    "note_device",
    "note_own_trait",
    "note_traits",
    "propose_verification",
    "record_check",
    "refuse_verification",
    "resume_review",
    "return_verification",
    "submit_verification",
    "withdraw_verification",
]
