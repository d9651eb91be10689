"""Who acts, for whom, and through which door."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """One person, key or clockwork, seen once per request.

    `kind`: nobody, person, key, operator, rail (a verified provider event), carrier (a verified word of a carrier), clock (a due
    deadline), system (commands and migrations of data). `company_roles` are the person's roles in `company_id`.
    """

    kind: str = "nobody"
    person_id: UUID | None = None
    company_id: UUID | None = None
    company_roles: frozenset[str] = frozenset()
    staff_roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    door: str = "page"
    # When this session last showed a second factor (seconds since 1970); None: never.
    proven_at: float | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)
    language: str = field(default="en", compare=False)

    @property
    def is_signed_in(self) -> bool:
        return self.kind in ("person", "operator", "sales", "key")

    @property
    def label(self) -> str:
        """How history names this actor; never a name or an address."""
        who = self.person_id or self.company_id or ""
        return f"{self.kind}:{who}" if who else self.kind


NOBODY = Actor()
RAIL_ACTOR = Actor(kind="rail", door="webhook")
CARRIER_ACTOR = Actor(kind="carrier", door="webhook")
CLOCK_ACTOR = Actor(kind="clock", door="worker")
SYSTEM = Actor(kind="system", door="command")
