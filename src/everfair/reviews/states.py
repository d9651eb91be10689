"""The life of a review."""

from everfair.base.roles import CLOCK, OPERATOR
from everfair.base.states import StateTable
from everfair.reviews.roles import party

# fmt: off
REVIEW = StateTable(
    "state",
    # verb      from         to           who
    ("write",   "draft",     "written",   party),
    ("publish", "written",   "published", party | CLOCK),  # both have written, or the time is over
    ("hide",    "published", "hidden",    OPERATOR),       # with a public reason
    ("unhide",  "hidden",    "published", OPERATOR),
)
# fmt: on
