"""What waits for the operator, counted in one query, and the rows of the queues that belong to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from everfair.base import clock
from everfair.base.models import Deadline, DeadReaction
from everfair.base.refused import NotVisible
from everfair.office.queries.sql import rows
from everfair.office.values import LOOKALIKE, NAME_CLEARED, SETTLED
from everfair.payments.queries import misfits
from everfair.reference.values import UNSORTED


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits in each queue; the names are those of its page."""

    issues: int
    unverified: int
    lookalikes: int
    unmapped: int
    misfits: int
    reactions: int
    deadlines: int
    payouts: int

    @property
    def in_all(self) -> int:
        return sum(getattr(self, name) for name in self.__slots__)


_QUEUES = """
    SELECT
        (SELECT count(*) FROM trade_order WHERE issue = 'open') AS issues,
        (SELECT count(*) FROM companies_company
            WHERE is_seller AND (verified_until IS NULL OR verified_until < %(today)s)) AS unverified,
        (SELECT count(DISTINCT n.subject) FROM companies_auditnote n WHERE n.act = %(lookalike)s AND NOT EXISTS (
            SELECT FROM companies_auditnote c WHERE c.subject = n.subject AND c.act = %(cleared)s AND c.id > n.id)) AS lookalikes,
        (SELECT count(DISTINCT source_category) FROM catalog_offer
            WHERE category = %(unsorted)s AND source_category <> '' AND state <> 'removed') AS unmapped,
        (SELECT count(*) FROM payments_providerevent e WHERE e.outcome IN ('mismatch', 'unknown') AND NOT EXISTS (
            SELECT FROM companies_auditnote c WHERE c.subject = e.id AND c.act = %(settled)s)) AS misfits,
        (SELECT count(*) FROM base_deadreaction WHERE settled_at IS NULL) AS reactions,
        (SELECT count(*) FROM base_deadline WHERE state = 'failed') AS deadlines,
        (SELECT count(*) FROM payments_payout WHERE state = 'indeterminate') AS payouts"""


def queues() -> Queues:
    words = {
        "lookalike": LOOKALIKE,
        "cleared": NAME_CLEARED,
        "settled": SETTLED,
        "unsorted": UNSORTED,
        "today": clock.now().date(),
    }
    return Queues(**rows(_QUEUES, words)[0])


def misfits_page(*, settled: bool = False, before: UUID | None = None, limit: int = 50) -> list[Any]:
    """Provider events that fit nothing, newest first: those that wait, or those that somebody has settled."""
    found = misfits().extra(  # noqa: S610  a constant
        where=[
            f"{'' if settled else 'NOT '}EXISTS (SELECT FROM companies_auditnote c "
            "WHERE c.subject = payments_providerevent.id AND c.act = %s)"
        ],
        params=[SETTLED],
    )
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.defer("body")[:limit])


def misfit(event_id: UUID) -> Any:
    found = misfits().filter(pk=event_id).first()
    if found is None:
        raise NotVisible
    return found


def dead_reactions(limit: int = 100) -> list[dict[str, Any]]:
    """Events that a package could not digest, with what they say, newest first."""
    return rows(
        """
        SELECT d.id, d.subscriber, d.reason, d.at, d.event_seq, e.name, e.subject, e.body
        FROM base_deadreaction d LEFT JOIN base_event e ON e.seq = d.event_seq
        WHERE d.settled_at IS NULL ORDER BY d.id DESC LIMIT %(limit)s""",
        {"limit": limit},
    )


def dead_reaction(reaction_id: int) -> DeadReaction:
    found = DeadReaction.objects.filter(pk=reaction_id, settled_at=None).first() if reaction_id < 2**63 else None
    if found is None:
        raise NotVisible
    return found


def failed_deadlines() -> QuerySet[Deadline]:
    """What should have happened by itself and did not, after several tries."""
    return Deadline.objects.filter(state="failed").order_by("-id")
