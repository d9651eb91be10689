"""The directory and the passports: the same for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.actor import NOBODY
from everfair.base.allow import allow
from everfair.base.pages import public_page
from everfair.base.public import LIST_FRESH_S, made_of, public
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE
from everfair.companies import directory, forms, queries
from everfair.companies.models import Company
from everfair.files.queries import picture_urls
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import name_in

PER_PAGE = 24
_LONGEST_SEARCH = 100


@require_safe
@allow(EVERYONE)
@public("companies", params=("q", "hall", "country", "verified", "after"), fresh_s=LIST_FRESH_S)
def suppliers(request: HttpRequest, market: str) -> HttpResponse:
    """Two queries, and one for the logos where there are any."""
    market_row(market)
    asked, before = _asked(request, market), _number(request.GET.get("after", ""))
    found = directory.suppliers(asked, before=before, limit=PER_PAGE + 1)
    counted = directory.facets(asked)
    language = get_language() or "en"
    shown = found[:PER_PAGE]
    logos = picture_urls(company.logo_id for company in shown if company.logo_id)
    return public_page(
        request,
        "companies/suppliers.html",
        asked=asked,
        total=counted.total,
        cards=[_card(company, language, market, logos) for company in shown],
        facets=_facets(asked, counted, language),
        market=market,
        first=before is None,
        after=shown[-1].number if len(found) > PER_PAGE else None,
    )


def _asked(request: HttpRequest, market: str) -> directory.Narrowing:
    """From the address; what nobody knows is passed over."""
    halls, countries = dict.fromkeys(request.GET.getlist("hall")), dict.fromkeys(request.GET.getlist("country"))
    return directory.Narrowing(
        market=market,
        words=" ".join(request.GET.get("q", "")[:_LONGEST_SEARCH].split()),
        halls=tuple(code for code in halls if code in reference.categories()),
        countries=tuple(code for code in countries if code in reference.COUNTRIES),
        verified=request.GET.get("verified") == "1",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _facets(asked: directory.Narrowing, counted: directory.Facets, language: str) -> list[dict[str, Any]]:
    """Halls in the order of the fair, countries with the most suppliers first; what is chosen is shown even when nothing is left."""
    halls = [
        _choice(code, name_in(each.names, language), counted.halls.get(code, 0) if each.is_hall else None, code in asked.halls)
        for code, each in reference.categories().items()
        if code in counted.halls or code in asked.halls
    ]
    countries = [
        _choice(code, reference.country_name(code, language), counted.countries.get(code, 0), code in asked.countries)
        for code in {**counted.countries, **dict.fromkeys(asked.countries)}
    ]
    countries.sort(key=lambda choice: (-choice["count"], choice["text"]))
    marked = [_choice("1", _("Verified"), counted.verified, asked.verified)]
    return [
        {"name": "verified", "title": _("Verification"), "choices": marked},
        {"name": "country", "title": _("Country"), "choices": countries},
        {"name": "hall", "title": _("What they make"), "choices": halls},
    ]


def _choice(value: str, text: str, count: int | None, chosen: bool) -> dict[str, Any]:
    return {"value": value, "text": text, "count": count, "chosen": chosen}


def _card(company: Company, language: str, market: str, logos: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    name, other = queries.names(company, language)
    categories = reference.categories()
    return {
        "name": name,
        "other_name": other,
        "logo": logos.get(company.logo_id, {}).get("320") if company.logo_id else None,
        "href": reverse("companies:supplier", kwargs={"market": market, "number": company.number}),
        "city": company.address.get("city", ""),
        "country": company.country,
        "verified_on": company.verified_at if company.is_marked else None,  # type: ignore[attr-defined]
        "kind": forms.KIND_NAMES[company.kind],
        "since": str(company.created_at.year),
        "languages": [forms.spoken(code) for code in company.languages],
        "offer_count": company.offer_count,  # type: ignore[attr-defined]
        "makes": [(name_in(categories[code].names, language), count) for code, count in company.makes if code in categories],  # type: ignore[attr-defined]
    }


@require_safe
@allow(EVERYONE)
@public("companies", fresh_s=LIST_FRESH_S)
def inspectors(request: HttpRequest, market: str) -> HttpResponse:
    """Who may be booked to inspect goods, with what the operator has seen: one query."""
    market_row(market)
    language = get_language() or "en"
    shown = [
        {"name": name, "other_name": other, "country": company.country, "city": company.address.get("city", ""), "seen": company.inspector_note}
        for company in queries.inspectors()
        for name, other in [queries.names(company, language)]
    ]  # fmt: skip
    return public_page(request, "companies/inspectors.html", inspectors=shown, market=market)


@require_safe
@allow(EVERYONE)
@public()
def supplier(request: HttpRequest, market: str, number: int) -> HttpResponse:
    market_row(market)
    company = queries.companies_visible_to(NOBODY).filter(number=number).first() if number < 2**63 else None
    if company is None:
        raise NotVisible
    made_of(request, f"company:{company.pk}", f"offers:{company.pk}")
    language = get_language() or "en"
    return public_page(
        request,
        "companies/supplier.html",
        passport=queries.passport(company, language),
        company=company,
        languages=[forms.spoken(code) for code in company.languages],
        logo=picture_urls([company.logo_id]).get(company.logo_id, {}).get("320") if company.logo_id else None,
        market=market,
        register=register_name(company, language),
        kind=forms.KIND_NAMES[company.kind],
    )


def register_name(company: Company, language: str) -> str:
    return name_in(reference.registration_kind(company.country, company.registration_kind).label, language)
