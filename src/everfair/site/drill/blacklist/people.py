"""Who lives in the invented world: salespeople, rings, and what each account is known by."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from everfair.site.drill.blacklist.constants import Constants

Trait = tuple[str, str]
# How likely an account of a ring takes one that the ring used before, by kind of trait.
_SHARED = {
    "phone": "shares_phone", "device": "shares_device", "bank": "shares_bank", "document": "shares_document", "address": "shares_address",
}  # fmt: skip


@dataclass(slots=True)
class Ring:
    """People who open one account after the other. `used` grows with each; `friends` buy from all of them and praise."""

    name: str
    adaptive: bool
    salesperson: str | None
    size: int
    used: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in _SHARED})
    photos: list[int] = field(default_factory=list)
    friends: tuple[str, ...] = ()


@dataclass(slots=True)
class Staff:
    names: list[str]
    colluding: set[str]


class Traits:
    """Deals out telephones, devices, banks, addresses and documents; a number each, as a digest would be."""

    def __init__(self, constants: Constants, chance: Random, firms: int) -> None:
        self.constants, self.chance = constants, chance
        self.blocks = max(1, round(firms * constants.in_office_block / constants.firms_per_block))
        self.agents = max(1, round(firms * constants.agent_phone / constants.firms_per_agent))
        self.families = max(1, round(firms * constants.family_bank / 3))
        self.next = 0

    def fresh(self, kind: str) -> Trait:
        self.next += 1
        return kind, f"{self.next:08x}"

    def _block(self) -> Trait:
        return "address", f"block-{int(self.blocks * self.chance.random() ** 2)}"

    def honest(self) -> frozenset[Trait]:
        c, chance = self.constants, self.chance
        mine = {kind: self.fresh(kind) for kind in _SHARED}
        if chance.random() < c.in_office_block:
            mine["address"] = self._block()
        if chance.random() < c.agent_phone:
            mine["phone"] = ("phone", f"agent-{chance.randrange(self.agents)}")
        if chance.random() < c.family_bank:
            mine["bank"] = ("bank", f"family-{chance.randrange(self.families)}")
        more = {self.fresh("device") for _ in range(chance.randrange(3))}
        return frozenset({*mine.values(), *more})

    def fraud(self, ring: Ring) -> frozenset[Trait]:
        c, chance, kind_of_ring = self.constants, self.chance, int(ring.adaptive)
        mine: set[Trait] = set()
        for kind, name in _SHARED.items():
            used = ring.used[kind]
            if used and chance.random() < getattr(c, name)[kind_of_ring]:
                mine.add((kind, chance.choice(used)))
                continue
            new = self._block() if kind == "address" and chance.random() < 0.5 else self.fresh(kind)
            if new[1].count("-") == 0:  # an office block is nobody's own
                used.append(new[1])
            mine.add(new)
        return frozenset(mine)


def hire(constants: Constants, chance: Random, suppliers: int) -> Staff:
    count = max(5, suppliers // constants.suppliers_per_salesperson)
    names = [f"sales-{n:05d}" for n in range(count)]
    return Staff(names, set(chance.sample(names, max(1, round(count * constants.colluding)))))


def gather_rings(constants: Constants, chance: Random, helped: dict[str, int], frauds: int) -> list[Ring]:
    """Rings until their sizes make `frauds`; `helped` counts accounts by colluding salesperson, and grows. A ring has the salesperson who helps it, or none. Who helped least so far helps next:
    2,326 accounts by about a hundred people were 23 each (published), and nobody is known to have helped only once."""
    rings: list[Ring] = []
    left = frauds
    while left > 0:
        size = min(left, constants.ring_most, 1 + int(chance.expovariate(1 / (constants.ring_mean - 1))))
        kind = chance.random()
        if kind < constants.frauds_brought_by_colluders:
            salesperson = min(helped, key=lambda name: helped[name])
            helped[salesperson] += size
        elif kind < constants.frauds_brought_by_colluders + constants.frauds_by_themselves:
            salesperson = None
        else:
            salesperson = "anybody"
        friends = tuple(f"friend-{len(rings)}-{n}" for n in range(chance.randint(2, 5)))
        rings.append(Ring(f"ring-{len(rings)}", chance.random() < constants.adaptive, salesperson, size, friends=friends))
        left -= size
    return rings


__all__ = ["Ring", "Staff", "Trait", "Traits", "gather_rings", "hire"]
