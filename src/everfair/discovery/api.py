"""Finding by programs: offers, halls, suggestions. The same answers as the pages give."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.roles import EVERYONE
from everfair.discovery import queries
from everfair.discovery.forms import read_amount
from everfair.discovery.index import OfferQuery
from everfair.discovery.schemas import FacetsOut, FoundOfferOut, HallOut, OfferPageOut, OfferSearch, Suggest, SuggestionsOut
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET
from everfair.reference import queries as reference
from everfair.reference.values import name_in

router = Router(tags=["finding"])


@router.get("/offers", response=OfferPageOut, summary="Search published offers")
@allow(EVERYONE)
def search_offers(request: HttpRequest, asked: Query[OfferSearch]) -> dict[str, Any]:
    """Offers in order of relevance (or newest, price, MOQ, lead time), a page at a time. Without `q` everything there is.

    Filters that take several values keep offers with any of them; different filters must all hold. `facets=true` adds how many
    offers each further choice would leave: in a facet its own choice does not count, everything else does.
    """
    market_row(asked.market)
    language = asked.language or get_language() or "en"
    found = queries.search_offers(
        OfferQuery(
            text=asked.q,
            language=language,
            market=asked.market,
            hall=asked.hall or None,
            categories=tuple(asked.category),
            countries=tuple(asked.country),
            origins=tuple(asked.origin),
            currency=asked.currency,
            price_at_least_minor=read_amount(asked.price_min, asked.currency),
            price_at_most_minor=read_amount(asked.price_max, asked.currency),
            moq_at_most=asked.moq,
            lead_time_at_most=asked.lead_time,
            sample_only=asked.sample,
            verified_only=asked.verified,
            company_number=asked.supplier,
            sort=asked.sort,
            page_size=asked.limit,
            cursor=asked.cursor or None,
            facets=asked.facets,
        )
    )
    return {
        "items": [FoundOfferOut.of(offer, language) for offer in found.offers],
        "total": found.total,
        "next_cursor": found.next_cursor,
        "did_you_mean": found.did_you_mean,
        "facets": FacetsOut.of(found.facets, asked.currency) if found.facets else None,
    }


@router.get("/halls", response=list[HallOut], summary="The halls, their categories and what stands in them")
@allow(EVERYONE)
def list_halls(request: HttpRequest, market: str = DEFAULT_MARKET) -> list[dict[str, Any]]:
    market_row(market)
    counts, language = queries.supply(market), get_language() or "en"

    def told(code: str, count: int) -> dict[str, Any]:
        return {"code": code, "name": name_in(reference.category(code).names, language), "offers_count": count}

    return [
        {
            **told(hall.code, counts.halls.get(hall.code, 0)),
            "categories": [told(each.code, counts.categories.get(each.code, 0)) for each in reference.children(hall.code)],
        }
        for hall in reference.halls()
    ]


@router.get("/suggest", response=SuggestionsOut, summary="What a half-typed question may become")
@allow(EVERYONE)
def suggest(request: HttpRequest, asked: Query[Suggest]) -> dict[str, Any]:
    return {"items": queries.suggest(asked.q, asked.language or get_language() or "en", asked.limit)}
