"""What was said of finished trades: standing may read it. The subject is always the review, but of an invitation the order."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from everfair.base.events import event


@event
class ReviewInvited:
    """Both sides of a completed order may review each other until `closes_at`."""

    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    closes_at: datetime


@event
class ReviewWritten:
    """One side has written; what it wrote is not shown yet. `side` is who wrote: buyer or seller."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str


@event
class ReviewPublished:
    """From now on everybody sees it. `grade` is the mean of its aspects (1 to 5, two decimals), `grades` each of them; one that does not
    count (`counts`) is shown and enters no average."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str
    grade: Decimal
    counts: bool
    grades: dict[str, int] | None = None
    number: int = 0
    market: str = ""


@event
class ReviewRevised:
    """The one revision of a review that was shown already: `grade` takes the place of the former one."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str
    grade: Decimal
    counts: bool
    grades: dict[str, int] | None = None
    number: int = 0
    market: str = ""


@event
class ReviewReplied:
    """The reviewed side (`subject_id`) answered."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str


@event
class ReviewHidden:
    """The operator took it from view: it enters no average any more."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str
    number: int = 0
    market: str = ""


@event
class ReviewUnhidden:
    """The operator shows it again; `grade` and `counts` as when it was published."""

    review_id: UUID
    order_id: UUID
    author_id: UUID
    subject_id: UUID
    side: str
    grade: Decimal
    counts: bool
    grades: dict[str, int] | None = None
    number: int = 0
    market: str = ""
