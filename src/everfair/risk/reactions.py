"""What makes us look again: a complaint, a lost dispute, a new listing. Each may run twice."""

from __future__ import annotations

from everfair.base.events import on
from everfair.events.catalog import OfferChanged, OfferPublished
from everfair.events.disputes import ClaimOpened, ClaimRuled
from everfair.risk.actions import ask_for_look


@on(ClaimOpened, subscriber="risk")
def look_after_claim(fact: ClaimOpened) -> None:
    ask_for_look([fact.seller_id])


@on(ClaimRuled, subscriber="risk")
def look_after_ruling(fact: ClaimRuled) -> None:
    ask_for_look([fact.seller_id])


@on(OfferPublished, subscriber="risk")
def look_after_listing(fact: OfferPublished) -> None:
    ask_for_look([fact.company_id])


@on(OfferChanged, subscriber="risk")
def look_after_change(fact: OfferChanged) -> None:
    ask_for_look([fact.company_id])
