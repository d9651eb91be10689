"""Keys by which names that could be alike are found: what they share by letters, by sound, as known variants, or run together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rigour._core import Name, NamePart, NamePartTag, SymbolCategory

_SILENT = frozenset({NamePartTag.STOP, NamePartTag.LEGAL})
_VARIANTS = frozenset({SymbolCategory.NAME, SymbolCategory.NICK})
_VOWELS = str.maketrans("", "", "aeiouyhw")


def keys_of(names: Sequence[Name]) -> set[str]:
    """Of one name as it is analysed. Without a blank in any of them; empty where a name has no letters.

    t: a part's letters; p: its sound; c: its consonants, doubled ones once; v: a known variant (by its Wikidata number);
    w: the whole name run together, and each two neighbours.
    """
    found: set[str] = set()
    for name in names:
        parts = [part for part in name.parts if part.tag not in _SILENT] or list(name.parts)
        for part in parts:
            found |= _of_part(part)
        found |= {f"v:{symbol.id}" for symbol in name.symbols if symbol.category in _VARIANTS}
        letters = [_letters(part) for part in parts]
        found |= {f"w:{one}{other}" for one, other in pairwise(letters)}
        found.add(f"w:{''.join(letters)}")
    return {key.replace(" ", "") for key in found if len(key) > 3}


def _letters(part: NamePart) -> str:
    return str(part.ascii or part.comparable)


def _of_part(part: NamePart) -> set[str]:
    letters = _letters(part)
    found = {f"t:{letters}", f"w:{letters}"}
    if part.metaphone and len(part.metaphone) > 1:
        found.add(f"p:{part.metaphone}")
    if len(consonants := _consonants(letters)) > 2:
        found.add(f"c:{consonants}")
    return found


def _consonants(letters: str) -> str:
    bare = letters[:1] + letters[1:].translate(_VOWELS)
    return "".join(char for n, char in enumerate(bare) if n == 0 or char != bare[n - 1])
