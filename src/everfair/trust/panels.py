"""What verifications put into the pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.public import made_of
from everfair.base.slots import panel
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.pages.standing_faces import days_shown, face_of, fact_words
from everfair.trust.queries import checks_of, facts_of, standing_history, standing_verification
from everfair.trust.queries.complaints import complaint_count
from everfair.trust.values import CHECK_WORDS, LEVEL_PROMISES, LEVEL_WORDS


@panel("companies.mark", public=True)
def level_of_company(request: HttpRequest, company: Any) -> str | None:
    """At the head of a passport: the seal with the level, and what was seen when; never the papers. One query, two where it carries one."""
    made_of(request, f"company:{company.pk}")
    market = _market_of(request)
    row = standing_verification(company.pk, market)
    if row is None:
        return None
    context = {
        "row": row, "level": LEVEL_WORDS[row.level], "promise": LEVEL_PROMISES[row.level], "market": market,
        "checks": [(CHECK_WORDS[check.kind], check.at, check.valid_until) for check in checks_of(row.pk)],
    }  # fmt: skip
    return render_to_string("trust/passport_mark.html", context, request)


@panel("companies.passport", public=True, order=10)
def standing_of_supplier(request: HttpRequest, company: Any) -> str | None:
    """On a supplier's passport: the stars with their reasons, and how it went. One query; nothing on the page of who only buys."""
    if not company.is_seller:
        return None
    made_of(request, f"company:{company.pk}", "standings")
    face = face_of(standing_history(company.pk, _market_of(request)))
    context = {"face": face, "weeks": days_shown(face.history) if face else []}
    return render_to_string("trust/standing_panel.html", context, request)


@panel("office.company", order=30)
def standing_on_the_desk(request: HttpRequest, company: Any) -> str | None:
    """On the operator's page of a company: the same, with the newest facts. Two queries."""
    if not company.is_seller:
        return None
    face = face_of(standing_history(company.pk, DEFAULT_MARKET))
    context = {"face": face, "facts": facts_of(company.pk, DEFAULT_MARKET), "fact_words": fact_words}
    return render_to_string("trust/standing_desk.html", context, request)


def _market_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("market", DEFAULT_MARKET)) if match else DEFAULT_MARKET


@panel("companies.mark", order=20, public=True)
def complaints_of_company(request: HttpRequest, company: Any) -> str | None:
    """How many complaints about deals outside the platform are open or were found right, and where to make one. One query."""
    if not company.is_seller:
        return None
    return render_to_string("trust/passport_complaints.html", {"count": complaint_count(company.pk), "company": company}, request)
