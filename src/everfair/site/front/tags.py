"""Which tags an event drops. A page is tagged with what it shows (`base/public.py`)."""

from __future__ import annotations

from typing import Any

from everfair.events.catalog import OfferChanged, OfferPublished, OffersImported, OfferWithdrawn
from everfair.events.companies import CompanyProfileChanged, CompanyRegistered, CompanyVerified, StopLifted, StopPlaced
from everfair.events.groups import GroupBuyClosed, GroupBuyGrew, GroupBuyPublished
from everfair.events.reviews import ReviewHidden, ReviewPublished, ReviewReplied, ReviewRevised, ReviewUnhidden
from everfair.events.sourcing import QuoteAccepted, QuoteDeclined, QuoteSent, QuoteWithdrawn, RfqClosed, RfqPosted
from everfair.events.trust import (
    BlacklistAppealDecided,
    CompanyBlacklisted,
    ComplaintEnded,
    ComplaintMade,
    StandingChanged,
    StandingsCounted,
    VerificationAdmitted,
    VerificationDecided,
    VerificationDrawn,
    VerificationLapsed,
    VerificationSubmitted,
)


def dropped_by(fact: Any) -> set[str]:
    match fact:
        case OfferPublished() | OfferChanged() | OfferWithdrawn():
            return {f"offer:{fact.offer_id}", f"offers:{fact.company_id}"}
        case OffersImported():
            # Any of them: their pages all carry the company's tag.
            return {f"offers:{fact.company_id}", f"company:{fact.company_id}"}
        case CompanyRegistered():
            return {"companies"}
        case CompanyVerified() | CompanyProfileChanged() | StopPlaced() | StopLifted():
            return {"companies", f"company:{fact.company_id}"}
        case RfqPosted() | RfqClosed() | QuoteSent() | QuoteWithdrawn() | QuoteAccepted() | QuoteDeclined():
            return {"rfqs"}
        case GroupBuyPublished() | GroupBuyGrew() | GroupBuyClosed():
            return {"group_buys", f"offer:{fact.offer_id}"}
        case ReviewPublished() | ReviewRevised() | ReviewReplied() | ReviewHidden() | ReviewUnhidden():
            return {f"reviews:{fact.subject_id}"}
        case VerificationDecided() | VerificationLapsed():
            return {"verifications", "companies", f"company:{fact.company_id}"}
        case StandingChanged():
            return {f"company:{fact.company_id}"}
        case StandingsCounted():
            return {"standings"} if fact.changed else set()
        case CompanyBlacklisted() | BlacklistAppealDecided():
            return {"blacklist"}
        case ComplaintMade() | ComplaintEnded():
            return {f"company:{fact.against_id}"}
        case VerificationSubmitted() | VerificationAdmitted() | VerificationDrawn():
            return {"verifications"}
    return set()
