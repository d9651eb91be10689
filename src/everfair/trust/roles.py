"""Who is who in a verification: the applicant, and the two who were drawn."""

from __future__ import annotations

from everfair.base.actor import Actor
from everfair.base.roles import CLOCK, OPERATOR, SYSTEM_ROLE, Role
from everfair.companies.roles import OWNING

__all__ = [
    "APPLICANT",
    "CHECKER",
    "CLOCK",
    "LISTKEEPER",
    "MAKER",
    "REVIEWER",
    "SCREENER",
    "SECOND_SCREENER",
    "SYSTEM_ROLE",
    "UNDRAWN",
]

REVIEWING_ROLES = frozenset({"reviewer", "operator"})


def _own(actor: Actor, verification: object) -> bool:
    return bool(actor.company_id is not None and actor.company_id == getattr(verification, "company_id", None))


def _holds(seat: str) -> Role:
    def test(actor: Actor, verification: object) -> bool:
        return bool(actor.person_id is not None and actor.person_id == getattr(verification, f"{seat}_id", None))

    return Role(seat, test)


def _reviews(actor: Actor, subject: object) -> bool:
    return bool(actor.staff_roles & REVIEWING_ROLES)


APPLICANT = OWNING & Role("applicant", _own)
REVIEWER = OPERATOR & Role("reviewer", _reviews)
MAKER = REVIEWER & _holds("maker")
CHECKER = REVIEWER & _holds("checker")
# Who runs the market brings the lists; who reviews says what a hit is, and another than who proposed it has the second word.
LISTKEEPER = OPERATOR & Role("list keeper", lambda a, s: "operator" in a.staff_roles)
SCREENER = REVIEWER
SECOND_SCREENER = REVIEWER & Role("not who proposed", lambda a, s: a.person_id is not None and a.person_id != s.proposed_by_id)
# The draw itself, which nobody does by hand.
UNDRAWN = CLOCK | SYSTEM_ROLE
