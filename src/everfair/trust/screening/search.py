"""Names asked for → the listed names that could be theirs: candidates by the index, and the likeness of those alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from rigour._core import Name

from everfair.base.rows import ask
from everfair.trust.screening.keys import keys_of
from everfair.trust.screening.names import analysed, likeness
from everfair.trust.values.screening import COMPARED

# How many names are scored for each that is asked, and by how many of its rarest keys they are found.
MOST_CANDIDATES = 60
MOST_KEYS = 24
# Keys that more names have together than this are left away, the commonest first: they say the least.
MOST_NAMES = 3000
# Weak aliases are broad or short by the publisher's own word: only what is nearly the same counts.
WEAK = 0.95
Part = dict[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listed name of an edition in force."""

    name_id: UUID
    party_id: UUID
    name: str
    strength: str


@dataclass(frozen=True, slots=True)
class Found:
    """A listed name that is like the one asked for. `parts` say which part was taken for which."""

    candidate: Candidate
    score: float
    parts: tuple[tuple[str, str, str], ...]


_FREQUENCIES = """
    SELECT key, count(*) FROM trust_listedname n CROSS JOIN LATERAL unnest(n.keys) AS key
    WHERE n.edition_id = ANY(%s::uuid[]) GROUP BY key
"""
_CANDIDATES = """
    SELECT n.id, n.party_id, n.name, n.strength FROM trust_listedname n
    CROSS JOIN LATERAL (
        SELECT sum(a.weight) AS weight FROM unnest(%(keys)s::text[], %(weights)s::float8[]) AS a (key, weight) WHERE a.key = ANY(n.keys)
    ) AS shared
    WHERE n.keys && %(keys)s::text[] AND n.edition_id = ANY(%(editions)s::uuid[]) AND n.kind = ANY(%(kinds)s)
    ORDER BY shared.weight / (1 + 0.1 * cardinality(n.keys)) DESC, n.id LIMIT %(most)s
"""


class Search:
    """What is listed by these editions. It reads once how common each key is, and compares in this process: never in the web server."""

    def __init__(self, editions: Sequence[UUID]) -> None:
        self.editions = list(editions)
        self._count: dict[str, int] = dict(ask(_FREQUENCIES, [self.editions]))  # type: ignore[arg-type]
        self._all = max(1, len(self._count))

    def candidates(self, names: Sequence[Name], kinds: Sequence[str], most: int = MOST_CANDIDATES) -> list[Candidate]:
        """The likeliest first: who shares the most, and the rarest, keys."""
        known = sorted((self._count[key], key) for key in keys_of(names) if key in self._count)
        rare = _rarest(known)
        if not rare:
            return []
        weights = [math.log(1 + self._all / count) for count, _key in rare]
        asked = {"keys": [key for _count, key in rare], "weights": weights, "editions": self.editions, "kinds": list(kinds)}
        return [Candidate(*row) for row in ask(_CANDIDATES, asked | {"most": most})]

    def find(self, role: str, name: str, least: float) -> tuple[list[Found], int]:
        """The best name of each party that is at least so much alike, and how many names were scored."""
        kind, kinds = COMPARED[role]
        names = analysed([name], kind)
        best: dict[UUID, Found] = {}
        candidates = self.candidates(names, kinds)
        for candidate in candidates:
            alike = likeness(names, _listed(candidate.name, kind))
            if alike.score < (max(least, WEAK) if candidate.strength == "weak" else least):
                continue
            if candidate.party_id not in best or alike.score > best[candidate.party_id].score:
                parts = explained(names, _listed(candidate.name, kind), alike.pairs)
                best[candidate.party_id] = Found(candidate, alike.score, parts)
        return sorted(best.values(), key=lambda found: -found.score), len(candidates)


def _rarest(known: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """As many keys as bring a bounded number of names; always one at least."""
    found: list[tuple[int, str]] = []
    names = 0
    for count, key in known[:MOST_KEYS]:
        names += count
        if found and names > MOST_NAMES:
            break
        found.append((count, key))
    return found


@lru_cache(maxsize=20_000)
def _listed(name: str, kind: str) -> tuple[Name, ...]:
    return tuple(analysed([name], kind))


def explained(ours: Sequence[Name], theirs: Sequence[Name], pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """(ours, theirs, how) for each part: same, alike, and what stands alone on one side."""
    rows: list[tuple[str, str, str]] = []
    left, right = _words(ours), _words(theirs)
    for one, other in pairs:
        if one == other:
            rows += [(word, word, "same") for word in one.split()]
        else:
            rows.append((one, other, "alike"))
        for side, text in ((left, one), (right, other)):
            for word in text.split():
                if word in side:
                    side.remove(word)
    return (*rows, *((word, "", "ours") for word in left), *(("", word, "theirs") for word in right))


def _words(names: Sequence[Name]) -> list[str]:
    return [word for name in names[:1] for part in name.parts for word in str(part.comparable).split()]
