"""What verifications put into the pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.public import made_of
from everfair.base.slots import panel
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.queries import checks_of, standing_verification
from everfair.trust.queries.complaints import complaint_count
from everfair.trust.values import CHECK_WORDS, LEVEL_PROMISES, LEVEL_WORDS


@panel("companies.mark", public=True)
def level_of_company(request: HttpRequest, company: Any) -> str | None:
    """At the head of a passport: the seal with the level, and what was seen when; never the papers. One query, two where it carries one."""
    made_of(request, f"company:{company.pk}")
    match = request.resolver_match
    market = match.kwargs.get("market", DEFAULT_MARKET) if match else DEFAULT_MARKET
    row = standing_verification(company.pk, market)
    if row is None:
        return None
    context = {
        "row": row, "level": LEVEL_WORDS[row.level], "promise": LEVEL_PROMISES[row.level], "market": market,
        "checks": [(CHECK_WORDS[check.kind], check.at, check.valid_until) for check in checks_of(row.pk)],
    }  # fmt: skip
    return render_to_string("trust/passport_mark.html", context, request)


@panel("companies.mark", order=20, public=True)
def complaints_of_company(request: HttpRequest, company: Any) -> str | None:
    """How many complaints about deals outside the platform are open or were found right, and where to make one. One query."""
    if not company.is_seller:
        return None
    return render_to_string("trust/passport_complaints.html", {"count": complaint_count(company.pk), "company": company}, request)
