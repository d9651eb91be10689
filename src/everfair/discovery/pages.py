"""Search, halls and categories: the same for everybody, so that they can be cached whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.jinja import url
from everfair.base.pages import page, public_page
from everfair.base.public import LIST_FRESH_S, made_of, public
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE
from everfair.discovery import cards, comparing, narrowing, queries, recently
from everfair.discovery.forms import LONGEST_Q, MOST_COMPARED, READ, Asked, offer_numbers, read_quantity, read_question
from everfair.discovery.index import OfferQuery
from everfair.discovery.values import Found
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED, name_in

_MOST_WORDS = 5


@require_safe
@allow(EVERYONE)
@public("index", "companies", params=READ, fresh_s=LIST_FRESH_S)
def search(request: HttpRequest, market: str) -> HttpResponse:
    market_row(market)
    asked = read_question(request.GET, path=request.path, market=market, language=_language())
    return _list_page(request, market, asked, "discovery/search.html", {"q": asked.query.text})


@require_safe
@allow(EVERYONE)
@public("index", "rfqs", fresh_s=LIST_FRESH_S)
def halls(request: HttpRequest, market: str) -> HttpResponse:
    """The plan of the fair: every hall and category with what stands in it now."""
    market_row(market)
    return public_page(request, "discovery/halls.html", market=market, halls=queries.hall_plan(market, with_categories=True))


@require_safe
@allow(EVERYONE)
@public("index", "companies", params=READ, fresh_s=LIST_FRESH_S)
def hall(request: HttpRequest, market: str, hall: str) -> HttpResponse:
    return _category_page(request, market, hall)


@require_safe
@allow(EVERYONE)
@public("index", "companies", params=READ, fresh_s=LIST_FRESH_S)
def category(request: HttpRequest, market: str, hall: str, category: str) -> HttpResponse:
    return _category_page(request, market, f"{hall}/{category}")


@require_safe
@allow(EVERYONE)
@public("index", params=("q",))
def suggestions(request: HttpRequest, market: str) -> HttpResponse:
    """Options for a <datalist>, as the search box asks for them while somebody types."""
    market_row(market)
    found = queries.suggest(request.GET.get("q", "")[:LONGEST_Q], _language())
    response = HttpResponse(format_html_join("", '<option value="{}"></option>', ((text,) for text in found)))
    response["Cache-Control"] = "public, max-age=60"
    return response


@require_safe
@allow(EVERYONE)
@public("companies", params=("o", "offer", "quantity"))
def compare(request: HttpRequest, market: str) -> HttpResponse:
    """Up to six offers side by side. Which ones stands in the address alone, so that it can be kept and sent on."""
    market_row(market)
    numbers = offer_numbers([*request.GET.getlist("o"), *request.GET.getlist("offer")])
    offers = [offer for offer in queries.offers_by_number([int(number) for number in numbers]) if offer.market == market]
    made_of(request, *(f"offer:{offer.id}" for offer in offers))
    chosen = tuple(str(offer.number) for offer in offers)
    quantity, problem = read_quantity(request.GET.get("quantity", ""))
    typed = (("quantity", request.GET["quantity"].strip()),) if quantity is not None else ()

    def address(kept: tuple[str, ...]) -> str:
        return f"{request.path}?{urlencode([*(('o', number) for number in kept), *typed])}"

    more = queries.similar_offers(offers[0], without=offers) if offers and len(offers) < MOST_COMPARED else []
    context = {
        "market": market,
        "chosen": chosen,
        "offers": cards.shown(offers),
        "without": [address(tuple(each for each in chosen if each != number)) for number in chosen],
        "suggested": [(each.title(_language()), address((*chosen, str(each.number)))) for each in more],
        "compared": comparing.compare(offers, quantity) if offers else None,
        "unit": offers[0].unit if offers else "",
        "problem": problem,
        "typed": request.GET.get("quantity", "")[:20],
        "further": f"{queries.category_address(market, offers[0].category)}?{urlencode([('o', n) for n in chosen])}"
        if offers
        else "",
        "most": MOST_COMPARED,
    }
    return public_page(request, "discovery/compare.html", status=422 if problem else 200, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EVERYONE)
def seen(request: HttpRequest, market: str) -> HttpResponse:
    """What this browser looked at last; a POST forgets it."""
    market_row(market)
    if request.method == "POST":
        return recently.forget(HttpResponseRedirect(request.path))
    offers = [offer for offer in queries.listed(recently.numbers(request)) if offer.market == market]
    return page(request, "discovery/seen.html", market=market, cards=queries.cards_of(offers), count=len(offers))


@require_safe
@allow(EVERYONE)
def seen_strip(request: HttpRequest, market: str) -> HttpResponse:
    """The part of an offer's page that is this reader's own, fetched beside the page: what else was looked at. It notes the offer."""
    market_row(market)
    before = recently.numbers(request)
    now = [int(number) for number in offer_numbers([request.GET.get("offer", "")])]
    offers = queries.listed([*now, *(number for number in before if number not in now)])
    others = [offer for offer in offers if offer.number not in now and offer.market == market][: recently.SHOWN]
    response = page(request, "discovery/seen_strip.html", market=market, cards=queries.cards_of(others), count=len(others))
    return recently.keep(response, [offer.number for offer in offers])


def _category_page(request: HttpRequest, market: str, code: str) -> HttpResponse:
    market_row(market)
    found = reference.categories().get(code)
    if found is None:
        raise Http404(f"no category {code}")
    asked = read_question(request.GET, path=request.path, market=market, language=_language(), category=code)
    hall = reference.category(found.hall)
    neighbours = [] if found.hall == UNSORTED.partition("/")[0] else queries.categories_in(market, hall.code)
    here = queries.category_address(market, code)
    context = {
        "title": name_in(found.names, _language()),
        "neighbours": [{**each, "current": each["href"] == here} for each in neighbours if each["count"] or each["href"] == here],
        "place": (market, hall.code),
        "whole_hall": {"href": queries.category_address(market, hall.code), "current": found.is_hall},
        "crumbs": [
            (_("Halls"), url("discovery:halls", market)),
            *([] if found.is_hall else [(name_in(hall.names, _language()), queries.category_address(market, hall.code))]),
            (name_in(found.names, _language()), None),
        ],
    }
    return _list_page(request, market, asked, "discovery/category.html", context)


def _list_page(request: HttpRequest, market: str, asked: Asked, template: str, context: dict[str, Any]) -> HttpResponse:
    try:
        asked, found = _found(asked)
    except Refused:
        # An old page of a list that has changed since: the first one is what is meant.
        return HttpResponseRedirect(asked.link())
    offers = queries.listed(found.numbers)
    made_of(request, *(f"offer:{offer.id}" for offer in offers))
    return public_page(
        request,
        template,
        status=422 if asked.problems else 200,
        market=market,
        asked=asked,
        found=found,
        cards=queries.cards_of(offers),
        groups=narrowing.groups(asked, found.facets) if found.facets else [],
        chips=narrowing.chips(asked),
        sorts=narrowing.sorts(asked),
        ways_out=_ways_out(asked, market) if not offers and not asked.query.cursor else None,
        **context,
    )


def _found(asked: Asked) -> tuple[Asked, Found]:
    """The page of the list, with prices in the currency that most of its offers have, unless the address names one."""
    found = queries.find_offers(asked.query)
    if found.facets and found.facets.currencies and not asked.is_of_a_currency:
        counts = dict(found.facets.currencies)
        main, count = found.facets.currencies[0]
        if count > counts.get(asked.query.currency, 0):
            asked = asked.in_currency(main)
            found = queries.find_offers(asked.query)
    return asked, found


def _ways_out(asked: Asked, market: str) -> dict[str, Any]:
    """The next best where nothing was found: fewer filters, fewer words, the category that the words speak of."""
    text, language = asked.query.text, _language()
    links = []
    if asked.narrowed_by:
        wider = queries.count_offers(OfferQuery(text=text, language=language, market=market, page_size=1))
        if wider:
            links.append({"text": _("Search without the filters"), "count": wider, "href": _search(market, text)})
    words = text.split()
    if not links and 1 < len(words) <= _MOST_WORDS:
        for word in words:
            fewer = " ".join(each for each in words if each != word)
            count = queries.count_offers(OfferQuery(text=fewer, language=language, market=market, page_size=1)) if fewer else 0
            if count:
                links.append({"text": fewer, "count": count, "href": _search(market, fewer)})
    code, _sure = reference.guess_category((), text)
    place = None
    if code != UNSORTED:
        place = {"text": name_in(reference.category(code).names, language), "href": queries.category_address(market, code)}
    return {"links": links, "category": place, "halls": url("discovery:halls", market)}


def _search(market: str, text: str) -> str:
    return f"{url('discovery:search', market)}?{urlencode({'q': text})}"


def _language() -> str:
    return get_language() or "en"
