"""What a company shares with others: only that it is the same, never what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.rows import ask
from everfair.companies.queries import companies_by_id
from everfair.files.values import NEAR_BITS
from everfair.trust.models import Trait
from everfair.trust.values import COMMON

_OF = """
    WITH held AS (
        SELECT coalesce(t.company_id, m.company_id) AS company, t.kind, t.digest, t.bits FROM trust_trait t
        LEFT JOIN companies_membership m ON m.person_id = t.person_id
        WHERE t.company_id IS NOT NULL OR m.company_id IS NOT NULL
    ), own AS (
        SELECT DISTINCT t.kind, t.digest, t.bits FROM trust_trait t WHERE t.company_id = %(company)s
            OR t.person_id IN (SELECT person_id FROM companies_membership WHERE company_id = %(company)s)
    ), same AS (
        SELECT DISTINCT held.company, own.kind, own.digest FROM own JOIN held USING (kind, digest) WHERE held.company <> %(company)s
    ), alike AS (
        SELECT DISTINCT t.company_id AS company, 'photo' AS kind FROM own
        JOIN trust_trait t ON t.kind = 'photo' AND own.kind = 'photo' AND t.company_id <> %(company)s
            AND bit_count((t.bits # own.bits)::bit(64)) <= %(near)s
    )
    SELECT company, kind FROM same WHERE kind <> 'email_domain'
        OR (SELECT count(*) FROM same also WHERE (also.kind, also.digest) = (same.kind, same.digest)) <= %(common)s
    UNION SELECT company, kind FROM alike
    ORDER BY kind, company LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """Another company that has the same: the kind of trait, and who. Nothing else of it."""

    kind: str
    company: Any


def shared_traits(company_id: UUID) -> list[Shared]:
    """Who else has what this company or one of its people has; pictures also when they are near. Two queries."""
    found = ask(_OF, {"company": company_id, "near": NEAR_BITS, "common": COMMON})
    others = companies_by_id({company for company, _kind in found})
    return [Shared(kind, others[company]) for company, kind in found]


def traits_of_person(person_id: UUID) -> list[Trait]:
    """What is kept of one of the staff, oldest first."""
    return list(Trait.objects.filter(person_id=person_id).order_by("id"))


__all__ = ["Shared", "shared_traits", "traits_of_person"]
