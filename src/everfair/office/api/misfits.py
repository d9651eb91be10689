"""Events of payment providers that fit nothing, for an operator's programs: what came, and what was done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import OPERATOR
from everfair.companies.queries import audit_notes
from everfair.office import actions, queries
from everfair.office.api.lists import id_in, listed
from everfair.office.schemas.misfits import ProviderEventOut, ProviderEventPage
from everfair.office.schemas.plain import WhyIn
from everfair.office.values import SETTLED

router = Router(tags=["Office: provider events"])


@router.get("/office/provider-events", response=ProviderEventPage)
@allow(OPERATOR)
def list_provider_events(
    request: HttpRequest, settled: bool = False, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """Those that wait for a person, or those that somebody has settled; newest first. What came, word for word, is read on the page, which
    notes who looked."""
    found = queries.misfits_page(settled=settled, before=id_in(cursor), limit=limit + 1)
    return listed(found, limit, _brief, lambda row: str(row.pk))


@router.post("/office/provider-events/{uuid:event_id}/settle", response=ProviderEventOut)
@allow(OPERATOR)
@write
def settle_provider_event(request: HttpRequest, event_id: UUID, payload: WhyIn) -> Any:
    """Something was done about it; it leaves the queue, the event itself stays as it came."""
    actions.settle_event(event_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    found = queries.misfit(event_id)
    settled = [note.reason for note in audit_notes(found.pk) if note.act == SETTLED]
    return ProviderEventOut(**_brief(found), settled=settled)


def _brief(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "provider", "kind", "outcome", "received_at")}
    return plain | {"event": row.event_id, "note": row.outcome_note}
