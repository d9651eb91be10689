"""Who is who in a verification, and in discipline: the applicant, the two who were drawn; who gives points, confirms, judges."""

from __future__ import annotations

from everfair.base.actor import Actor
from everfair.base.roles import CLOCK, OPERATOR, SYSTEM_ROLE, Role
from everfair.companies.roles import BUYING, OWNING, SELLING

__all__ = [
    "ACCUSED",
    "APPLICANT",
    "CHECKER",
    "CLOCK",
    "COMPLAINANT",
    "JUDGE",
    "LISTKEEPER",
    "MAKER",
    "REVIEWER",
    "SCREENER",
    "SECOND",
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


_FIRST = ("given_by_id", "proposed_by_id", "judged_by_id")


def _is_another(actor: Actor, subject: object) -> bool:
    """Not the first of two: who gave points, proposed an entry, judged a re-entry."""
    return bool(actor.person_id is not None and actor.person_id not in {getattr(subject, name, None) for name in _FIRST})


def _had_no_part(actor: Actor, subject: object) -> bool:
    """Neither the first nor the second of those whose word is appealed against."""
    against = getattr(subject, "penalty", subject)
    had = {getattr(against, name, None) for name in (*_FIRST, "confirmed_by_id")}
    return bool(actor.person_id is not None and actor.person_id not in had)


def _is_accused(actor: Actor, complaint: object) -> bool:
    return bool(actor.company_id is not None and actor.company_id == getattr(complaint, "against_id", None))


ACCUSED = SELLING & Role("accused", _is_accused)
COMPLAINANT = BUYING & Role("complainant", _own)
SECOND = REVIEWER & Role("second person", _is_another)
JUDGE = REVIEWER & Role("had no part in it", _had_no_part)
# The draw itself, which nobody does by hand.
UNDRAWN = CLOCK | SYSTEM_ROLE
