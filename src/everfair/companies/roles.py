"""What a person may do in the company they act for. A key may do what its scopes say (checked at the door)."""

from __future__ import annotations

from everfair.base.actor import Actor
from everfair.base.roles import MEMBER, OPERATOR, Role


def _may(*roles: str) -> Role:
    wanted = frozenset(roles)

    def test(actor: Actor, subject: object) -> bool:
        if not MEMBER.admits(actor):
            return False
        return actor.kind == "key" or bool(actor.company_roles & wanted)

    return Role(" or ".join(roles), test)


OWNING = _may("owner")
BUYING = _may("owner", "buyer")
SELLING = _may("owner", "seller")
MONEY_KEEPING = _may("owner", "finance")
TRADING = _may("owner", "buyer", "seller")
STAFF = OPERATOR
# Somebody who signed in themselves: no key, no clockwork, no staff.
IN_PERSON = Role("in person", lambda a, s: a.kind == "person")
# Keys, people and roles are changed by an owner in person: a leaked key must not be able to breed.
OWNER_IN_PERSON = OWNING & IN_PERSON
MEMBER_IN_PERSON = MEMBER & IN_PERSON
# The second pair of eyes on money is a person's: a key has none.
MONEY_IN_PERSON = MONEY_KEEPING & IN_PERSON
