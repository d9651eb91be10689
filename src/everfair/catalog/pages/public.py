"""The page everybody sees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.jinja import url
from everfair.base.money import Money
from everfair.base.pages import public_page
from everfair.base.public import made_of, public
from everfair.base.roles import EVERYONE
from everfair.catalog import queries
from everfair.catalog.models import Offer
from everfair.companies.queries import names
from everfair.files.queries import picture_urls
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED, name_in


@require_safe
@allow(EVERYONE)
@public(counts="number")
def offer(request: HttpRequest, market: str, number: int) -> HttpResponse:
    """One published offer, nothing personal."""
    market_row(market)
    if number >= 2**63:
        raise Http404
    found = queries.published_offer(number)
    if found.market != market:
        raise Http404
    # Of a group, every other offer may change what stands here, and new ones may come.
    group = [f"offers:{found.company_id}"] if found.variant_group else []
    made_of(request, f"offer:{found.pk}", f"company:{found.company_id}", *group)
    pictures = picture_urls([*found.pictures, *([found.company.logo_id] if found.company.logo_id else [])])
    language = get_language() or "en"
    return public_page(
        request, "catalog/offer.html", offer=found, variants=_variants(found, language), **shown(found, pictures, language)
    )


def shown(offer: Offer, pictures: dict[Any, dict[str, Any]], language: str) -> dict[str, Any]:
    """What the template needs of an offer, in the reader's language."""
    title, others = in_language(offer.titles, language)
    description, _others = in_language(offer.descriptions, language)
    tiers = queries.price_tiers(offer)
    return {
        "title": title,
        "other_titles": others,
        "description": description,
        "attributes": attributes_in(offer, language),
        "pictures": [
            {**picture, "alt": _alt(offer, pk, language) or title} for pk in offer.pictures if (picture := pictures.get(pk))
        ],
        "tiers": [
            {
                "from_quantity": start,
                "to_quantity": tiers[place + 1][0] - queries.smallest_step(offer.unit) if place + 1 < len(tiers) else None,
                "price": price,
                "saving": 1 - price.amount / tiers[0][1].amount if place else None,
            }
            for place, (start, price) in enumerate(tiers)
        ],
        "least": queries.least_quantity(offer),
        "multiple": offer.multiple if offer.multiple != queries.smallest_step(offer.unit) else None,
        "lead_times": [(Decimal(up_to) if up_to else None, days) for up_to, days in offer.lead_times],
        "sample": Money(offer.sample_price_minor, offer.currency) if offer.sample_price_minor is not None else None,
        "crumbs": _crumbs(offer, title, language),
        "supplier": _supplier(offer, pictures, language),
    }


def _variants(offer: Offer, language: str) -> list[dict[str, Any]]:
    """The offers of its group, each by what sets it apart: attributes that differ, or else its title."""
    found = queries.variants_of(offer)
    # Beside one that says nothing in this language, all of them say what was typed: only then it shows what sets them apart.
    translated = all(attributes_in(each, language) is not each.attributes for each in found)
    said = [dict(attributes_in(each, language) if translated else each.attributes) for each in found]
    names = [name for name in dict.fromkeys(name for one in said for name in one) if len({one.get(name) for one in said}) > 1]
    rows = []
    for each, one in zip(found, said, strict=True):
        tiers = queries.price_tiers(each)
        rows.append(
            {
                "text": " · ".join(one[name] for name in names if one.get(name)) or in_language(each.titles, language)[0],
                "href": url("catalog:offer", each.market, each.number),
                "current": each.pk == offer.pk,
                "price": tiers[-1][1] if tiers else None,
                "unit": each.unit,
            }
        )
    return rows


# Who reads one script of Chinese rather reads the other than a foreign language.
_NEAREST = {"zh-hant": ("zh-hant", "zh-hans"), "zh-hans": ("zh-hans", "zh-hant")}


def in_language(texts: dict[str, str], language: str) -> tuple[str, list[tuple[str, str]]]:
    """The text in this language, or the nearest that is there, and the others with their languages."""
    order = [*_NEAREST.get(language, ("en",)), "en", "zh-hant", "zh-hans"]
    code = next((code for code in order if texts.get(code)), "")
    return texts.get(code, ""), [(other, text) for other, text in texts.items() if other != code and text]


def attributes_in(offer: Offer, language: str) -> list[list[str]]:
    """[name, value] of each attribute in this language, else in the other script of Chinese, else as they were typed."""
    said: dict[str, list[list[str]]] = offer.attributes_by_language
    return next((said[code] for code in _NEAREST.get(language, ("en",)) if code in said), offer.attributes)  # type: ignore[no-any-return]


def _alt(offer: Offer, picture: Any, language: str) -> str:
    return in_language(offer.picture_alts.get(str(picture), {}), language)[0]


def _crumbs(offer: Offer, title: str, language: str) -> list[tuple[str, str | None]]:
    # The halls are a page of an upper package: its address is a plain part of the site map.
    halls = f"/{language}/{offer.market}/halls/"
    hall = offer.category.partition("/")[0]
    trail: list[tuple[str, str | None]] = [(name_in(reference.category(hall).names, language), f"{halls}{hall}/")]
    if offer.category != UNSORTED:
        trail.append((name_in(reference.category(offer.category).names, language), f"{halls}{offer.category}/"))
    return [*trail, (title, None)]


def _supplier(offer: Offer, pictures: dict[Any, dict[str, Any]], language: str) -> dict[str, Any]:
    company = offer.company
    name, other = names(company, language)
    logo = pictures.get(company.logo_id, {}) if company.logo_id else {}
    return {
        "name": name,
        "other_name": other,
        "href": url("companies:supplier", offer.market, company.number),
        "logo": logo.get("320"),
        "city": company.address.get("city", ""),
        "country": company.country,
        "verified_on": company.verified_at if queries.is_verified(company) else None,
        "since": company.created_at.year,
    }
