"""What changes about a company changes its offers in the index: they are touched, and the index follows them."""

from __future__ import annotations

from uuid import UUID

from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import on
from everfair.catalog.actions import touch_offers
from everfair.companies.queries import open_stops
from everfair.discovery.jobs import LISTING_STOP_ENDS
from everfair.events.companies import CompanyProfileChanged, CompanyVerified, StopLifted, StopPlaced


@on(CompanyVerified, CompanyProfileChanged, subscriber="discovery")
def company_changed(fact: CompanyVerified | CompanyProfileChanged) -> None:
    touch_offers(fact.company_id)


@on(StopPlaced, StopLifted, subscriber="discovery")
def stop_changed(fact: StopPlaced | StopLifted) -> None:
    if fact.kind != "listing":
        return
    _come_back_when_it_ends(fact.company_id)
    touch_offers(fact.company_id)


def _come_back_when_it_ends(company_id: UUID) -> None:
    """A stop with an end is lifted by nobody: the clock touches the offers at the end of the last one."""
    ends = [stop.until for stop in open_stops([company_id]) if stop.kind == "listing"]
    last = max((until for until in ends if until is not None), default=None)
    if last is None or None in ends:
        clear_deadline(LISTING_STOP_ENDS, company_id)
    else:
        set_deadline(LISTING_STOP_ENDS, company_id, last)
