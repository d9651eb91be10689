"""What a machine read in the papers of a verification, and which papers wait to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from everfair.base.rows import ask
from everfair.companies.values import address_lines
from everfair.trust.models import Check, Reading
from everfair.trust.values.reading import READ_CHECKS, READ_FIELDS, READABLE

_UNREAD = """
    SELECT c.id, f.id FROM trust_verification v JOIN trust_check c ON c.verification_id = v.id
    JOIN files_file f ON f.id = ANY(c.file_ids) JOIN files_blob b ON b.sha256 = f.blob_id
    WHERE v.state IN ('waiting', 'reviewing', 'asked', 'proposed') AND c.kind = ANY(%s) AND b.media_type = ANY(%s)
        AND NOT EXISTS (SELECT FROM trust_reading r WHERE r.check_id = c.id AND r.file_id = f.id)
    ORDER BY v.submitted_at, f.id LIMIT %s
"""


def unread_papers(limit: int) -> list[tuple[UUID, UUID]]:
    """Check and file, who has waited longest first."""
    return [(check, file) for check, file in ask(_UNREAD, [list(READ_CHECKS), list(READABLE), limit])]


def readings_of(checks: Sequence[Check]) -> list[Reading]:
    """What was read in the papers that lie with these checks now, in their order. One query."""
    papers = [pk for check in checks if check.kind in READ_CHECKS for pk in check.file_ids]
    found = {row.file_id: row for row in Reading.objects.filter(check_row__in=[check.pk for check in checks], file_id__in=papers)}
    return [found[pk] for pk in papers if pk in found]


def declared_of(checks: Sequence[Check], company: Any) -> dict[str, str]:
    """What the company says of itself, by the fields that a licence has; its own page for what no check asks."""
    found = dict.fromkeys(READ_FIELDS, "")
    for kind in ("address", "identity", *READ_CHECKS):
        for check in checks:
            if check.kind == kind:
                found |= {name: value for name, value in check.declared.items() if name in found and value}
    if not found["address"] and company.address:
        found["address"] = " ".join(address_lines(company.address, company.country))
    return found


__all__ = ["declared_of", "readings_of", "unread_papers"]
