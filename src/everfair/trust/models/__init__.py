"""Columns and constraints of trust, by noun."""

from everfair.trust.models.screening import Hit, ListedName, ListedParty, SanctionList, Screening
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
    "Hit",
    "Link",
    "ListedName",
    "ListedParty",
    "SanctionList",
    "Screening",
    "Seat",
    "Standing",
    "Verification",
]
