"""Roles are predicates over an actor and, for moves, the row. They combine with `|`, `&` and `~`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from everfair.base.actor import Actor

Test = Callable[[Actor, Any], bool]


class Role:
    """A named predicate; `admits(actor, subject)` answers, `name` goes into the docs and diagrams."""

    def __init__(self, name: str, test: Test) -> None:
        self.name = name
        self._test = test

    def admits(self, actor: Actor, subject: Any = None) -> bool:
        return bool(self._test(actor, subject))

    def __or__(self, other: Role) -> Role:
        one, two = self._test, other._test
        return Role(f"{self.name} | {other.name}", lambda a, s: one(a, s) or two(a, s))

    def __and__(self, other: Role) -> Role:
        one, two = self._test, other._test
        return Role(f"{self.name} & {other.name}", lambda a, s: one(a, s) and two(a, s))

    def __invert__(self) -> Role:
        one = self._test
        return Role(f"~{self.name}", lambda a, s: not one(a, s))

    def __repr__(self) -> str:
        return f"<Role {self.name}>"


EVERYONE = Role("everyone", lambda a, s: True)
SIGNED_IN = Role("signed in", lambda a, s: a.kind in ("person", "operator", "sales"))
# A person or a key acting for a company.
MEMBER = Role("member", lambda a, s: a.kind in ("person", "key") and a.company_id is not None)
OPERATOR = Role("operator", lambda a, s: a.kind == "operator")
# Staff who bring companies in. They are no operator: every verb and every list of the operator is closed to them.
SALES = Role("sales", lambda a, s: a.kind == "sales")
RAIL = Role("rail", lambda a, s: a.kind == "rail")
CARRIER = Role("carrier", lambda a, s: a.kind == "carrier")
CLOCK = Role("clock", lambda a, s: a.kind == "clock")
SYSTEM_ROLE = Role("system", lambda a, s: a.kind == "system")
