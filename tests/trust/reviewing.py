"""A company, two reviewers, and a verification on its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.companies.models import Company, Person
from everfair.companies.queries import actor_of_person
from everfair.files.actions import keep_attachment
from everfair.trust import actions
from everfair.trust.models import Check, Verification
from everfair.trust.queries import checks_of, requirement
from tests import make

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def reviewer(*roles: str, **columns: Any) -> Person:
    return make.person(is_staff_member=True, staff_roles=list(roles or ("reviewer",)), **columns)


def acting(person: Person) -> Actor:
    return actor_of_person(Person.objects.get(pk=person.pk))


def paper(by: Actor, name: str = "licence.pdf") -> Any:
    return keep_attachment(ContentFile(PDF + f"{name} of {by.company_id}".encode(), name=name), by.company_id, by).pk


def tomorrow(days: int = 1) -> date:
    return now().date() + timedelta(days=days)


def filled(by: Actor, level: str = "verified") -> Verification:
    """A draft with nothing missing."""
    row = actions.begin_verification("export", level, by=by)
    for check in checks_of(row.pk):
        fill(row, check, by)
    return row


def fill(row: Verification, check: Check, by: Actor) -> None:
    line = requirement(check, row.market)
    declared = {field: check.declared.get(field) or f"our {field}" for field in line.fields}
    if "account" in declared:
        declared["account"] = f"our account, {by.company_id}"
    if "valid_until" in declared:
        declared["valid_until"] = tomorrow(700).isoformat()
    papers = [paper(by, f"{check.kind}-{n}.pdf") for n in range(line.documents)]
    actions.fill_check(row.pk, check.kind, declared, papers, by=by)


def submitted(of: Company | None = None, level: str = "verified") -> tuple[Verification, Actor]:
    by = make.actor(of or make.company(), "owner")
    row = filled(by, level)
    return actions.submit_verification(row.pk, by=by), by


def fresh(row: Verification) -> Verification:
    return Verification.objects.get(pk=row.pk)


def maker_of(row: Verification) -> Actor:
    return acting(Person.objects.get(pk=fresh(row).maker_id))


def checker_of(row: Verification) -> Actor:
    return acting(Person.objects.get(pk=fresh(row).checker_id))


def looked_at(row: Verification, *, but: str = "") -> None:
    """Every check has passed, except the one named."""
    for check in checks_of(row.pk):
        result = "failed" if check.kind == but else "passed"
        actions.record_check(row.pk, check.kind, result, check.declared, "Seen.", by=maker_of(row))


def proposed(of: Company | None = None, *, but: str = "", level: str = "verified") -> Verification:
    row, _by = submitted(of, level)
    looked_at(row, but=but)
    actions.propose_verification(row.pk, "refuse" if but else "grant", "Everything seen.", by=maker_of(row))
    return fresh(row)


def granted(of: Company | None = None, level: str = "verified") -> Verification:
    row = proposed(of, level=level)
    actions.grant_verification(row.pk, "Agreed.", by=checker_of(row))
    return fresh(row)
