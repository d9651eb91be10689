"""What sourcing puts into other pages: the ways to ask on an offer, the offer beside its thread, and what buyers look for now."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from everfair.base.slots import panel
from everfair.catalog.queries import lead_time_days, offers_visible_to, price_tiers
from everfair.companies.queries import names
from everfair.files.queries import picture_urls
from everfair.reference import queries as reference
from everfair.reference.values import name_in
from everfair.sourcing.queries import open_counts


@panel("catalog.offer_actions", public=True)
def ways_to_ask(request: HttpRequest, offer: Any) -> str:
    language = get_language() or "en"
    nought = _ask_about_nought(offer.market, language)
    own = nought.replace("/0/", f"/{offer.number}/")
    return _ways_to_ask(bool(offer.tiers), offer.market, language).replace(nought, own)


@lru_cache(maxsize=64)
def _ask_about_nought(market: str, _language: str) -> str:
    return reverse("sourcing:ask", args=[market, 0])


@lru_cache(maxsize=64)
def _ways_to_ask(is_priced: bool, market: str, language: str) -> str:
    """The same for every offer but for its number in one address."""
    context = {"is_priced": is_priced, "address": _ask_about_nought(market, language)}
    return render_to_string("sourcing/offer_actions.html", context)


@panel("discovery.nothing_found", public=True)
def ask_for_it(request: HttpRequest, query: Any) -> str:
    """What was typed becomes the beginning of a request."""
    words = query.text.strip()
    category = query.category if query.category and "/" in query.category else ""
    asked = urlencode({name: text for name, text in (("q", words), ("category", category)) if text})
    address = reverse("sourcing:new_rfq") + (f"?{asked}" if asked else "")
    return render_to_string("sourcing/ask_for_it.html", {"words": words, "address": address}, request)


@panel("site.home", public=True)
@panel("discovery.halls", public=True)
def open_requests(request: HttpRequest, market: str) -> str:
    """How many requests take quotes now, hall by hall; nothing while there is none."""
    counts, language = open_counts(market), get_language() or "en"
    board = reverse("sourcing:board", args=[market])
    halls = [
        {"name": name_in(hall.names, language), "href": f"{board}?hall={hall.code}", "count": counts[hall.code]}
        for hall in reference.halls()
        if counts.get(hall.code)
    ]
    return render_to_string("sourcing/open_requests.html", {"halls": halls, "board": board}, request) if halls else ""


@panel("discovery.hall", public=True)
def requests_of_hall(request: HttpRequest, place: tuple[str, str]) -> str:
    """What buyers look for in one hall of the market: one line, nothing while there is none."""
    market, hall = place
    count = open_counts(market).get(hall, 0)
    if not count:
        return ""
    address = f"{reverse('sourcing:board', args=[market])}?hall={hall}"
    return render_to_string("sourcing/hall_requests.html", {"count": count, "address": address})


@panel("messaging.thread")
def offer_of_thread(request: HttpRequest, thread: Any) -> str:
    """The offer that the talk is about."""
    if thread.subject_kind != "offer":
        return ""
    offer = offers_visible_to(request.actor).select_related("company").filter(pk=thread.subject).first()  # type: ignore[attr-defined]
    if offer is None:
        return ""
    return render_to_string("sourcing/thread_offer.html", {"card": offer_card(offer, get_language() or "en")}, request)


def offer_card(offer: Any, language: str) -> dict[str, Any]:
    """An offer as the part `offer_card` shows it."""
    prices = price_tiers(offer)
    title = offer.titles.get(language) or offer.titles.get("en") or next(iter(offer.titles.values()), "")
    pictures = picture_urls(offer.pictures[:1]) if offer.pictures else {}
    picture = next(iter(pictures.values()), None)
    return {
        "title": title,
        "href": reverse("catalog:offer", args=[offer.market, offer.number]),
        "picture": picture["320"] if picture else None,
        "price": prices[0][1] if prices else None,
        "price_to": prices[-1][1] if len(prices) > 1 else None,
        "unit_code": offer.unit,
        "moq": offer.moq.normalize(),
        "lead_time_days": lead_time_days(offer),
        "origin": offer.origin,
        "seller": names(offer.company, language)[0],
    }
