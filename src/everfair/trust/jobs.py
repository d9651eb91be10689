"""What the clock does: it draws for who waits, goes on without an answer, lets levels lapse and sanctions end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from everfair.base.chores import every
from everfair.base.deadlines import Reminder, on_deadline, on_reminder
from everfair.trust.actions import (
    draw_for_complaint,
    draw_reviewers,
    end_sanction,
    hear_complaint,
    lapse_verification,
    resume_review,
)
from everfair.trust.actions.applying import ANSWER, LAPSE
from everfair.trust.actions.complaining import REPLY
from everfair.trust.actions.punishing import SANCTION_END
from everfair.trust.queries import waiting_ids
from everfair.trust.queries.complaints import unseated_complaints
from everfair.trust.reactions import remind_of_answer, remind_of_complaint, remind_of_lapse


@every(600, "trust.draw")
def draw_for_those_who_wait() -> int:
    """A reviewer may have come, or left. Returns how many have both seats now."""
    return sum(draw_reviewers(pk) for pk in waiting_ids()) + sum(draw_for_complaint(pk) for pk in unseated_complaints())


@on_deadline(ANSWER)
def time_to_answer_is_over(verification_id: UUID) -> None:
    resume_review(verification_id)


@on_reminder(ANSWER, timedelta(days=3))
def three_days_to_answer(reminder: Reminder) -> None:
    remind_of_answer(reminder)


@on_deadline(LAPSE)
def last_day_is_over(verification_id: UUID) -> None:
    lapse_verification(verification_id)


@on_reminder(LAPSE, timedelta(days=60), timedelta(days=14))
def a_level_will_lapse(reminder: Reminder) -> None:
    remind_of_lapse(reminder)


@on_deadline(SANCTION_END)
def last_moment_of_a_sanction(sanction_id: UUID) -> None:
    end_sanction(sanction_id)


@on_deadline(REPLY)
def time_to_reply_is_over(complaint_id: UUID) -> None:
    hear_complaint(complaint_id)


@on_reminder(REPLY, timedelta(days=2))
def two_days_to_reply(reminder: Reminder) -> None:
    remind_of_complaint(reminder)
