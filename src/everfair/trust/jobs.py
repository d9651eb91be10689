"""What the clock does: it admits from the line, draws for who waits, goes on without an answer, lets levels lapse and sanctions end, counts how companies
stand, and has them screened."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from uuid import UUID

from everfair.base.chores import every
from everfair.base.clock import now
from everfair.base.deadlines import Reminder, on_deadline, on_reminder
from everfair.markets.table import MARKETS
from everfair.trust.actions import (
    admit_applications,
    ask_for_changed,
    count_standings,
    draw_for_complaint,
    draw_reviewers,
    end_sanction,
    hear_complaint,
    lapse_verification,
    read_papers,
    resume_review,
)
from everfair.trust.actions.applying import ANSWER, LAPSE
from everfair.trust.actions.complaining import REPLY
from everfair.trust.actions.punishing import SANCTION_END
from everfair.trust.queries import day_of_counting, lists_to_read, waiting_count, waiting_ids
from everfair.trust.queries.complaints import unseated_complaints
from everfair.trust.reactions import remind_of_answer, remind_of_complaint, remind_of_lapse

# Longer than one run lasts by itself.
SCREENING_S = 1200


@every(60, "trust.admit")
def admit_from_the_line() -> int:
    """Whose turn has come is drawn for. Returns how many were admitted."""
    came = admit_applications()
    for pk in came:
        draw_reviewers(pk)
    return len(came)


@every(600, "trust.draw")
def draw_for_those_who_wait() -> int:
    """A reviewer may have come, or left. Returns how many have both seats now."""
    return sum(draw_reviewers(pk) for pk in waiting_ids()) + sum(draw_for_complaint(pk) for pk in unseated_complaints())


@every(60, "trust.changed")
def screen_what_changed() -> int:
    """Whatever changed of who is being verified: they are screened anew. Returns how many."""
    return ask_for_changed()


@every(10, "trust.screening", lane="screening")
def screen_those_who_wait() -> int:
    """In a process that ends, because what it knows of names is large. Returns how many waited."""
    waiting = waiting_count() + len(lists_to_read())
    if waiting:
        subprocess.run([sys.executable, "-m", "everfair.trust.screening"], check=True, timeout=SCREENING_S)
    return waiting


@every(10, "trust.reading", lane="reading")
def read_what_was_handed_in() -> int:
    """Where the extra is installed; each paper in a process that ends. Returns how many were read."""
    return read_papers()


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


@every(600, "trust.standing", lane="standing")
def count_standings_of_the_day() -> int:
    """Once a day, soon after midnight UTC: every supplier of every market. Returns how many were counted."""
    today = now().date()
    return sum(count_standings(market) for market in MARKETS if day_of_counting(market) != today)


@on_deadline(SANCTION_END)
def last_moment_of_a_sanction(sanction_id: UUID) -> None:
    end_sanction(sanction_id)


@on_deadline(REPLY)
def time_to_reply_is_over(complaint_id: UUID) -> None:
    hear_complaint(complaint_id)


@on_reminder(REPLY, timedelta(days=2))
def two_days_to_reply(reminder: Reminder) -> None:
    remind_of_complaint(reminder)
