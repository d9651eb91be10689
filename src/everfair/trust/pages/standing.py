"""How a company stands, for itself: every point with its facts, and what would raise the lowest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER
from everfair.base.writes import once
from everfair.companies.roles import OWNING
from everfair.markets.queries import rules_at
from everfair.markets.table import MARKETS
from everfair.trust import actions, queries
from everfair.trust.pages.standing_faces import days_shown, face_of, fact_words, hints_of


@require_safe
@allow(MEMBER)
def standing(request: HttpRequest) -> HttpResponse:
    """In every market: three queries each, and one for how the company is seen as a buyer."""
    actor = request.actor  # type: ignore[attr-defined]
    markets = [_market(name, actor.company_id) for name in MARKETS]
    as_buyer = queries.credibility(actor.company_id, markets[0]["rules"])
    return page(
        request, "trust/standing.html", markets=markets, as_buyer=as_buyer, fact_words=fact_words, may_ask=OWNING.admits(actor)
    )


def _market(name: str, company_id: Any) -> dict[str, Any]:
    rules = rules_at(name)
    face = face_of(queries.standing_history(company_id, name))
    return {
        "name": name, "rules": rules, "face": face, "hints": hints_of(face.row, rules) if face else [],
        "facts": queries.facts_of(company_id, name), "weeks": days_shown(face.history) if face else [],
    }  # fmt: skip


@require_POST
@allow(OWNING)
@once
def count(request: HttpRequest) -> HttpResponse:
    """Have it counted now; too soon after the last time it says so."""
    try:
        actions.ask_for_counting(request.POST.get("market", ""), by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Counted anew, by all that is known up to now."))
    return redirect("trust:standing")
