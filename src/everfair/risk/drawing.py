"""The graph around one supplier as a drawing: who sits where is computed, never guessed by a browser.

The supplier in the middle, what it shares on an inner ring, who shares it on an outer one. The same facts give the same picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import cos, pi, sin, tau

WIDTH, HEIGHT = 760, 560
# More others than this are not drawn: what so many share says little, and nobody reads it.
MOST_OTHERS = 24


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: «self», «trait», «supplier» or «bad» (confirmed). `key`: a company's id, or the trait's kind and hash. Centre at x, y."""

    key: str
    kind: str
    trait: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """`rows` says the same as a table: (trait kind, hash, the others who have it)."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    left_out: int = 0


def drawn(company: str, shares: Iterable[tuple[str, str, str]], known_bad: Collection[str]) -> Drawing:
    """`shares`: (trait kind, hash, company) of everybody who has what this company has, itself included. Pure."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, digest, holder in sorted(set(shares)):
        if holder != company:
            holders[kind, digest].append(holder)
    traits = sorted(holders, key=lambda trait: (len(holders[trait]), trait))
    shown: dict[str, list[int]] = {}
    for place, trait in enumerate(traits):
        for holder in holders[trait]:
            if holder in shown or len(shown) < MOST_OTHERS:
                shown.setdefault(holder, []).append(place)
    everybody = {holder for each in holders.values() for holder in each}
    step = tau / max(1, len(traits))
    angles = [step * place - pi / 2 for place in range(len(traits))]
    # The others stand in the order of what they share, evenly: no two on the same spot.
    order = sorted(shown, key=lambda holder: (sum(shown[holder]) / len(shown[holder]), holder))
    outer = {holder: tau / max(1, len(order)) * place - pi / 2 for place, holder in enumerate(order)}
    middle = Node(company, "self", "", WIDTH // 2, HEIGHT // 2)
    inner = [Node(f"{kind}:{digest}", "trait", kind, *_at(angles[place], 0.45)) for place, (kind, digest) in enumerate(traits)]
    others = [Node(holder, "bad" if holder in known_bad else "supplier", "", *_at(outer[holder], 0.88)) for holder in order]
    places = {node.key: node for node in others}
    edges = [_edge(middle, node) for node in inner]
    edges += [_edge(inner[place], places[holder]) for holder in order for place in shown[holder]]
    rows = tuple((kind, digest, tuple(holders[kind, digest])) for kind, digest in traits)
    return Drawing((middle, *inner, *others), tuple(edges), rows, len(everybody) - len(shown))


def _at(angle: float, reach: float) -> tuple[int, int]:
    return round(WIDTH / 2 + WIDTH / 2 * reach * cos(angle)), round(HEIGHT / 2 + HEIGHT / 2 * reach * sin(angle))


def _edge(one: Node, other: Node) -> Edge:
    return Edge(one.x, one.y, other.x, other.y)
