"""What the catalogue puts into pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from everfair.base.slots import panel
from everfair.catalog import queries
from everfair.catalog.pages.public import in_language
from everfair.files.queries import picture_urls


@panel("companies.passport", public=True)
def newest_offers(request: HttpRequest, company: Any) -> str | None:
    """A supplier's newest offers: two queries."""
    offers = queries.newest_offers(company.pk)
    if not offers:
        return None
    pictures = picture_urls(offer.pictures[0] for offer in offers if offer.pictures)
    language = get_language() or "en"
    cards = []
    for offer in offers:
        tiers = queries.price_tiers(offer)
        cards.append(
            {
                "offer": offer,
                "title": in_language(offer.titles, language)[0],
                "picture": pictures.get(offer.pictures[0], {}).get("320") if offer.pictures else None,
                "price": tiers[-1][1] if tiers else None,
                "least": queries.least_quantity(offer),
            }
        )
    return render_to_string("catalog/newest.html", {"cards": cards}, request)
