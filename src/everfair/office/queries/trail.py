"""The audit trail: who with privileges did or looked at what, before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from everfair.base.words import word
from everfair.office.queries.sql import literal_prefix, rows


@dataclass(frozen=True, slots=True)
class TrailLine:
    """`who` is the person's name where the actor is one, else the kind of actor; `about` the company where the subject is one."""

    id: UUID
    actor: str
    who: str
    act: str
    subject: UUID | None
    about: str
    about_number: int | None
    reason: str
    before: Any
    after: Any
    at: datetime


_TRAIL = """
    SELECT n.id, n.actor, n.act, n.subject, n.reason, n.before, n.after, n.created_at,
           p.name AS person, c.name AS company, c.number
    FROM companies_auditnote n
    LEFT JOIN companies_person p ON n.actor = 'operator:' || p.id::text OR n.actor = 'person:' || p.id::text
    LEFT JOIN companies_company c ON c.id = n.subject
    WHERE (%(subject)s::uuid IS NULL OR n.subject = %(subject)s::uuid)
      AND (%(actor)s = '' OR n.actor LIKE %(actor)s || '%%')
      AND (%(act)s = '' OR n.act LIKE %(act)s || '%%')
      AND (%(before)s::uuid IS NULL OR n.id < %(before)s::uuid)
    ORDER BY n.id DESC LIMIT %(limit)s"""


def trail(
    *, subject: UUID | None = None, actor: str = "", act: str = "", before: UUID | None = None, limit: int = 50
) -> list[TrailLine]:
    """Newest first; `actor` and `act` are beginnings («operator:0192…», «verif»), `before` the id of the last one seen."""
    found = rows(
        _TRAIL,
        {"subject": subject, "actor": literal_prefix(actor), "act": literal_prefix(act), "before": before, "limit": limit},
    )
    return [
        TrailLine(
            id=row["id"],
            actor=row["actor"],
            who=row["person"] or word(row["actor"].partition(":")[0], "actor"),
            act=row["act"],
            subject=row["subject"],
            about=row["company"] or "",
            about_number=row["number"],
            reason=row["reason"],
            before=_plain(row["before"]),
            after=_plain(row["after"]),
            at=row["created_at"],
        )
        for row in found
    ]


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def staff_invitations() -> list[dict[str, Any]]:
    """Letters to future staff that nobody has answered yet, newest first."""
    return rows(
        """
        SELECT id, email, roles, created_at, expires_at FROM companies_invitation
        WHERE for_staff AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > ef_now() ORDER BY id DESC"""
    )
