"""What a supplier may know of a buyer from requests and talks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.rows import ask
from everfair.sourcing.models import Inquiry
from everfair.sourcing.queries.rfqs import rfqs_visible_to


@dataclass(frozen=True, slots=True)
class Asked:
    """How many requests a buyer has posted, and how they ended; the rest is open or waits for the buyer's choice."""

    posted: int
    awarded: int
    cancelled: int


_ASKED = """
    SELECT count(*), count(*) FILTER (WHERE state = 'awarded'), count(*) FILTER (WHERE state = 'cancelled')
    FROM sourcing_rfq WHERE buyer_id = %s
"""


def asked_by(buyer_id: UUID) -> Asked:
    """One query. Says nothing of what was asked, or of whom."""
    return Asked(*ask(_ASKED, [buyer_id])[0])


def has_heard_of(actor: Actor, buyer_id: UUID) -> bool:
    """Whether the actor's company may see a request of this buyer, or was asked about an offer by it."""
    if actor.company_id is None:
        return False
    if Inquiry.objects.filter(seller_id=actor.company_id, buyer_id=buyer_id).exists():
        return True
    return rfqs_visible_to(actor).filter(buyer_id=buyer_id).exists()
