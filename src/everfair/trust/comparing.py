"""What the company declared beside what the reviewer read in its evidence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

Part = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field. `verdict`: same, differs, or unread while nothing was found. `parts`: what was found, in pieces, each with whether
    it stands otherwise in what was declared."""

    field: str
    declared: str
    found: str
    verdict: str
    parts: tuple[Part, ...]


def compare(fields: Iterable[str], declared: Mapping[str, str], found: Mapping[str, str]) -> list[Comparison]:
    """Field by field, in the order of the checklist."""
    return [_compared(field, str(declared.get(field, "")), str(found.get(field, ""))) for field in fields]


def normal(text: str) -> str:
    """What counts of a value: NFKC, casefolded, letters and digits alone; «No. 12-3» and «no 123» are one number."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")


def _compared(field: str, declared: str, found: str) -> Comparison:
    if not normal(found):
        return Comparison(field, declared, found, "unread", ())
    if normal(declared) == normal(found):
        return Comparison(field, declared, found, "same", ((found, False),))
    return Comparison(field, declared, found, "differs", _parts(declared, found))


def _parts(declared: str, found: str) -> tuple[Part, ...]:
    """The characters of `found` in runs. Values have at most 300 characters, so that this stays quick."""
    steps = SequenceMatcher(None, declared.casefold(), found.casefold(), autojunk=False).get_opcodes()
    if len(found.casefold()) != len(found):
        return ((found, True),)
    return tuple((found[start:end], kind != "equal") for kind, _i, _j, start, end in steps if end > start)
