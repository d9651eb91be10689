"""Everything that reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find
from everfair.companies.queries import people_by_id, staff
from everfair.markets.table import MARKETS
from everfair.trust.models import Admission, Check, Link, Seat, Verification
from everfair.trust.roles import REVIEWER, REVIEWING_ROLES
from everfair.trust.states import SEATED
from everfair.trust.values import CHECKLISTS, LEVELS, Requirement


def requirements(market: str, level: str) -> tuple[Requirement, ...]:
    """What a level asks for in a market, those of the levels below it first. KeyError for a market or level that is none."""
    lists = CHECKLISTS[MARKETS[market].checklist]
    return tuple(line for name in LEVELS[: LEVELS.index(level) + 1] for line in lists[name])


def requirement(check: Check, market: str) -> Requirement:
    """The line of the checklist that a check answers."""
    return next(line for line in requirements(market, LEVELS[-1]) if line.check == check.kind)


def verifications_visible_to(actor: Actor) -> QuerySet[Verification]:
    """A company's own; all for reviewers and the clockwork, for other staff none: who sells does not read along."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Verification.objects.all()
    if actor.company_id is None or actor.kind not in ("person", "key"):
        return Verification.objects.none()
    return Verification.objects.filter(company_id=actor.company_id)


def verification(verification_id: UUID, actor: Actor) -> Verification:
    """With its company, in one query. NotVisible outside the scope."""
    found = verifications_visible_to(actor).select_related("company").filter(pk=verification_id).first()
    if found is None:
        raise NotVisible
    return found


def checks_of(verification_id: UUID) -> list[Check]:
    """In the order of the checklist."""
    return find(Check, "verification_id = %s ORDER BY place", [verification_id])


def own_verifications(actor: Actor) -> list[Verification]:
    """The company's, newest first."""
    return list(verifications_visible_to(actor).order_by("-number")[:50])


def standing_verification(company_id: UUID, market: str) -> Verification | None:
    """What is granted, has not lapsed, and whose mark nobody took away since: what a passport shows."""
    today = now().date()
    rows = Verification.objects.filter(company_id=company_id, market=market, state="granted", until__gte=today)
    rows = rows.filter(company__verified_until__gte=today)
    return rows.first()


def links_of(company_id: UUID) -> list[Link]:
    return list(Link.objects.filter(company_id=company_id).select_related("person").order_by("-id"))


def links_of_person(person_id: UUID) -> list[Link]:
    """What one of the staff has to do with companies, newest first: two hundred of them."""
    return list(Link.objects.filter(person_id=person_id).select_related("company").order_by("-id")[:200])


def seats_of(verification_id: UUID) -> list[Seat]:
    """Every draw, newest first."""
    return list(Seat.objects.filter(verification_id=verification_id).select_related("person").order_by("-id"))


def link_between(person_ids: Sequence[UUID], company_id: UUID) -> dict[UUID, str]:
    """Who of these is linked to the company, and by what: declared, or found by the database. One query."""
    sql = "SELECT p, trust_link_between(p, %s) FROM unnest(%s::uuid[]) AS p"
    return {person: kind for person, kind in ask(sql, [company_id, list(person_ids)]) if kind}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may be drawn for a company, with how much each has in hand; and who may not, and why."""

    load: dict[UUID, int]
    linked: dict[UUID, str]


_LOAD = """
    SELECT p, count(v.id) FROM unnest(%s::uuid[]) AS p
    LEFT JOIN trust_verification v ON v.state IN ('reviewing', 'asked', 'proposed') AND p IN (v.maker_id, v.checker_id)
    GROUP BY p
"""


def candidates(company_id: UUID, *, but: Iterable[UUID] = ()) -> Candidates:
    """Reviewers without a link to this company; operators only where no reviewer is left. Three queries."""
    people = [person for person in staff() if REVIEWING_ROLES & set(person.staff_roles)]
    linked = link_between([person.pk for person in people], company_id)
    gone = set(linked) | set(but)
    free = [person for person in people if person.pk not in gone]
    hired = [person for person in free if "reviewer" in person.staff_roles]
    fit = [person.pk for person in (hired or free)]
    return Candidates(load=dict(ask(_LOAD, [fit])), linked=linked)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Desk:
    """`to_look` and `to_decide` are this person's; `others` are with somebody else; `waiting` found no two reviewers yet."""

    to_look: list[Verification]
    to_decide: list[Verification]
    others: list[Verification]
    waiting: list[Verification]
    people: dict[UUID, Any]


def desk(actor: Actor, *, limit: int = 200) -> Desk:
    """What is open, who has waited longest first: two queries."""
    rows = verifications_visible_to(actor).filter(pk__in=Admission.objects.values("verification_id"))
    rows = rows.filter(state__in=["waiting", *SEATED]).select_related("company")
    found = list(rows.order_by("submitted_at", "number")[:limit])
    looks = [row for row in found if row.maker_id == actor.person_id and row.state in ("reviewing", "asked")]
    decides = [row for row in found if row.checker_id == actor.person_id and row.state == "proposed"]
    mine = {row.pk for row in (*looks, *decides)}
    return Desk(
        to_look=looks,
        to_decide=decides,
        others=[row for row in found if row.state != "waiting" and row.pk not in mine],
        waiting=[row for row in found if row.state == "waiting"],
        people=people_by_id({i for row in found for i in (row.maker_id, row.checker_id) if i is not None}),
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """What everybody may know of it: how many wait or are looked at, and how long the last decisions took.

    `median_days` counts from handing in to the decision, over the decisions of the last 90 days; None before the first.
    """

    waiting: int
    in_review: int
    decided: int
    granted: int
    median_days: float | None


_QUEUE = """
    SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state IN ('reviewing', 'asked', 'proposed')),
        count(*) FILTER (WHERE decided_at >= %(since)s), count(*) FILTER (WHERE decided_at >= %(since)s AND state <> 'refused'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - submitted_at) / 86400)
            FILTER (WHERE decided_at >= %(since)s)
    FROM trust_verification WHERE market = %(market)s AND (state IN ('waiting', 'reviewing', 'asked', 'proposed') OR decided_at >= %(since)s)
"""


def queue(market: str, at: datetime | None = None) -> Queue:
    """One query."""
    since = (at or now()) - timedelta(days=90)
    return Queue(*ask(_QUEUE, {"since": since, "market": market})[0])


def waiting_ids() -> list[UUID]:
    """Whose turn has come and who waits to be drawn for, the longest first; the same for those whose reviewer left or turned out to be linked."""
    lost = Q(state__in=SEATED) & (Q(maker__is_active=False) | Q(checker__is_active=False) | Q(maker=None) | Q(checker=None))
    rows = Verification.objects.filter(Q(state="waiting", pk__in=Admission.objects.values("verification_id")) | lost)
    rows = rows.order_by("submitted_at", "number")
    return list(rows.values_list("pk", flat=True)[:200])


__all__ = [
    "Candidates",
    "Desk",
    "Queue",
    "candidates",
    "checks_of",
    "desk",
    "link_between",
    "links_of",
    "links_of_person",
    "own_verifications",
    "queue",
    "requirement",
    "requirements",
    "seats_of",
    "standing_verification",
    "verification",
    "verifications_visible_to",
    "waiting_ids",
]
