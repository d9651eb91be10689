"""Whether two names could be of the same: scripts, spelling, order, legal forms and known variants, with the reasons.

The knowledge of names is rigour's (MIT): transliteration of six scripts, legal forms, person names in many spellings. Its compiled
core alone is used; what its Python parts would bring along needs a compiler (decision 0033).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rigour._core import (
    Alignment,
    Name,
    NamePart,
    NamePartTag,
    NameTypeTag,
    SymbolCategory,
    align_person_name_order,
    analyze_names,
    compare_parts,
    pair_symbols,
)

_TAGS = {"person": NameTypeTag.PER, "firm": NameTypeTag.ORG, "ship": NameTypeTag.OBJ, "": NameTypeTag.ENT}
KINDS = tuple(_TAGS)
# What a pair is worth that the same known variant explains on both sides, and how much it weighs.
_WORTH = {
    SymbolCategory.ORG_CLASS: 0.8,
    SymbolCategory.INITIAL: 0.75,
    SymbolCategory.NAME: 0.92,
    SymbolCategory.NICK: 0.7,
    SymbolCategory.PHONETIC: 0.75,
}
_WEIGHT = {SymbolCategory.ORG_CLASS: 0.5, SymbolCategory.DOMAIN: 0.7, SymbolCategory.SYMBOL: 0.4, SymbolCategory.INITIAL: 0.5}
# A part without a counterpart says little where the other name simply has fewer parts, and much where the other has another part in its
# place: «Ibrahim Hassan al-Otaibi» is not «Ibrahim Hassan al-Asiri».
_MORE = 0.3
_OTHERWISE = 1.6
# A firm of another country is another firm.
_ELSEWHERE = 1.2
_INITIAL = 0.85


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 (nothing in common) to 1 (the same name); `pairs` say which part was taken for which: («ltd», «limited»)."""

    score: float
    pairs: tuple[tuple[str, str], ...]


NOTHING = Likeness(0.0, ())


def analysed(names: Iterable[str], kind: str) -> list[Name]:
    """Names as their parts, once for all comparisons. `kind` is person, firm, ship or «» where nobody knows."""
    return list(analyze_names(_TAGS[kind], [name for name in names if name.strip()], infer_initials=kind == "person"))


def likeness(asked: Sequence[Name], listed: Sequence[Name]) -> Likeness:
    """The best of all pairs of names of two subjects."""
    return max((_compared(one, other) for one in asked for other in listed), key=lambda found: found.score, default=NOTHING)


def _compared(one: Name, other: Name) -> Likeness:
    if one.comparable == other.comparable:
        return Likeness(1.0, ((one.comparable, other.comparable),))
    options = pair_symbols(one, other) or [()]
    return max((_scored(one, other, option) for option in options), key=lambda found: found.score)


def _scored(one: Name, other: Name, known: Sequence[Alignment]) -> Likeness:
    rows: list[tuple[float, float]] = []
    pairs: list[tuple[str, str]] = []
    taken = ({part for pair in known for part in pair.qps}, {part for pair in known for part in pair.rps})
    for pair in known:
        assert pair.symbol is not None
        category = pair.symbol.category
        score = 1.0 if pair.qstr == pair.rstr else _WORTH.get(category, 0.9)
        rows.append((score, _WEIGHT.get(category, 1.0) * max(len(pair.qps), len(pair.rps))))
        pairs.append((pair.qstr, pair.rstr))
    left = [part for part in one.parts if part not in taken[0]]
    right = [part for part in other.parts if part not in taken[1]]
    if one.tag == NameTypeTag.PER:
        left, right = align_person_name_order(left, right)
    else:
        left, right = NamePart.tag_sort(left), NamePart.tag_sort(right)
    left, right, initials = _initials(left, right) if one.tag == NameTypeTag.PER else (left, right, [])
    rows += [(_INITIAL, 0.6)] * len(initials)
    pairs += initials
    lonely: tuple[list[NamePart], list[NamePart]] = ([], [])
    for pair in compare_parts(left, right):
        if pair.score and pair.qps and pair.rps:
            rows.append((pair.score, _weighs([*pair.qps, *pair.rps]) * max(len(pair.qps), len(pair.rps))))
            pairs.append((pair.qstr, pair.rstr))
        else:
            lonely[0].extend(pair.qps)
            lonely[1].extend(pair.rps)
    places = _places(one) | _places(other)
    weights = [sorted((_weighs([part]) for part in side), reverse=True) for side in lonely]
    contradicting = min(len(side) for side in weights)
    for side, parts in zip(weights, lonely, strict=True):
        rows += [(0.0, _OTHERWISE * weight) for weight in side[:contradicting]]
        elsewhere = not contradicting and one.tag != NameTypeTag.PER and any(part in places for part in parts)
        rows += [(0.0, (_ELSEWHERE if elsewhere else _MORE) * weight) for weight in side[contradicting:]]
    whole = sum(weight for _score, weight in rows)
    return Likeness(sum(score * weight for score, weight in rows) / whole if whole else 0.0, tuple(pairs))


def _initials(left: list[NamePart], right: list[NamePart]) -> tuple[list[NamePart], list[NamePart], list[tuple[str, str]]]:
    """«A.» for «Ali»: taken out of both sides."""
    pairs = []
    same = {part.comparable for part in left} & {part.comparable for part in right}
    for mine, theirs, turned in ((left, right, False), (right, left, True)):
        for part in [part for part in mine if len(part.comparable) == 1]:
            free = (one for one in theirs if len(one.comparable) > 1 and one.comparable not in same)
            full = next((one for one in free if one.comparable[0] == part.comparable), None)
            if full is not None:
                mine.remove(part)
                theirs.remove(full)
                pairs.append((full.comparable, part.comparable) if turned else (part.comparable, full.comparable))
    return left, right, pairs


def _places(name: Name) -> set[NamePart]:
    return {part for span in name.spans if span.symbol.category == SymbolCategory.LOCATION for part in span.parts}


def _weighs(parts: Sequence[NamePart]) -> float:
    if all(part.tag == NamePartTag.STOP for part in parts):
        return 0.3
    if all(part.tag == NamePartTag.LEGAL for part in parts):
        return 0.5
    if any(part.tag == NamePartTag.NUM for part in parts):
        return 1.3
    return 1.0
