"""Lists, screenings and hits, as their readers may see them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one
from everfair.companies.queries import people_by_id
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.models import Hit, ListedName, ListedParty, SanctionList, Screening
from everfair.trust.roles import REVIEWER
from everfair.trust.values.screening import SOURCES


def lists_in_force() -> list[SanctionList]:
    """One edition of each source at most."""
    return find(SanctionList, "state = 'current' ORDER BY source")


def lists_to_read() -> list[UUID]:
    return [row[0] for row in ask("SELECT id FROM trust_sanctionlist WHERE state = 'taken' ORDER BY id")]


@dataclass(frozen=True, slots=True)
class Standing:
    """One source: its edition in force (None where there is none), the one that is being read, and its age in days with whether that
    is a warning by `trust.sanctions_days`."""

    source: str
    current: SanctionList | None
    taken: SanctionList | None
    days: int | None
    is_old: bool


def list_standings() -> list[Standing]:
    """Every source that is known, also those nobody brought yet. One query, and the rule."""
    most = int(rule("trust.sanctions_days", DEFAULT_MARKET))
    today: date = now().date()
    rows = find(SanctionList, "state <> 'replaced' ORDER BY source")
    found = []
    for source in SOURCES:
        current = next((row for row in rows if row.source == source and row.state == "current"), None)
        taken = next((row for row in rows if row.source == source and row.state == "taken"), None)
        days = (today - current.edition_on).days if current else None
        found.append(Standing(source, current, taken, days, days is not None and days > most))
    return found


def former_lists(limit: int = 50) -> list[SanctionList]:
    """Editions that were in force or taken, newest first."""
    return find(SanctionList, "state = 'replaced' ORDER BY id DESC LIMIT %s", [limit])


def screened_facts(company_id: UUID) -> dict[str, Any]:
    """What of a company is compared, as it is now: {"country", "address", "names": [[role, name], …]}."""
    facts: dict[str, Any] = json.loads(ask("SELECT trust_screened_facts(%s)::text", [company_id])[0][0])
    return facts


def unscreened(company_id: UUID) -> str:
    """Why nothing can be granted to the company: confirmed, open, waits, stale; «» when nothing is in the way."""
    return ask("SELECT trust_unscreened(%s)", [company_id])[0][0] or ""


def stale_companies() -> list[UUID]:
    """Companies with an open verification that are not screened as they are now."""
    return [row[0] for row in ask(_STALE)]


_STALE = """
    SELECT company_id FROM (
        SELECT DISTINCT company_id FROM trust_verification WHERE state IN ('waiting', 'reviewing', 'asked', 'proposed')
    ) v WHERE EXISTS (SELECT FROM trust_sanctionlist WHERE state = 'current') AND trust_unscreened(company_id) = 'stale'
"""


def waiting_screenings(limit: int) -> list[Screening]:
    """Who waits, those first whom a person waits for."""
    return find(Screening, "done_at IS NULL ORDER BY cause = 'list', id LIMIT %s", [limit])


def waiting_count() -> int:
    return int(ask("SELECT count(*) FROM trust_screening WHERE done_at IS NULL")[0][0])


def newest_screening(company_id: UUID) -> Screening | None:
    """The newest that is done."""
    return find_one(Screening, "company_id = %s AND done_at IS NOT NULL ORDER BY done_at DESC, id DESC LIMIT 1", [company_id])


def hits_visible_to(actor: Actor) -> QuerySet[Hit]:
    """For reviewers and the clockwork; a company never learns of its own."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Hit.objects.all()
    return Hit.objects.none()


def hit(hit_id: UUID, actor: Actor) -> Hit:
    """With its company, party and the listed name, in one query. NotVisible outside the scope."""
    rows = hits_visible_to(actor).select_related("company", "party__edition", "listed_name", "screening")
    found = rows.filter(pk=hit_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class HitDesk:
    """`open` and `proposed` with the likeliest first; `decided` the newest; `people` who said something."""

    open: list[Hit]
    proposed: list[Hit]
    decided: list[Hit]
    people: dict[UUID, Any]


def hit_desk(actor: Actor, *, limit: int = 100) -> HitDesk:
    """Three queries."""
    rows = hits_visible_to(actor).select_related("company", "party__edition", "listed_name")
    waits = list(rows.filter(state__in=["open", "proposed"]).order_by("-score", "id")[:limit])
    decided = list(rows.filter(state__in=["cleared", "confirmed"]).order_by("-decided_at", "-id")[:50])
    said: Iterable[UUID] = {i for row in (*waits, *decided) for i in (row.proposed_by_id, row.decided_by_id) if i is not None}
    return HitDesk(
        open=[row for row in waits if row.state == "open"],
        proposed=[row for row in waits if row.state == "proposed"],
        decided=decided,
        people=people_by_id(said),
    )


def names_of_party(party: ListedParty) -> list[ListedName]:
    return find(ListedName, "party_id = %s ORDER BY id", [party.pk])


def hits_of_company(company_id: UUID, *, but: UUID | None = None) -> list[Hit]:
    """The other hits of the company, newest first."""
    rows = Hit.objects.filter(company_id=company_id).exclude(pk=but).select_related("party__edition", "listed_name")
    return list(rows.order_by("-id")[:50])


@dataclass(frozen=True, slots=True)
class ScreeningState:
    """How one company stands. `blocks` as `unscreened` says it; `waits`: hits without a last word; `at`: when it was compared last."""

    blocks: str
    waits: int
    hits: int
    at: datetime | None


_STATE = """
    SELECT coalesce(trust_unscreened(%(company)s), ''), count(*) FILTER (WHERE h.state IN ('open', 'proposed')), count(*),
        (SELECT max(done_at) FROM trust_screening WHERE company_id = %(company)s)
    FROM trust_hit h WHERE h.company_id = %(company)s
"""


def screening_state(company_id: UUID, actor: Actor) -> ScreeningState:
    """One query. NotVisible for everybody but reviewers: nobody is told that they were found on a list."""
    if not REVIEWER.admits(actor):
        raise NotVisible
    return ScreeningState(*ask(_STATE, {"company": company_id})[0])


__all__ = [
    "HitDesk",
    "ScreeningState",
    "Standing",
    "former_lists",
    "hit",
    "hit_desk",
    "hits_of_company",
    "hits_visible_to",
    "list_standings",
    "lists_in_force",
    "lists_to_read",
    "names_of_party",
    "newest_screening",
    "screened_facts",
    "screening_state",
    "stale_companies",
    "unscreened",
    "waiting_count",
    "waiting_screenings",
]
