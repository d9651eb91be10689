"""Everything that reads about claims, by noun."""

from everfair.disputes.queries.claims import (
    CLAIMED,
    ClaimLineShown,
    claim,
    claim_lines,
    claims_of,
    claims_page,
    claims_visible_to,
    exhibits_of,
    file_hash,
    held_now,
    lines_of_order,
    offer,
    offers_standing,
    open_claim_of,
    orders_claimed,
    rulings_of,
)
from everfair.disputes.queries.desk import Desk, desk, may_judge, why_not
from everfair.disputes.queries.grounds import ground_title, grounds
from everfair.disputes.queries.moves import moves_of
from everfair.disputes.queries.precedents import Precedent, precedents
from everfair.disputes.queries.standing import standing_of_claim

__all__ = [
    "CLAIMED",
    "ClaimLineShown",
    "Desk",
    "Precedent",
    "claim",
    "claim_lines",
    "claims_of",
    "claims_page",
    "claims_visible_to",
    "desk",
    "exhibits_of",
    "file_hash",
    "ground_title",
    "grounds",
    "held_now",
    "lines_of_order",
    "may_judge",
    "moves_of",
    "offer",
    "offers_standing",
    "open_claim_of",
    "orders_claimed",
    "precedents",
    "rulings_of",
    "standing_of_claim",
    "why_not",
]
