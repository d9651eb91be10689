"""Points on their way: given by one of the staff, confirmed by another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.companies.models import Company
from everfair.companies.queries import open_stops
from everfair.trust.actions import punishing
from everfair.trust.models import Penalty, Sanction
from tests.trust.reviewing import acting, reviewer


def staff(*names: str) -> list[Actor]:
    return [acting(reviewer(name=name)) for name in names or ("Mei", "Otto", "Ana")]


def today(days: int = 0) -> date:
    return now().date() + timedelta(days=days)


def points(firm: Company, offence: str, by: Actor, *, ago: int = 0, **more: Any) -> Penalty:
    """Given by one person: they count, or they wait for a second one."""
    more.setdefault("reference", "EF-1001")
    return punishing.give_points(firm.pk, offence, today(-ago), "It was seen.", by=by, **more)


def confirmed(firm: Company, offence: str, by: Actor, second: Actor, **more: Any) -> Penalty:
    row = points(firm, offence, by, **more)
    return punishing.confirm_points(row.pk, "Agreed.", by=second) if row.state == "waiting" else row


def standing(firm: Company) -> Sanction | None:
    return Sanction.objects.filter(company=firm, state="standing").first()


def stops(firm: Company) -> list[str]:
    return sorted(stop.kind for stop in open_stops([firm.pk]))
