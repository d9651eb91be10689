"""The directory and the passports: the same for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base import clock
from everfair.base.actor import NOBODY
from everfair.base.allow import allow
from everfair.base.pages import public_page
from everfair.base.public import made_of, public
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE
from everfair.companies import forms, queries
from everfair.companies.models import Company
from everfair.files.queries import picture_urls
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import name_in

PER_PAGE = 24


@require_safe
@allow(EVERYONE)
@public("companies", params=("country", "verified", "after"))
def suppliers(request: HttpRequest, market: str) -> HttpResponse:
    market_row(market)
    country, before = request.GET.get("country", ""), request.GET.get("after", "")
    verified = request.GET.get("verified") == "1"
    country = country if country in reference.COUNTRIES else ""
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = queries.suppliers(country=country, verified=verified, before=number, limit=PER_PAGE + 1)
    language, today = get_language() or "en", clock.now().date()
    countries = [
        {"value": code, "text": reference.country_name(code, language), "count": None, "chosen": code == country}
        for code in queries.supplier_countries()
    ]
    facets = [
        {
            "name": "verified",
            "title": _("Verification"),
            "choices": [{"value": "1", "text": _("Verified"), "count": None, "chosen": verified}],
        },
        {"name": "country", "title": _("Country"), "choices": _one_of(countries)},
    ]
    logos = picture_urls(company.logo_id for company in found[:PER_PAGE] if company.logo_id)
    return public_page(
        request,
        "companies/suppliers.html",
        cards=[_card(company, language, market, today, logos) for company in found[:PER_PAGE]],
        facets=facets,
        market=market,
        after=found[PER_PAGE - 1].number if len(found) > PER_PAGE else None,
    )


def _one_of(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A company sits in one country: while one is chosen, the others would only empty the list."""
    chosen = [choice for choice in choices if choice["chosen"]]
    return chosen or choices


def _card(company: Company, language: str, market: str, today: date, logos: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    name, other = queries.names(company, language)
    return {
        "name": name,
        "other_name": other,
        "logo": logos.get(company.logo_id, {}).get("320") if company.logo_id else None,
        "href": reverse("companies:supplier", kwargs={"market": market, "number": company.number}),
        "city": company.address.get("city", ""),
        "country": company.country,
        "verified_on": company.verified_at if queries.is_marked(company, today) else None,
        "kinds": forms.KIND_NAMES[company.kind],
        "since": str(company.created_at.year),
    }


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
        logo=picture_urls([company.logo_id]).get(company.logo_id, {}).get("320") if company.logo_id else None,
        market=market,
        register=register_name(company, language),
        kind=forms.KIND_NAMES[company.kind],
    )


def register_name(company: Company, language: str) -> str:
    return name_in(reference.registration_kind(company.country, company.registration_kind).label, language)
