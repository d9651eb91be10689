"""The front of the fair: the home of a market, and the way there from a bare address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import public_page
from everfair.base.public import LIST_FRESH_S, made_of, public
from everfair.base.roles import EVERYONE
from everfair.discovery.queries import cards_of, hall_plan, newest_offers
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET
from everfair.sourcing.queries import open_counts

NEWEST = 10


@require_safe
@allow(EVERYONE)
def front(request: HttpRequest) -> HttpResponse:
    """From «/» to the fair in the visitor's language: the one chosen before (cookie), else what the browser asks for."""
    language = get_language_from_request(request)
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    response = HttpResponseRedirect(f"/{language}/{DEFAULT_MARKET}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    response["Cache-Control"] = "private, max-age=0"
    return response


@require_safe
@allow(EVERYONE)
def language_front(request: HttpRequest) -> HttpResponse:
    """From «/en/» to the market that we begin with."""
    return HttpResponseRedirect(f"/{get_language()}/{DEFAULT_MARKET}/")


@require_safe
@allow(EVERYONE)
@public("index", "companies", "rfqs", fresh_s=LIST_FRESH_S)
def home(request: HttpRequest, market: str) -> HttpResponse:
    """Search, the halls with what stands in them now, the newest offers; upper packages add what waits for an answer."""
    market_row(market)
    plan = hall_plan(market)
    newest = newest_offers(market, NEWEST)
    made_of(request, *(f"offer:{each.id}" for each in newest))
    return public_page(
        request,
        "site/home.html",
        market=market,
        halls=plan,
        demand=open_counts(market),
        offers_count=sum(hall["count"] for hall in plan),
        newest=cards_of(newest),
    )
