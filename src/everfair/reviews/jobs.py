"""What the clock does with reviews: it shows them when the time is over, and reminds a week before."""

from datetime import timedelta
from uuid import UUID

from everfair.base.deadlines import Reminder, on_deadline, on_reminder
from everfair.reviews.actions import END, publish_reviews
from everfair.reviews.reactions import remind


@on_deadline(END)
def time_is_over(invitation_id: UUID) -> None:
    publish_reviews(invitation_id)


@on_reminder(END, timedelta(days=7))
def a_week_is_left(reminder: Reminder) -> None:
    remind(reminder)
