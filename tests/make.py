"""Plain functions that make what a test needs, through the database and nothing else."""

from __future__ import annotations

from itertools import count
from typing import Any

from everfair.base.actor import Actor
from everfair.companies.models import Company, Membership, Person

_n = count(1)


def person(**columns: Any) -> Person:
    n = next(_n)
    columns.setdefault("email", f"person{n}@fair.example")
    columns.setdefault("name", f"Person {n}")
    made = Person(**columns)
    made.set_unusable_password()
    made.save()
    return made


def company(**columns: Any) -> Company:
    n = next(_n)
    columns.setdefault("name", f"Company {n}")
    columns.setdefault("name_skeleton", columns["name"].casefold())
    columns.setdefault("country", "DE")
    columns.setdefault("registration_kind", "other")
    columns.setdefault("registration_number", f"REG-{n}")
    columns.setdefault("is_seller", True)
    return Company.objects.create(**columns)


def member(of: Company, *roles: str, who: Person | None = None) -> Person:
    """A person with these roles (owner when none is said) in the company."""
    who = who or person()
    Membership.objects.create(person=who, company=of, roles=list(roles or ("owner",)))
    return who


def actor(of: Company, *roles: str, who: Person | None = None) -> Actor:
    """Somebody acting for the company, without a row of their own unless `who` is given."""
    return Actor(
        kind="person",
        person_id=who.pk if who else None,
        company_id=of.pk,
        company_roles=frozenset(roles or ("owner",)),
    )


def operator(who: Person | None = None) -> Actor:
    return Actor(kind="operator", person_id=who.pk if who else None, staff_roles=frozenset({"operator"}))
