"""Each signal by itself: what it looks at, and a finding made of figures or None. Pure functions; their numbers stand in `risk/values.py`."""

from everfair.risk.signals.bait import bait, baits
from everfair.risk.signals.collusion import Brought, StaffFinding, review_ring, salesperson, staff, wash_trading
from everfair.risk.signals.links import known_fraud, same_photos, suspect_neighbours, tied
from everfair.risk.signals.offers import hot_low_moq, price_below
from everfair.risk.signals.outcomes import complaints, is_unshipped, lost_disputes, record, unshipped
from everfair.risk.signals.selling import sudden_volume, weak_rail

__all__ = [
    "Brought", "StaffFinding", "bait", "baits", "complaints", "hot_low_moq", "is_unshipped", "known_fraud", "lost_disputes",
    "price_below", "record", "review_ring", "salesperson", "same_photos", "staff", "sudden_volume", "suspect_neighbours", "tied",
    "unshipped", "wash_trading", "weak_rail",
]  # fmt: skip
