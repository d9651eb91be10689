"""Search, halls and categories: the same for everybody, so that they can be cached whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base import formats
from everfair.base.allow import allow
from everfair.base.money import Money
from everfair.base.pages import public_page
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE
from everfair.discovery import queries
from everfair.discovery.forms import LONGEST_Q, Asked, read_question
from everfair.discovery.index import PRICE_BANDS_USD_MINOR, Facets, OfferQuery
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED, name_in

# More choices of one kind than this are a list nobody reads; the search box finds the rest.
MOST_CHOICES = 12
_MOST_WORDS = 5


@require_safe
@allow(EVERYONE)
def search(request: HttpRequest, market: str) -> HttpResponse:
    market_row(market)
    asked = read_question(request.GET, path=request.path, market=market, language=_language())
    return _list_page(request, market, asked, "discovery/search.html", {"q": asked.query.text})


@require_safe
@allow(EVERYONE)
def halls(request: HttpRequest, market: str) -> HttpResponse:
    """The plan of the fair: every hall and category with what stands in it now."""
    market_row(market)
    return public_page(request, "discovery/halls.html", market=market, halls=queries.hall_plan(market, with_categories=True))


@require_safe
@allow(EVERYONE)
def hall(request: HttpRequest, market: str, hall: str) -> HttpResponse:
    return _category_page(request, market, hall)


@require_safe
@allow(EVERYONE)
def category(request: HttpRequest, market: str, hall: str, category: str) -> HttpResponse:
    return _category_page(request, market, f"{hall}/{category}")


@require_safe
@allow(EVERYONE)
def suggestions(request: HttpRequest, market: str) -> HttpResponse:
    """Options for a <datalist>, as the search box asks for them while somebody types."""
    market_row(market)
    found = queries.suggest(request.GET.get("q", "")[:LONGEST_Q], _language())
    response = HttpResponse(format_html_join("", '<option value="{}"></option>', ((text,) for text in found)))
    response["Cache-Control"] = "public, max-age=60"
    return response


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
        "whole_hall": {"href": queries.category_address(market, hall.code), "current": found.is_hall},
        "crumbs": [
            (_("Halls"), reverse("discovery:halls", kwargs={"market": market})),
            *([] if found.is_hall else [(name_in(hall.names, _language()), queries.category_address(market, hall.code))]),
            (name_in(found.names, _language()), None),
        ],
    }
    return _list_page(request, market, asked, "discovery/category.html", context)


def _list_page(request: HttpRequest, market: str, asked: Asked, template: str, context: dict[str, Any]) -> HttpResponse:
    try:
        found = queries.search_offers(asked.query)
    except Refused:
        # An old page of a list that has changed since: the first one is what is meant.
        return HttpResponseRedirect(asked.link())
    return public_page(
        request,
        template,
        status=422 if asked.problems else 200,
        market=market,
        asked=asked,
        found=found,
        cards=queries.cards_of(found.offers),
        groups=_groups(asked, found.facets) if found.facets else [],
        chips=_chips(asked),
        sorts=_sorts(asked),
        ways_out=_ways_out(asked, market) if not found.offers and not asked.query.cursor else None,
        **context,
    )


def _groups(asked: Asked, facets: Facets) -> list[dict[str, Any]]:
    """What the list may be narrowed by, with how many each would leave."""
    language, known = _language(), reference.categories()
    fixed = "hall" not in asked.params and "category" not in asked.params and (asked.query.hall or asked.query.category)

    def named(counts: Sequence[tuple[str, int]]) -> list[tuple[str, str, int]]:
        return [(code, name_in(known[code].names, language), count) for code, count in counts if code in known]

    groups = []
    if not fixed:
        groups.append(_choices(asked, "hall", _("Hall"), named(facets.halls)))
        if "hall" in asked.params or len(facets.halls) == 1:
            groups.append(_choices(asked, "category", _("Category"), named(facets.categories)))
    marks = (("verified", _("Verified supplier"), facets.verified), ("sample", _("Sample available"), facets.sample))
    offered = [
        {"text": text, "count": count, "chosen": chosen, "href": asked.link(**{name: None if chosen else "1"})}
        for name, text, count in marks
        if (chosen := name in asked.params) or count
    ]
    groups.append({"title": _("Supplier and sample"), "choices": offered})
    countries = [(code, reference.country_name(code, language), count) for code, count in facets.countries]
    groups.append(_choices(asked, "country", _("Supplier’s country"), countries))
    groups.append({"title": _("Price in USD"), "choices": _bands(asked, facets)})
    return [group for group in groups if group["choices"]]


def _choices(asked: Asked, name: str, title: str, counts: list[tuple[str, str, int]]) -> dict[str, Any]:
    chosen = asked.params.get(name)
    also = {"category": None} if name == "hall" else {}
    return {
        "title": title,
        "choices": [
            {
                "text": text,
                "count": count,
                "chosen": code == chosen,
                "href": asked.link(**also, **{name: None if code == chosen else code}),
            }
            for code, text, count in counts[:MOST_CHOICES]
        ],
    }


def _bands(asked: Asked, facets: Facets) -> list[dict[str, Any]]:
    tops = [*(low - 1 for low in PRICE_BANDS_USD_MINOR[1:]), None]
    chosen = (asked.params.get("price_min"), asked.params.get("price_max"))
    shown = []
    for (low, count), top in zip(facets.price_bands, tops, strict=True):
        ends = (_amount(low) if low else None, None if top is None else _amount(top))
        if not count and ends != chosen:
            continue
        if not low:
            text = _("under %(price)s") % {"price": formats.number((top or 0) // 100 + 1)}
        elif top is None:
            text = _("%(price)s and more") % {"price": formats.number(low // 100)}
        else:
            text = f"{formats.number(low // 100)} – {formats.number((top + 1) // 100)}"
        is_chosen = ends == chosen
        href = asked.link(price_min=None, price_max=None) if is_chosen else asked.link(price_min=ends[0], price_max=ends[1])
        shown.append({"text": text, "count": count, "chosen": is_chosen, "href": href})
    return shown


def _amount(cents: int) -> str:
    return str(Money(cents, "USD").amount)


def _chips(asked: Asked) -> list[dict[str, str]]:
    """What narrows the list now, each with the address of the list without it."""
    language, known = _language(), reference.categories()
    texts = {
        "hall": lambda code: name_in(known[code].names, language),
        "category": lambda code: name_in(known[code].names, language),
        "country": lambda code: reference.country_name(code, language),
        "price_min": lambda price: _("from USD %(price)s") % {"price": price},
        "price_max": lambda price: _("up to USD %(price)s") % {"price": price},
        "moq": lambda moq: _("MOQ up to %(quantity)s") % {"quantity": moq},
        "sample": lambda _one: _("Sample available"),
        "verified": lambda _one: _("Verified supplier"),
    }
    return [
        {"text": texts[name](asked.params[name]), "href": asked.link(**{name: None})}
        for name in asked.narrowed_by
        if name not in asked.problems
    ]


def _sorts(asked: Asked) -> list[dict[str, Any]]:
    words = (("relevance", _("Best match")), ("price", _("Lowest price")), ("newest", _("Newest")))
    return [
        {"text": text, "href": asked.link(sort=None if sort == "relevance" else sort), "current": asked.query.sort == sort}
        for sort, text in words
    ]


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
    return {"links": links, "category": place, "halls": reverse("discovery:halls", kwargs={"market": market})}


def _search(market: str, text: str) -> str:
    return f"{reverse('discovery:search', kwargs={'market': market})}?{urlencode({'q': text})}"


def _language() -> str:
    return get_language() or "en"
