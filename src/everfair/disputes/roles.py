"""Who is who in a claim: its two sides, and the staff who may rule."""

from everfair.base.actor import Actor
from everfair.base.roles import OPERATOR, Role
from everfair.trade.roles import buyer, seller

__all__ = ["ARBITER", "buyer", "party", "seller"]

party = buyer | seller
# An operator may hold the role; reviewers and finance people do not rule.
_RULING = frozenset({"arbitrator", "operator"})


def _rules(actor: Actor, subject: object) -> bool:
    return bool(actor.staff_roles & _RULING)


ARBITER = OPERATOR & Role("arbitrator", _rules)
