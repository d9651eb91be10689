"""The arbitrator's desk: who may judge what, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.deadlines import deadlines_of
from everfair.base.rows import ask
from everfair.companies.queries import linked_people, people_of, staff
from everfair.disputes.models import Assignment, Claim
from everfair.disputes.states import WITH_ARBITRATOR

RULING_ROLES = {"arbitrator", "operator"}


def _barred(claim: Claim) -> set[UUID]:
    """Who has a link to a side, or has judged this claim in the other instance."""
    judged = ask(f"{_JUDGED} UNION {_LINKED}", {"claim": claim.pk, "instance": claim.instance})
    return linked_people([claim.buyer_id, claim.seller_id]) | {row[0] for row in judged}


_JUDGED = """
    SELECT person_id FROM disputes_ruling WHERE claim_id = %(claim)s AND instance <> %(instance)s
    UNION SELECT c.checked_by FROM disputes_rulingcheck c JOIN disputes_ruling r ON r.id = c.ruling_id
        WHERE r.claim_id = %(claim)s AND r.instance <> %(instance)s
"""
# The database holds the same (migration 0005).
_LINKED = """
    SELECT p.id FROM companies_person p, disputes_claim c WHERE c.id = %(claim)s AND p.is_staff_member
        AND (trust_link_between(p.id, c.buyer_id) IS NOT NULL OR trust_link_between(p.id, c.seller_id) IS NOT NULL)
"""


def may_judge(claim: Claim, person_id: UUID | None) -> bool:
    return person_id is not None and person_id not in _barred(claim)


def why_not(claim: Claim, actor: Actor) -> Any:
    """Why this person may not judge this claim; «» when they may."""
    if actor.person_id is None or may_judge(claim, actor.person_id):
        return ""
    if actor.person_id in {row[0] for row in ask(_JUDGED, {"claim": claim.pk, "instance": claim.instance})}:
        return _("You have judged this claim before: an appeal goes to somebody else.")
    return _("You have or had to do with one of the companies: somebody else judges this claim.")


def drawn_arbitrator(claim: Claim, *, but: Iterable[UUID] = ()) -> UUID | None:
    """Who gets this case: somebody without a link to a side who reads a language of theirs, with the fewest cases; None when
    nobody may. Those who had it already (`but`) come last."""
    barred = _barred(claim)
    fit = [person for person in staff() if RULING_ROLES & set(person.staff_roles) and person.pk not in barred]
    spoken = {person.language for side in (claim.buyer_id, claim.seller_id) for person in people_of(side)[:1]}
    counted = Claim.objects.filter(state__in=WITH_ARBITRATOR).values_list("arbitrator_id").annotate(n=Count("pk"))
    load = dict(counted)
    had = set(but)
    # Who was hired as an arbitrator judges before an operator who only may.
    fit.sort(
        key=lambda p: (p.pk in had, "arbitrator" not in p.staff_roles, p.language not in spoken, load.get(p.pk, 0), p.created_at)
    )
    return fit[0].pk if fit else None


def former_arbitrators(claim: Claim) -> set[UUID]:
    rows = Assignment.objects.filter(claim=claim, instance=claim.instance)
    return set(rows.values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True)
class Desk:
    """`yours` are to be ruled by this person, `to_check` wait for a second person, `nobodys` found no arbitrator, `others` are somebody else's."""

    yours: list[Claim]
    to_check: list[Claim]
    nobodys: list[Claim]
    others: list[Claim]
    due: dict[UUID, datetime]


def desk(actor: Actor, *, limit: int = 200) -> Desk:
    """The open cases, who has waited longest first: two queries, and one for each proposed ruling."""
    rows = Claim.objects.filter(state__in=WITH_ARBITRATOR).select_related("order", "buyer", "seller")
    found = list(rows.order_by("escalated_at", "number")[:limit])
    due = {subject: at for (subject, kind), at in deadlines_of([row.pk for row in found]).items() if kind == "disputes.rule"}
    proposed = [row for row in found if row.state == "proposed"]
    checks = [row for row in proposed if row.arbitrator_id != actor.person_id and may_judge(row, actor.person_id)]
    return Desk(
        yours=[row for row in found if row.arbitrator_id == actor.person_id],
        to_check=checks,
        nobodys=[row for row in found if row.arbitrator_id is None],
        others=[row for row in found if row.arbitrator_id not in (None, actor.person_id) and row not in checks],
        due=due,
    )
