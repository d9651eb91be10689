"""What is known of complaints: to the two companies, to reviewers, and to everybody as a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.trust.models import Complaint
from everfair.trust.queries.verifications import candidates, link_between
from everfair.trust.roles import REVIEWER
from everfair.trust.values.complaint import OPEN_COMPLAINTS

SHOWN = 200


def complaints_visible_to(actor: Actor) -> QuerySet[Complaint]:
    """Those a company made and those about it; all for reviewers and the clockwork, for other staff none."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Complaint.objects.all()
    if actor.company_id is None or actor.kind not in ("person", "key"):
        return Complaint.objects.none()
    return Complaint.objects.filter(Q(company_id=actor.company_id) | Q(against_id=actor.company_id))


def complaint(complaint_id: UUID, actor: Actor) -> Complaint:
    """With both companies. NotVisible outside the scope."""
    found = complaints_visible_to(actor).select_related("company", "against").filter(pk=complaint_id).first()
    if found is None:
        raise NotVisible
    return found


def own_complaints(actor: Actor) -> list[Complaint]:
    """Made and received, newest first."""
    return list(complaints_visible_to(actor).select_related("company", "against").order_by("-number")[:SHOWN])


def complaints_queue(actor: Actor) -> list[Complaint]:
    """What reviewers have to do, who has waited longest first."""
    rows = complaints_visible_to(actor).filter(state__in=["reviewing", "proposed"]).select_related("company", "against")
    return list(rows.order_by("number")[:SHOWN])


def complaints_since_yesterday(company_id: UUID) -> int:
    return Complaint.objects.filter(company_id=company_id, created_at__gt=now() - timedelta(days=1)).count()


@dataclass(frozen=True, slots=True)
class ComplaintCount:
    """What everybody may know of a supplier: how many complaints about it are open, and how many were found right."""

    open: int
    founded: int


def complaint_count(company_id: UUID) -> ComplaintCount:
    """One query."""
    return ComplaintCount(*ask(_COUNT, [company_id])[0])


_COUNT = """
    SELECT count(*) FILTER (WHERE state IN ('open', 'reviewing', 'proposed')), count(*) FILTER (WHERE state = 'founded')
    FROM trust_complaint WHERE against_id = %s
"""


def free_reviewers(row: Complaint, held: set[UUID]) -> dict[UUID, int]:
    """Who may sit on it, linked to neither company, with how much each has in hand."""
    found = candidates(row.against_id, but=held)
    linked = link_between(list(found.load), row.company_id)
    return {person: load for person, load in found.load.items() if person not in linked}


def unseated_complaints() -> list[UUID]:
    """Open ones that lack a reviewer, or whose reviewer has left or turned out to be linked."""
    return [pk for (pk,) in ask(_UNSEATED, [list(OPEN_COMPLAINTS)])]


_UNSEATED = """
    SELECT c.id FROM trust_complaint c WHERE c.state = ANY(%s::varchar[]) AND (
        NOT trust_may_hear(c.maker_id, c.company_id, c.against_id) OR NOT trust_may_hear(c.checker_id, c.company_id, c.against_id))
    ORDER BY c.number LIMIT 200
"""

__all__ = [
    "ComplaintCount",
    "complaint",
    "complaint_count",
    "complaints_queue",
    "complaints_since_yesterday",
    "complaints_visible_to",
    "free_reviewers",
    "own_complaints",
    "unseated_complaints",
]
