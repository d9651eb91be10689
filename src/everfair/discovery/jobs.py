"""What the clock does for finding."""

from __future__ import annotations

from uuid import UUID

from everfair.base.deadlines import on_deadline
from everfair.catalog.actions import touch_offers

LISTING_STOP_ENDS = "discovery.listing_stop_ends"


@on_deadline(LISTING_STOP_ENDS)
def listing_stop_ended(company_id: UUID) -> None:
    """The company's offers may be found again."""
    touch_offers(company_id)
