"""Staff may open what belongs to others through the others' own pages too (an order, a request, a file): such a look is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from everfair.companies.actions import note_act
from everfair.office import values

# What an address names → the look. A page or endpoint with one of these in its address is covered from its first day on.
_LOOKS = {
    "order_id": values.LOOKED_AT_ORDER,
    "claim_id": values.LOOKED_AT_CLAIM,
    "rfq_id": values.LOOKED_AT_REQUEST,
    "quote_id": values.LOOKED_AT_REQUEST,
    "inquiry_id": values.LOOKED_AT_REQUEST,
    "thread_id": values.LOOKED_AT_TALK,
    "file_id": values.LOOKED_AT_FILE,
    "verification_id": values.LOOKED_AT_VERIFICATION,
    "case_id": values.LOOKED_AT_RISK,
    "hit_id": values.LOOKED_AT_HIT,
    "penalty_id": values.LOOKED_AT_POINTS,
    "appeal_id": values.LOOKED_AT_POINTS,
    "listing_id": values.LOOKED_AT_ENTRY,
    "reentry_id": values.LOOKED_AT_ENTRY,
    "complaint_id": values.LOOKED_AT_COMPLAINT,
}


def note_looks(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Leave a note of every private thing that an operator was shown. Stands after the actor is known."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        match = request.resolver_match
        if match is None or request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        seen = next((name for name in _LOOKS if name in match.kwargs), None)
        # Public pages are the market's; the office's own pages say more than their address, and note it themselves.
        if seen is None or "market" in match.kwargs or match.app_name == "office":
            return response
        actor = request.actor  # type: ignore[attr-defined]
        if actor.kind == "operator":
            is_paper = seen == "order_id" and response.get("Content-Type", "").startswith("application/pdf")
            after: dict[str, Any] | None = {"paper": str(match.kwargs.get("kind", "contract"))} if is_paper else None
            act = values.LOOKED_AT_PAPER if is_paper else _LOOKS[seen]
            note_act(act, match.kwargs[seen], "", actor, after=after)
        return response

    return middleware
