"""Staff may open what belongs to others through the others' own pages too (an order, a request, a file): such a look is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from everfair.base.pages import error_page
from everfair.base.refused import Refused
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


# What the database refuses to whoever has to do with a company (trust's migration 0004, disputes' 0005).
_KEPT_AWAY = (
    "trust_stop_unlinked",
    "trust_account_unlinked",
    "trust_seat_unlinked",
    "trust_mark_granted",
    "disputes_claim_unlinked",
)


class NoteAttempts:
    """Whoever sells and knocks at a door of the office, or is linked and was stopped by the database: the office reads of it.

    Stands within the doors, which make an answer of what is raised here.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        # The API answers its own refusals; a form that another site forged is nobody's attempt and has another code.
        if response.status_code == 403 and _sells(request) and b"base.not_allowed" in response.content:
            _note(request, "")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused) and error.status == 403 and _sells(request):
            _note(request, "")
            return None
        diagnosis = getattr(error.__cause__, "diag", None) if isinstance(error, IntegrityError) else None
        name = getattr(diagnosis, "constraint_name", None)
        if name not in _KEPT_AWAY:
            return None
        _note(request, name)
        refusal = Refused("office.linked", _("You have something to do with this company: somebody else decides."), status=403)
        return error_page(request, 403, refusal=refusal)


def _sells(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and actor.kind == "sales"


def _note(request: HttpRequest, guard: str) -> None:
    after = {"door": f"{request.method} {request.path}"[:200]} | ({"guard": guard} if guard else {})
    note_act(values.TRIED, None, "", request.actor, after=after)  # type: ignore[attr-defined]
