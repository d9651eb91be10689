"""Columns and constraints of trust, by noun."""

from everfair.trust.models.standing import Fact, Standing
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
    "Fact",
    "Link",
    "Seat",
    "Standing",
    "Verification",
]
