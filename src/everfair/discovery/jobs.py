"""What the clock does for finding: nobody ends a stop or a mark that runs out, so the offers are touched at that moment.

What a night's counting moved is touched company by company too, each in a transaction of its own.
"""

from __future__ import annotations

from uuid import UUID

from everfair.base.deadlines import on_deadline
from everfair.catalog.actions import touch_offers

LISTING_STOP_ENDS = "discovery.listing_stop_ends"
MARK_ENDS = "discovery.mark_ends"
STARS_MOVED = "discovery.stars_moved"


@on_deadline(LISTING_STOP_ENDS)
def listing_stop_ended(company_id: UUID) -> None:
    """The company's offers may be found again."""
    touch_offers(company_id)


@on_deadline(MARK_ENDS)
def mark_ended(company_id: UUID) -> None:
    """The company's offers are no longer a verified supplier's."""
    touch_offers(company_id)


@on_deadline(STARS_MOVED)
def stars_moved(company_id: UUID) -> None:
    """The company's offers stand elsewhere in the lists."""
    touch_offers(company_id)
