"""Who is who: actors, companies, memberships, stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import NOBODY, Actor
from everfair.base.clock import EfNow
from everfair.base.refused import Refused
from everfair.base.states import check_stops_with
from everfair.companies.models import Membership, Stop


def actor_of_person(person: Any) -> Actor:
    """The actor behind a session: staff act for the operator, others for one of their companies."""
    if not person.is_authenticated or not person.is_active:
        return NOBODY
    if person.is_staff_member:
        return Actor(
            kind="operator",
            person_id=person.pk,
            staff_roles=frozenset(person.staff_roles),
            name=person.name,
            language=person.language,
        )
    memberships = Membership.objects.filter(person=person, ended_at=None).values_list("company_id", "roles").order_by("id")
    by_company = {company_id: roles for company_id, roles in memberships}
    company_id = person.current_company_id if person.current_company_id in by_company else next(iter(by_company), None)
    return Actor(
        kind="person",
        person_id=person.pk,
        company_id=company_id,
        company_roles=frozenset(by_company.get(company_id, ())),  # type: ignore[arg-type]
        name=person.name,
        language=person.language,
    )


def open_stops(company_ids: Iterable[UUID]) -> list[Stop]:
    """What may not move now for these companies."""
    still = Q(until=None) | Q(until__gt=EfNow())
    return list(Stop.objects.filter(still, company_id__in=list(company_ids), lifted_at=None).order_by("id"))


def refuse_stopped(company_ids: list[UUID], kind: str) -> None:
    """Share-lock the companies in the order of their ids, then refuse when a stop of this kind stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM companies_company WHERE id = ANY(%s) ORDER BY id FOR SHARE", [company_ids])
    if any(stop.kind == kind for stop in open_stops(company_ids)):
        raise Refused("companies.stopped", _("The platform has stopped this for one of the companies."), status=403)


check_stops_with(refuse_stopped)
