"""Everything that reads."""

from everfair.reviews.queries.reviews import (
    Said,
    Tally,
    grade_of,
    pictures_in,
    published_page,
    review,
    reviews_of_order,
    reviews_page,
    reviews_visible_to,
    said,
    tally,
    tally_of_number,
)
from everfair.reviews.queries.windows import is_reviewable, may_revise, may_write, waiting, window_of

__all__ = [
    "Said",
    "Tally",
    "grade_of",
    "is_reviewable",
    "may_revise",
    "may_write",
    "pictures_in",
    "published_page",
    "review",
    "reviews_of_order",
    "reviews_page",
    "reviews_visible_to",
    "said",
    "tally",
    "tally_of_number",
    "waiting",
    "window_of",
]
