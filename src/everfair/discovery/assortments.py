"""What each supplier offers, in short, pushed down to the directory of suppliers."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from everfair.base.rows import ask
from everfair.companies.actions import note_assortment

_COUNTED = """
    SELECT company_id, market, category, count(*) FROM catalog_offer
    WHERE state = 'published' AND (%(company)s::uuid IS NULL OR company_id = %(company)s::uuid)
    GROUP BY company_id, market, category
"""
_Markets = dict[str, dict[str, int]]


def renew_assortment(company_id: UUID) -> None:
    """Count the published offers of one supplier; a listing stop changes nothing here, the directory hides who has one."""
    note_assortment(company_id, _counted(company_id).get(company_id, {}))


def renew_assortments() -> int:
    """Count those of all suppliers, for a directory that was there before; how many have something to offer."""
    found = _counted(None)
    for company_id, markets in found.items():
        with transaction.atomic():
            note_assortment(company_id, markets)
    return len(found)


def _counted(company_id: UUID | None) -> dict[UUID, _Markets]:
    found: dict[UUID, _Markets] = defaultdict(lambda: defaultdict(dict))
    for company, market, category, count in ask(_COUNTED, {"company": company_id}):
        found[company][market][category] = count
    return found
