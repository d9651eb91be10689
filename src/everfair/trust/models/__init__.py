"""Columns and constraints of trust, by noun."""

from everfair.trust.models.traits import Trait
from everfair.trust.models.verification import (
    RESULTS,
    Check,
    Link,
    Seat,
    Verification,
)

__all__ = [
    "RESULTS",
    "Check",
    "Link",
    "Seat",
    "Trait",
    "Verification",
]
