"""What the company declared beside what the reviewer read in its evidence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from opencc_purepy import OpenCC

from everfair.payments.queries import match_holder

Part = tuple[str, bool]
# Fields that hold a firm's name: compared as names of bank accounts are, where spelling alone differs.
NAMES = ("name", "holder")
# Of 100, without the legal form: what is left then is a blank, an accent, the order of words.
ALIKE = 98


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field. `verdict`: same; alike (a name that is the same but for its spelling); differs; unread while nothing was found.
    `parts`: what was found, in pieces, each with whether it stands otherwise in what was declared. `score`: of names that are written
    differently, 0 to 100."""

    field: str
    declared: str
    found: str
    verdict: str
    parts: tuple[Part, ...]
    score: int | None = None


def compare(fields: Iterable[str], declared: Mapping[str, str], found: Mapping[str, str]) -> list[Comparison]:
    """Field by field, in the order of the checklist."""
    return [_compared(field, str(declared.get(field, "")), str(found.get(field, ""))) for field in fields]


def normal(text: str) -> str:
    """What counts of a value: NFKC, casefolded, simplified characters, letters and digits alone; «No. 12-3» and «no 123» are one number."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not folded.isascii():
        folded = _simplified().convert(folded)
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def _compared(field: str, declared: str, found: str) -> Comparison:
    if not normal(found):
        return Comparison(field, declared, found, "unread", ())
    if normal(declared) == normal(found):
        return Comparison(field, declared, found, "same", ((found, False),))
    if field not in NAMES:
        return Comparison(field, declared, found, "differs", _parts(declared, found))
    match = match_holder(found, [declared])
    verdict = "alike" if match.score >= ALIKE and not match.doubts else "differs"
    return Comparison(field, declared, found, verdict, _parts(declared, found), match.score)


def _parts(declared: str, found: str) -> tuple[Part, ...]:
    """The characters of `found` in runs. Values have at most 300 characters, so that this stays quick."""
    steps = SequenceMatcher(None, declared.casefold(), found.casefold(), autojunk=False).get_opcodes()
    if len(found.casefold()) != len(found):
        return ((found, True),)
    return tuple((found[start:end], kind != "equal") for kind, _i, _j, start, end in steps if end > start)
