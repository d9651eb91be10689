"""The audit trail: who with privileges did or looked at what, before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from everfair.base.words import word
from everfair.companies.queries import people_by_id
from everfair.office.queries.sql import literal_prefix, rows


@dataclass(frozen=True, slots=True)
class TrailLine:
    """`who` is the person's name where the actor is one, else the kind of actor. `about` says whom or what it is about:
    `about_kind` is company, order, offer, person or «», `about_number` what people call it by."""

    id: UUID
    actor: str
    who: str
    act: str
    subject: UUID | None
    about: str
    about_kind: str
    about_number: int | None
    reason: str
    before: Any
    after: Any
    at: datetime


# The lines first, by an index; then what they are about, each by its key.
_TRAIL = """
    WITH lines AS (
        SELECT n.* FROM companies_auditnote n
        WHERE (%(subjects)s::uuid[] IS NULL OR n.subject = ANY(%(subjects)s::uuid[]))
          AND (%(company)s::uuid IS NULL OR n.subject IN (
              SELECT %(company)s::uuid UNION ALL
              SELECT id FROM trade_order WHERE buyer_id = %(company)s::uuid OR seller_id = %(company)s::uuid UNION ALL
              SELECT id FROM catalog_offer WHERE company_id = %(company)s::uuid))
          AND (%(acts)s::text[] IS NULL OR n.act = ANY(%(acts)s::text[]))
          AND (%(actor)s = '' OR n.actor LIKE %(actor)s || '%%')
          AND (%(act)s = '' OR n.act LIKE %(act)s || '%%')
          AND (NOT %(done)s OR n.act NOT LIKE 'looked at%%')
          AND (%(since)s::timestamptz IS NULL OR n.created_at >= %(since)s::timestamptz)
          AND (%(until)s::timestamptz IS NULL OR n.created_at < %(until)s::timestamptz)
          AND (%(before)s::uuid IS NULL OR n.id < %(before)s::uuid)
        ORDER BY n.id DESC LIMIT %(limit)s)
    SELECT n.id, n.actor, n.act, n.subject, n.reason, n.before, n.after, n.created_at, p.name AS person,
        c.name AS company, c.number AS company_number, t.number AS order_number, f.number AS offer_number,
        coalesce(nullif(w.name, ''), w.email) AS subject_person
    FROM lines n
    LEFT JOIN companies_person p
        ON p.id = CASE WHEN n.actor ~ '^(operator|person):[0-9a-f-]{36}$' THEN split_part(n.actor, ':', 2)::uuid END
    LEFT JOIN companies_company c ON c.id = n.subject
    LEFT JOIN trade_order t ON t.id = n.subject
    LEFT JOIN catalog_offer f ON f.id = n.subject
    LEFT JOIN companies_person w ON w.id = n.subject
    ORDER BY n.id DESC"""
# In `act`: everything but looks.
DONE = "done"


def trail(
    *,
    subjects: Sequence[UUID] | None = None,
    company: UUID | None = None,
    acts: Sequence[str] | None = None,
    actor: str = "",
    act: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[TrailLine]:
    """Newest first: one query. `company` finds also what was done to its trades and offers; `actor` and `act` are beginnings
    («operator:0192…», «looked»), `act` DONE leaves out looks; `until` is the first moment that is too late, `before` the id of the
    last line seen."""
    asked = {
        "subjects": None if subjects is None else list(subjects),
        "company": company,
        "acts": None if acts is None else list(acts),
        "actor": literal_prefix(actor),
        "act": "" if act == DONE else literal_prefix(act),
        "done": act == DONE,
        "since": since,
        "until": until,
        "before": before,
        "limit": limit,
    }
    return [_line(row) for row in rows(_TRAIL, asked)]


def _line(row: dict[str, Any]) -> TrailLine:
    about, kind, number = "", "", None
    if row["company"]:
        about, kind, number = row["company"], "company", row["company_number"]
    elif row["order_number"]:
        about, kind, number = f"EF-{row['order_number']}", "order", row["order_number"]
    elif row["offer_number"]:
        about, kind, number = f"№{row['offer_number']}", "offer", row["offer_number"]
    elif row["subject_person"]:
        about, kind = row["subject_person"], "person"
    return TrailLine(
        id=row["id"],
        actor=row["actor"],
        who=row["person"] or word(row["actor"].partition(":")[0], "actor"),
        act=row["act"],
        subject=row["subject"],
        about=about,
        about_kind=kind,
        about_number=number,
        reason=row["reason"],
        before=_plain(row["before"]),
        after=_plain(row["after"]),
        at=row["created_at"],
    )


def staff_names(actors: Iterable[str]) -> dict[str, str]:
    """Labels of actors («operator:0192…») → whom people know them as: one query."""
    ids = {}
    for label in actors:
        kind, _colon, ident = label.partition(":")
        ids[label] = UUID(ident) if kind in ("operator", "person") and len(ident) == 36 else None
    people = people_by_id(ident for ident in ids.values() if ident is not None)
    return {
        label: (people[ident].name or people[ident].email) if ident in people else word(label.partition(":")[0], "actor")
        for label, ident in ids.items()
        if label
    }


def staff_ever() -> list[dict[str, Any]]:
    """Everybody who is or was on the staff: whose acts the trail may be searched for."""
    return rows(
        """
        SELECT p.id, coalesce(nullif(p.name, ''), p.email) AS name FROM companies_person p
        WHERE p.is_staff_member OR p.id IN (SELECT subject FROM companies_auditnote WHERE act = 'ended staff')
        ORDER BY 2 LIMIT 500"""
    )


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def staff_invitations() -> list[dict[str, Any]]:
    """Letters to future staff that nobody has answered yet, newest first."""
    return rows(
        """
        SELECT id, email, roles, created_at, expires_at FROM companies_invitation
        WHERE for_staff AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > ef_now() ORDER BY id DESC"""
    )
