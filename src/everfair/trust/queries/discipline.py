"""What is known of penalty points, sanctions and appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.ladder import Mark, Rung, ladder, living
from everfair.trust.models import Appeal, Penalty, Sanction
from everfair.trust.roles import REVIEWER
from everfair.trust.values.discipline import OFFENCES

SHOWN = 200


def penalties_visible_to(actor: Actor) -> QuerySet[Penalty]:
    """A company's own that were given, also those struck since; all for reviewers and the clockwork."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Penalty.objects.all()
    if actor.company_id is None or actor.kind not in ("person", "key"):
        return Penalty.objects.none()
    return Penalty.objects.filter(company_id=actor.company_id, state__in=["given", "struck"])


def appeals_visible_to(actor: Actor) -> QuerySet[Appeal]:
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Appeal.objects.all()
    if actor.company_id is None or actor.kind not in ("person", "key"):
        return Appeal.objects.none()
    return Appeal.objects.filter(company_id=actor.company_id)


def penalty(penalty_id: UUID, actor: Actor) -> Penalty:
    """With its company. NotVisible outside the scope."""
    found = penalties_visible_to(actor).select_related("company").filter(pk=penalty_id).first()
    if found is None:
        raise NotVisible
    return found


def points_appeal(appeal_id: UUID, actor: Actor) -> Appeal:
    """With its penalty and company. NotVisible outside the scope."""
    found = appeals_visible_to(actor).select_related("penalty", "company").filter(pk=appeal_id).first()
    if found is None:
        raise NotVisible
    return found


def appeal_of(penalty_id: UUID) -> Appeal | None:
    return Appeal.objects.filter(penalty_id=penalty_id).first()


def discipline_rules() -> dict[str, Decimal]:
    return rules_at(DEFAULT_MARKET)


def points_for(offence: str, rules: dict[str, Decimal], *, unresolved: bool = False) -> int:
    """What an act costs by the rules; KeyError for one that is none."""
    terms = OFFENCES[offence]
    return int(rules["trust.points_unresolved" if unresolved and terms.is_grave else terms.rule])


def marks_of(company_id: UUID) -> list[Mark]:
    """What counts of a company's points, or will have counted: those given and not struck."""
    rows = Penalty.objects.filter(company_id=company_id, state="given", counts__gt=0).values_list("counts", "given_at", "until")
    return [Mark(counts, at, until) for counts, at, until in rows]  # type: ignore[arg-type]


def points_of(company_id: UUID) -> int:
    """What counts today: one query."""
    return living(marks_of(company_id), now().date())


def sanctions_of(company_id: UUID) -> list[Sanction]:
    """Newest first."""
    return list(Sanction.objects.filter(company_id=company_id).order_by("-since", "-points")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Ledger:
    """A company's points as they stand. `points` is what counts today; `standing` what is in force because of them."""

    penalties: list[Penalty]
    appeals: dict[UUID, Appeal]
    sanctions: list[Sanction]
    points: int
    rungs: tuple[Rung, ...]
    standing: Sanction | None
    appeal_days: int
    at: datetime

    def appeal_until(self, row: Penalty) -> datetime | None:
        """Until when the company may appeal; None where it cannot (any more)."""
        if row.state != "given" or row.pk in self.appeals or row.given_at is None:
            return None
        until = row.given_at + timedelta(days=self.appeal_days)
        return until if until > self.at else None


def points_ledger(company_id: UUID, actor: Actor) -> Ledger:
    """Four queries."""
    rows = list(penalties_visible_to(actor).filter(company_id=company_id).order_by("-number")[:SHOWN])
    appeals = {row.penalty_id: row for row in Appeal.objects.filter(penalty__in=[row.pk for row in rows])}
    sanctions, rules = sanctions_of(company_id), discipline_rules()
    at = now()
    marks = [Mark(r.counts, r.given_at, r.until) for r in rows if r.state == "given" and r.given_at is not None]
    return Ledger(
        penalties=rows, appeals=appeals, sanctions=sanctions, points=living(marks, at.date()), rungs=ladder(rules),
        standing=next((row for row in sanctions if row.state == "standing"), None),
        appeal_days=int(rules["trust.points_appeal_days"]),
        at=at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DisciplineDesk:
    """What waits for a person: points proposed by an event, points that want a second person, appeals; the longest waiting first."""

    proposed: Sequence[Penalty]
    waiting: Sequence[Penalty]
    appeals: Sequence[Appeal]


def discipline_desk(actor: Actor) -> DisciplineDesk:
    """Two queries."""
    rows = penalties_visible_to(actor).filter(state__in=["proposed", "waiting"]).select_related("company").order_by("number")
    found = list(rows[:SHOWN])
    appeals = appeals_visible_to(actor).filter(state="open").select_related("penalty", "company").order_by("created_at")
    return DisciplineDesk(
        proposed=[row for row in found if row.state == "proposed"], waiting=[row for row in found if row.state == "waiting"],
        appeals=list(appeals[:SHOWN]),
    )  # fmt: skip


__all__ = [
    "DisciplineDesk",
    "Ledger",
    "appeal_of",
    "appeals_visible_to",
    "discipline_desk",
    "discipline_rules",
    "marks_of",
    "penalties_visible_to",
    "penalty",
    "points_appeal",
    "points_for",
    "points_ledger",
    "points_of",
    "sanctions_of",
]
