"""Suppliers and what they share. A thing that very many share says little; near confirmed fraud it says much.

Pure and in memory: an index from each trait to its holders, one of pictures by near hash. It knows no supplier's name and no verdict
but the ids it is given as known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from everfair.risk.values import TRAITS, TYING, Settings

Trait = tuple[str, str]


class Holders:
    """Which suppliers have a trait. `put` replaces what is known of one supplier."""

    def __init__(self) -> None:
        self.of: defaultdict[Trait, set[str]] = defaultdict(set)
        self.traits: dict[str, frozenset[Trait]] = {}

    def put(self, supplier: str, traits: frozenset[Trait]) -> None:
        before = self.traits.get(supplier, frozenset())
        for trait in before - traits:
            self.of[trait].discard(supplier)
            if not self.of[trait]:
                del self.of[trait]
        for trait in traits - before:
            self.of[trait].add(supplier)
        self.traits[supplier] = traits

    def shared(self, supplier: str, most: float) -> Iterator[tuple[Trait, set[str]]]:
        """Each trait that somebody else has too, unless more than `most` have it, with all who have it; in a fixed order."""
        for trait in sorted(self.traits.get(supplier, ())):
            holders = self.of.get(trait, set())
            if 1 < len(holders) <= most:
                yield trait, holders

    def tied(self, supplier: str, near: float) -> dict[str, set[str]]:
        """Who shares with it what few share and nobody shares by living in the same house: kind of trait → the others."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (kind, _), holders in self.shared(supplier, near):
            if kind in TYING:
                found[kind] |= holders - {supplier}
        return dict(found)

    def component(self, supplier: str, near: float, most: int = 200) -> set[str]:
        """Everybody who hangs together with it through what ties, itself too; at most about `most`, nearest first."""
        found, queue = {supplier}, [supplier]
        for here in queue:
            for others in self.tied(here, near).values():
                for other in sorted(others - found):
                    if len(found) >= most:
                        return found
                    found.add(other)
                    queue.append(other)
        return found


class Pictures:
    """Pictures by perceptual hash of 64 bits, found again within a few bits.

    The hash is cut into four pieces: of two that differ in at most `distance` bits one piece differs in at most a fourth of them, so each
    piece is looked up with that many bits turned (multi-index hashing, Norouzi 2012). A picture's neighbours are found once, when it comes.
    """

    PIECE = 16

    def __init__(self, distance: int) -> None:
        self.distance = distance
        turned = [sum(1 << bit for bit in bits) for n in range(distance // 4 + 1) for bits in combinations(range(self.PIECE), n)]
        self._turned = tuple(turned)
        self._buckets: list[defaultdict[int, set[int]]] = [defaultdict(set) for _ in range(64 // self.PIECE)]
        self._neighbours: dict[int, set[int]] = {}
        self.holders: dict[int, set[str]] = {}
        self.of: dict[str, frozenset[int]] = {}

    def put(self, supplier: str, photos: frozenset[int]) -> None:
        before = self.of.get(supplier, frozenset())
        for photo in before - photos:
            self.holders[photo].discard(supplier)
            if not self.holders[photo]:
                self._forget(photo)
        for photo in photos - before:
            if photo not in self.holders:
                self._learn(photo)
            self.holders[photo].add(supplier)
        self.of[supplier] = photos

    def near(self, photo: int) -> set[str]:
        """Who has this picture or one that differs in at most `distance` bits."""
        like = self._neighbours[photo] if photo in self._neighbours else self._like(photo)
        return set().union(*(self.holders[other] for other in like), self.holders.get(photo, ()))

    def _learn(self, photo: int) -> None:
        like = self._neighbours[photo] = self._like(photo)
        for other in like:
            self._neighbours[other].add(photo)
        for bucket, piece in self._pieces(photo):
            bucket[piece].add(photo)
        self.holders[photo] = set()

    def _forget(self, photo: int) -> None:
        for bucket, piece in self._pieces(photo):
            bucket[piece].discard(photo)
        for other in self._neighbours.pop(photo):
            self._neighbours[other].discard(photo)
        del self.holders[photo]

    def _pieces(self, photo: int) -> Iterator[tuple[defaultdict[int, set[int]], int]]:
        for n, bucket in enumerate(self._buckets):
            yield bucket, photo >> n * self.PIECE & (1 << self.PIECE) - 1

    def _like(self, photo: int) -> set[int]:
        seen: set[int] = set()
        for bucket, piece in self._pieces(photo):
            for turned in self._turned:
                if piece ^ turned in bucket:
                    seen |= bucket[piece ^ turned]
        return {other for other in seen if other != photo and (other ^ photo).bit_count() <= self.distance}


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near something is: 0 to 1, and the traits that say so, strongest first, each with its strength and how many of the others are meant."""

    strength: float
    through: tuple[tuple[Trait, float, int, int], ...] = ()


def nearness(supplier: str, holders: Holders, badness: Callable[[str], float], settings: Settings, depth: int = 2) -> Nearness:
    """How near this supplier is to the bad, over what it shares, damped from neighbour to neighbour and never farther than `depth`.

    Over one trait with h other holders whose badness sums to b, b / (h + a) reaches, where `a` is how many innocent holders such a trait
    has beside them: one bad among two at a bank says much, one bad among thirty behind one phone nothing. Traits are independent
    witnesses (noisy or). `badness` answers 0 to 1 for an id.
    """
    found = []
    missed = 1.0
    for trait, here in holders.shared(supplier, settings["link.common"]):
        weight, innocent = TRAITS.get(trait[0], (0.0, 1.0))
        others = here - {supplier}
        bad, meant = 0.0, 0
        for other in others:
            value = badness(other)
            meant += value > 0
            if value < 1.0 and depth > 1 and len(others) <= settings["link.near"]:
                value = max(value, settings["link.damping"] * _beyond(other, supplier, trait, holders, badness, settings))
            bad += value
        strength = weight * bad / (len(others) + innocent)
        if strength > 0:
            found.append((trait, strength, meant, len(others)))
            missed *= 1 - strength
    found.sort(key=lambda row: (-row[1], row[0]))
    return Nearness(1 - missed, tuple(found))


def _beyond(
    here: str, origin: str, came_by: Trait, holders: Holders, badness: Callable[[str], float], settings: Settings
) -> float:
    """The badness that reaches `here` from its other neighbours, not back over where we came from."""
    missed = 1.0
    for trait, there in holders.shared(here, settings["link.near"]):
        if trait == came_by:
            continue
        weight, innocent = TRAITS.get(trait[0], (0.0, 1.0))
        others = there - {here, origin}
        missed *= 1 - weight * sum(badness(other) for other in others) / (len(others) + innocent)
    return 1 - missed


def components(ids: Iterable[str], holders: Holders, near: float) -> list[set[str]]:
    """All groups of two and more that hang together through what ties, largest first (union-find)."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one in ids:
        for (kind, _), here in holders.shared(one, near):
            if kind in TYING:
                for other in here:
                    parent[root(other)] = root(one)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one in parent:
        groups[root(one)].add(one)
    return sorted((group for group in groups.values() if len(group) > 1), key=lambda group: (-len(group), min(group)))
