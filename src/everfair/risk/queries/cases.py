"""Cases an actor may see, and what the clockwork asks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.risk.models import DueLook, RiskCase, Sweep
from everfair.risk.roles import REVIEWER
from everfair.risk.states import UNDECIDED

# A category is watched when among its suppliers so many times as many were confirmed as on the whole platform, and at least so many.
WATCHED_TIMES, WATCHED_LEAST = 2.0, 3


def cases_visible_to(actor: Actor) -> QuerySet[RiskCase]:
    """All for reviewers and the clockwork; nobody else knows of them, the company included."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return RiskCase.objects.all()
    return RiskCase.objects.none()


def case(case_id: UUID, actor: Actor) -> RiskCase:
    """With its company and who decided, in one query. NotVisible outside the scope."""
    found = cases_visible_to(actor).select_related("company", "held_by", "decided_by").filter(pk=case_id).first()
    if found is None:
        raise NotVisible
    return found


_FIRST = Case(
    When(state="escalated", then=Value(0)), When(state="held", then=Value(1)), default=Value(2), output_field=IntegerField()
)


def queue(actor: Actor, *, limit: int = 200) -> list[RiskCase]:
    """What is undecided: escalated first, then held, then the rest; by points within. One query."""
    rows = cases_visible_to(actor).filter(state__in=UNDECIDED).select_related("company")
    return list(rows.order_by(_FIRST, "-points", "number")[:limit])


def decided_lately(actor: Actor, *, limit: int = 50) -> list[RiskCase]:
    rows = cases_visible_to(actor).filter(state__in=["confirmed", "cleared"]).select_related("company")
    return list(rows.order_by("-decided_at")[:limit])


def known_bad() -> set[UUID]:
    """Suppliers whose last case a person confirmed."""
    return set(RiskCase.objects.filter(state="confirmed").values_list("company_id", flat=True))


def due_companies() -> list[UUID]:
    return list(DueLook.objects.order_by("id").values_list("company_id", flat=True)[:500])


def newest_sweep() -> Sweep | None:
    return Sweep.objects.order_by("-id").first()


def sweep_is_due() -> bool:
    """Once in 23 hours: a night that was missed is made up for in the morning."""
    last = newest_sweep()
    return last is None or last.created_at < now() - timedelta(hours=23)


def watched_categories() -> frozenset[str]:
    """Where confirmed frauds were found more often than elsewhere, by the platform's own cases. One query."""
    return frozenset(row[0] for row in ask(_WATCHED, {"least": WATCHED_LEAST, "times": WATCHED_TIMES}))


_WATCHED = """
    WITH sells AS (SELECT DISTINCT company_id, category || '/' || unit AS category FROM catalog_offer WHERE state IN ('published', 'withdrawn')),
        bad AS (SELECT DISTINCT company_id FROM risk_riskcase WHERE state = 'confirmed'),
        whole AS (SELECT count(DISTINCT s.company_id)::float AS n, count(DISTINCT b.company_id)::float AS bad
                  FROM sells s LEFT JOIN bad b USING (company_id))
    SELECT s.category FROM sells s LEFT JOIN bad b USING (company_id) CROSS JOIN whole
    GROUP BY s.category, whole.n, whole.bad
    HAVING count(b.company_id) >= %(least)s AND count(b.company_id) / count(*)::float >= %(times)s * whole.bad / greatest(whole.n, 1)
"""
