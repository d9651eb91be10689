"""Looking at suppliers: at all of them every night, at some as soon as something happened."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from uuid import UUID

from everfair.base.clock import now
from everfair.base.rows import ask, insert
from everfair.risk.actions.cases import take_proposal
from everfair.risk.models import Sweep
from everfair.risk.queries.cases import due_companies, known_bad, watched_categories
from everfair.risk.queries.facts import seller_ids, suppliers
from everfair.risk.scoring import World

# So many suppliers are read at a time.
BATCH = 2_000


def ask_for_look(company_ids: Iterable[UUID]) -> None:
    """Something happened: these suppliers are looked at soon. Safe to repeat."""
    ask(_ASK, [list(company_ids)])


def look_at_all() -> Sweep:
    """Everybody is scored anew; what is proposed becomes a case. Each case is its own transaction."""
    started = monotonic()
    at = now().date()
    world = live_world()
    ids = list(world.suppliers)
    opened = sum(take_proposal(row, at=at) is not None for row in world.proposals(at, ids))
    ask(_FORGET, [list(map(UUID, ids))])
    found = [
        {"person": row.salesperson, "reasons": [[code, dict(figures)] for code, figures in row.reasons]}
        for row in world.staff(at)
    ]
    sweep = Sweep(looked=len(ids), opened=opened, took_ms=int((monotonic() - started) * 1000), staff=found)
    insert(sweep)
    return sweep


def look_at_due() -> int:
    """Those of whom something happened since. Returns how many were looked at."""
    due = due_companies()
    if not due:
        return 0
    at = now().date()
    world = live_world()
    for row in world.proposals(at, [str(pk) for pk in due if str(pk) in world.suppliers]):
        take_proposal(row, at=at)
    ask(_FORGET, [due])
    return len(due)


def live_world() -> World:
    """All sellers as the tables know them now."""
    ids = seller_ids()
    facts = [row for start in range(0, len(ids), BATCH) for row in suppliers(ids[start : start + BATCH])]
    return World(facts, {str(pk) for pk in known_bad()}, watched_categories())


_ASK = """
    INSERT INTO risk_duelook (id, company_id)
    SELECT gen_random_uuid(), c.id FROM companies_company c WHERE c.id = ANY(%s::uuid[]) AND c.is_seller
    ON CONFLICT (company_id) DO NOTHING RETURNING 1
"""
_FORGET = "DELETE FROM risk_duelook WHERE company_id = ANY(%s::uuid[]) RETURNING 1"

__all__ = ["ask_for_look", "live_world", "look_at_all", "look_at_due"]
