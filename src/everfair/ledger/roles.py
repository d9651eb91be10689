"""Who keeps the books."""

from typing import Any

from everfair.base.actor import Actor
from everfair.base.roles import OPERATOR, Role

# Finance people; an operator may hold the role. Reviewers and arbitrators do not book.
_KEEPING = frozenset({"finance", "operator"})


def _keeps(actor: Actor, subject: Any) -> bool:
    return bool(actor.staff_roles & _KEEPING) and actor.person_id is not None


def _did_not_begin(actor: Actor, subject: Any) -> bool:
    return subject is None or actor.label != subject.closed_by


BOOKKEEPER = OPERATOR & Role("finance", _keeps)
SECOND_BOOKKEEPER = BOOKKEEPER & Role("another person", _did_not_begin)
