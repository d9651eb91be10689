"""What changes about a company changes its offers in the index: they are touched, and the index follows them. What changes about
offers changes what the directory says that their company makes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import on
from everfair.catalog.actions import touch_offers
from everfair.companies.queries import companies_by_id, open_stops
from everfair.discovery.assortments import renew_assortment
from everfair.discovery.jobs import LISTING_STOP_ENDS, MARK_ENDS, STARS_MOVED
from everfair.events.catalog import OfferChanged, OfferPublished, OffersImported, OfferWithdrawn
from everfair.events.companies import CompanyProfileChanged, CompanyVerified, StopLifted, StopPlaced
from everfair.events.trust import StandingChanged, StandingsCounted
from everfair.trust.queries.standing import stars_moved_last


@on(CompanyVerified, CompanyProfileChanged, subscriber="discovery")
def company_changed(fact: CompanyVerified | CompanyProfileChanged) -> None:
    until = companies_by_id([fact.company_id])[fact.company_id].verified_until
    _come_back(MARK_ENDS, fact.company_id, datetime.combine(until + timedelta(days=1), time(), UTC) if until else None)
    touch_offers(fact.company_id)


@on(StopPlaced, StopLifted, subscriber="discovery")
def stop_changed(fact: StopPlaced | StopLifted) -> None:
    if fact.kind != "listing":
        return
    ends = [stop.until for stop in open_stops([fact.company_id]) if stop.kind == "listing"]
    known = [until for until in ends if until is not None]
    _come_back(LISTING_STOP_ENDS, fact.company_id, max(known) if known and len(known) == len(ends) else None)
    touch_offers(fact.company_id)


@on(StandingChanged, subscriber="discovery")
def standing_changed(fact: StandingChanged) -> None:
    touch_offers(fact.company_id)


@on(StandingsCounted, subscriber="discovery")
def standings_counted(fact: StandingsCounted) -> None:
    for company_id in stars_moved_last(fact.market):
        set_deadline(STARS_MOVED, company_id, timedelta(0))


@on(OfferPublished, OfferChanged, OfferWithdrawn, OffersImported, subscriber="discovery")
def offers_changed(fact: OfferPublished | OfferChanged | OfferWithdrawn | OffersImported) -> None:
    renew_assortment(fact.company_id)


def _come_back(kind: str, company_id: UUID, at: datetime | None) -> None:
    if at is None:
        clear_deadline(kind, company_id)
    else:
        set_deadline(kind, company_id, at)
