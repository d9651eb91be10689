"""What sourcing puts into lower pages: the ways to ask on an offer, and the offer beside its thread."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from everfair.base.slots import panel
from everfair.catalog.queries import lead_time_days, offers_visible_to, price_tiers
from everfair.companies.queries import names
from everfair.files.queries import picture_urls


@panel("catalog.offer_actions", public=True)
def ways_to_ask(request: HttpRequest, offer: Any) -> str:
    return render_to_string("sourcing/offer_actions.html", {"offer": offer}, request)


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
