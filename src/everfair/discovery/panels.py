"""What finding puts into the page of an offer."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from everfair.base.public import made_of
from everfair.base.slots import panel
from everfair.discovery import queries

SIMILAR = 4


@panel("catalog.offer_below", public=True)
def similar_and_seen(request: HttpRequest, offer: Any) -> str:
    """Offers of other suppliers like this one (one query, none where nothing is like it), and the place of what the reader saw before."""
    numbers = queries.similar_numbers(
        offer.number,
        offer.titles,
        company_number=offer.company.number,
        market=offer.market,
        category=offer.category,
        limit=SIMILAR,
    )
    found = queries.listed(numbers)
    # A stop of one of their companies takes its card away too.
    made_of(request, *(["companies"] if found else []), *(f"offer:{each.id}" for each in found))
    context = {"offer": offer, "cards": queries.cards_of(found) if found else "", "market": offer.market}
    return render_to_string("discovery/offer_below.html", context)


@panel("catalog.offer_actions", public=True, order=30)
def compare_it(request: HttpRequest, offer: Any) -> str:
    """The offer as the first of a comparison, for the quantity of the panel."""
    return _compare_it(offer.market, get_language() or "en")


@cache
def _compare_it(market: str, _language: str) -> str:
    return render_to_string("discovery/compare_it.html", {"market": market})
