"""What waits for the operator, counted in one query, and the rows of the queues that belong to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from everfair.base import clock
from everfair.base.models import Deadline, DeadReaction
from everfair.base.refused import NotVisible
from everfair.disputes.queries import CLAIMED
from everfair.logistics.queries import parked_events
from everfair.office.queries.letters import stuck_letters
from everfair.office.queries.sql import rows
from everfair.office.values import CARRIER_EVENT_SETTLED, LOOKALIKE, NAME_CLEARED, SETTLED, TRIED
from everfair.payments.queries import misfits
from everfair.reference.values import UNSORTED

# A mark that ends within so many days is renewed in good time.
SOON_DAYS = 30
# The clock looks every second or two: what is still waiting after this is stuck.
OVERDUE_AFTER = timedelta(minutes=5)
# A cursor reads batches; so many unread facts are no reason to worry.
BEHIND_TOLERATED = 1_000


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits, and since when the oldest has been waiting (None where nobody can tell)."""

    name: str
    count: int
    since: datetime | None


_QUEUES = f"""
    SELECT 'issues' AS name, count(*) AS count, min(said.at) AS since
    FROM trade_order o LEFT JOIN LATERAL (
        SELECT max(h.at) AS at FROM base_history h WHERE h.subject = o.id AND h.axis = 'issue' AND h.verb = 'report') said ON true
    WHERE o.issue = 'open' AND NOT {CLAIMED}
    UNION ALL SELECT 'cases', count(*), min(k.created_at) FROM disputes_claim k WHERE k.state IN ('arbitration', 'proposed')
    UNION ALL SELECT 'points', count(*), min(p.created_at) FROM trust_penalty p WHERE p.state IN ('proposed', 'waiting')
    UNION ALL SELECT 'points_appeals', count(*), min(a.created_at) FROM trust_appeal a WHERE a.state = 'open'
    UNION ALL SELECT 'complaints', count(*), min(c.created_at) FROM trust_complaint c WHERE c.state IN ('reviewing', 'proposed')
    UNION ALL SELECT 'reentries', count(*), min(r.created_at) FROM trust_reentry r WHERE r.state IN ('open', 'proposed')
    UNION ALL SELECT 'blacklist', count(*), min(b.created_at) FROM trust_blacklistentry b WHERE b.state IN ('proposed', 'appealed')
    UNION ALL SELECT 'misfits', count(*), min(e.received_at) FROM payments_providerevent e
    WHERE e.outcome IN ('mismatch', 'unknown', 'refused') AND NOT EXISTS (
        SELECT FROM companies_auditnote c WHERE c.subject = e.id AND c.act = %(settled)s)
    UNION ALL SELECT 'carriers', count(*), min(e.received_at) FROM logistics_carrierevent e
    WHERE e.outcome IN ('parked', 'mismatch', 'unknown') AND NOT EXISTS (
        SELECT FROM companies_auditnote c WHERE c.subject = e.id AND c.act = %(carrier_settled)s)
    UNION ALL SELECT 'intents', count(*), min(created_at) FROM payments_intent WHERE state = 'indeterminate'
    UNION ALL SELECT 'payouts', count(*), min(created_at) FROM payments_payout WHERE state = 'indeterminate'
    UNION ALL SELECT 'stopped_payouts', count(*), min(p.created_at) FROM payments_payout p
    WHERE p.state IN ('requested', 'approved', 'released') AND EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = p.company_id AND s.kind = 'payout' AND s.lifted_at IS NULL
        AND (s.until IS NULL OR s.until > ef_now()))
    UNION ALL SELECT 'batches', count(*), min(b.created_at) FROM payments_batch b
    WHERE (b.state IN ('open', 'prepared') OR (b.rail = 'bank' AND b.state IN ('released', 'filed')))
        AND (EXISTS (SELECT FROM payments_payout p WHERE p.batch_id = b.id) OR EXISTS (SELECT FROM payments_bankreturn r WHERE r.batch_id = b.id))
    UNION ALL SELECT 'payout_exceptions', count(*), min(created_at) FROM payments_payout WHERE state = 'held'
    UNION ALL SELECT 'payout_approvals', count(*), min(p.created_at) FROM payments_payout p WHERE p.state = 'requested' AND 2 > (
        SELECT count(*) FROM companies_membership m JOIN companies_person w ON w.id = m.person_id
        WHERE m.company_id = p.company_id AND m.ended_at IS NULL AND w.is_active AND m.roles && ARRAY['owner', 'finance']::varchar[])
    UNION ALL SELECT 'bank_accounts', count(*), min(created_at) FROM payments_bankaccount WHERE state IN ('added', 'looked')
    UNION ALL SELECT 'debts', count(*), min(created_at) FROM payments_debt WHERE state = 'overdue'
    UNION ALL SELECT 'bank_breaks', count(*), min(created_at) FROM payments_bankbreak WHERE settled_at IS NULL
    UNION ALL SELECT 'bank_lines', count(*), min(created_at) FROM payments_bankline WHERE state = 'open'
    UNION ALL SELECT 'bank_decisions', count(*), min(created_at) FROM payments_linedecision WHERE state = 'proposed'
    UNION ALL SELECT 'bank_returns', count(*), min(created_at) FROM payments_bankreturn WHERE state = 'held'
    UNION ALL SELECT 'rail_breaks', count(*), min(created_at) FROM payments_railbreak WHERE state = 'open'
    UNION ALL SELECT 'chargebacks', count(*), min(created_at) FROM payments_chargeback WHERE state = 'open' AND answer = ''
    UNION ALL SELECT 'reactions', count(*), min(at) FROM base_deadreaction WHERE settled_at IS NULL
    UNION ALL SELECT 'deadlines', count(*), min(due_at) FROM base_deadline WHERE state = 'failed'
    UNION ALL SELECT 'overdue', count(*), min(due_at) FROM base_deadline
    WHERE state = 'waiting' AND due_at < ef_now() - %(patience)s::interval
    UNION ALL SELECT 'unverified', count(*), min(coalesce(verified_until::timestamptz, created_at)) FROM companies_company
    WHERE is_seller AND (verified_until IS NULL OR verified_until < %(today)s)
    UNION ALL SELECT 'expiring', count(*), NULL FROM companies_company
    WHERE is_seller AND verified_until >= %(today)s AND verified_until < %(soon)s
    UNION ALL SELECT 'lookalikes', count(DISTINCT n.subject), min(n.created_at) FROM companies_auditnote n
    WHERE n.act = %(lookalike)s AND NOT EXISTS (
        SELECT FROM companies_auditnote c WHERE c.subject = n.subject AND c.act = %(cleared)s AND c.id > n.id)
    UNION ALL SELECT 'attempts', count(*), min(n.created_at) FROM companies_auditnote n
    WHERE n.act = %(tried)s AND n.created_at > ef_now() - interval '7 days'
    UNION ALL SELECT 'unmapped', count(DISTINCT source_category), min(created_at) FROM catalog_offer
    WHERE category = %(unsorted)s AND source_category <> '' AND state <> 'removed'"""  # noqa: S608  a constant of the package below""


def queues() -> dict[str, Queue]:
    """Every queue by its name, the most pressing first: one query, and a look at the letters on the disk."""
    today = clock.now().date()
    words = {
        "lookalike": LOOKALIKE,
        "tried": TRIED,
        "cleared": NAME_CLEARED,
        "settled": SETTLED,
        "carrier_settled": CARRIER_EVENT_SETTLED,
        "unsorted": UNSORTED,
        "today": today,
        "soon": today + timedelta(days=SOON_DAYS),
        "patience": OVERDUE_AFTER,
    }
    found = {row["name"]: Queue(**row) for row in rows(_QUEUES, words)}
    found["letters"] = Queue("letters", *stuck_letters())
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the installation. `at` is real time, as balancers read it; `behind` counts facts that it has not read yet."""

    name: str
    note: str
    at: datetime | None
    well: bool
    behind: int = 0


PARTS = ("worker", "clock", "index")
_SILENT_AFTER = timedelta(seconds=20)
_BEHIND = """
    SELECT c.name, (SELECT coalesce(max(seq), 0) FROM base_event) - c.seq AS behind FROM base_cursor c ORDER BY behind DESC LIMIT 1"""


def parts_of_the_installation() -> list[Part]:
    """Who gives a sign of life, and who lags furthest behind the facts: two queries."""
    beats = {row["part"]: row for row in rows("SELECT part, at, note FROM base_heartbeat")}
    found = []
    for name in dict.fromkeys((*PARTS, *beats)):
        beat = beats.get(name)
        alive = beat is not None and timezone.now() - beat["at"] < _SILENT_AFTER
        note = beat["note"] if beat else ""
        found.append(Part(name, note, beat["at"] if beat else None, alive and note in ("", "ready")))
    slowest = next(iter(rows(_BEHIND)), None)
    if slowest is not None and slowest["behind"] > BEHIND_TOLERATED:
        found.append(Part(slowest["name"], "", None, False, slowest["behind"]))
    return found


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


def carrier_misfits_page(*, settled: bool = False, before: UUID | None = None, limit: int = 50) -> list[Any]:
    """The same of carriers' events: what fits no consignment yet, none at all, or contradicts one."""
    found = parked_events().extra(  # noqa: S610  a constant
        where=[
            f"{'' if settled else 'NOT '}EXISTS (SELECT FROM companies_auditnote c "
            "WHERE c.subject = logistics_carrierevent.id AND c.act = %s)"
        ],
        params=[CARRIER_EVENT_SETTLED],
    )
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.defer("body")[:limit])


def carrier_misfit(event_id: UUID) -> Any:
    found = parked_events().filter(pk=event_id).first()
    if found is None:
        raise NotVisible
    return found


def is_consignment(consignment_id: UUID | None) -> bool:
    """Whether what a carrier's event names is one of ours: then its page says more."""
    return bool(consignment_id and rows("SELECT 1 FROM logistics_consignment WHERE id = %(id)s", {"id": consignment_id}))


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


def overdue_deadlines(limit: int = 100) -> list[Deadline]:
    """What should have fired by now and did not: the clock stands still, or cannot keep up."""
    late = Deadline.objects.filter(state="waiting", due_at__lt=clock.now() - OVERDUE_AFTER)
    return list(late.order_by("due_at")[:limit])
