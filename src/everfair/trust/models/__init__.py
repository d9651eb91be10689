"""Columns and constraints of trust, by noun."""

from everfair.trust.models.admission import Admission, AdmissionDay, ConfirmedFraud
from everfair.trust.models.blacklist import BlacklistEntry, BlacklistTrait, Reentry
from everfair.trust.models.complaint import Complaint
from everfair.trust.models.discipline import Appeal, Penalty, Sanction
from everfair.trust.models.reading import Reading
from everfair.trust.models.screening import Hit, ListedName, ListedParty, SanctionList, Screening
from everfair.trust.models.standing import Fact, Standing
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
    "Admission",
    "AdmissionDay",
    "Appeal",
    "BlacklistEntry",
    "BlacklistTrait",
    "Check",
    "Complaint",
    "ConfirmedFraud",
    "Fact",
    "Hit",
    "Link",
    "ListedName",
    "ListedParty",
    "Penalty",
    "Reading",
    "Reentry",
    "Sanction",
    "SanctionList",
    "Screening",
    "Seat",
    "Standing",
    "Trait",
    "Verification",
]
