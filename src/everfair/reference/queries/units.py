"""Units of trade: a choice from UN/ECE Recommendation 20, and packages of Recommendation 21 (with `X`, as in EN 16931)."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from ..values import Names, Unit
from .rows import rows


class _Units(Mapping[str, Unit]):
    """The units by code, read from the data file at the first look."""

    def __getitem__(self, code: str) -> Unit:
        return _units()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(_units())

    def __len__(self) -> int:
        return len(_units())


UNITS: Mapping[str, Unit] = _Units()


@cache
def _units() -> dict[str, Unit]:
    return {
        row["code"]: Unit(
            row["code"],
            row["symbol"],
            Names(row["en"], row["zh_hant"], row["zh_hans"]),
            row["kind"],  # type: ignore[arg-type]
            int(row["decimals"]),
        )
        for row in rows("units")
    }


def unit(code: str) -> Unit:
    """The unit of exactly this code; ValueError for anything else."""
    found = _units().get(code)
    if found is None:
        raise ValueError(f"not a unit of trade: {code[:12]!r}")
    return found


def unit_for_word(word: str) -> Unit | None:
    """The unit that people mean by a word of any of our languages ("pcs", "件", "kilograms", "KGM"); None when unsure."""
    return _by_word().get(_folded(word)) if len(word) <= 60 else None


# Words that traders use for two things: carat or count, gram or gross, tonne or short ton, US or UK hundredweight.
_UNSURE = frozenset({"ct", "gr", "ton", "tons", "cwt", "gallon", "gallons", "pint", "quart"})


@cache
def _by_word() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for row in rows("units"):
        this = _units()[row["code"]]
        for word in [this.code, *this.names, this.symbol, *row["words"].split(";")]:
            if word and _folded(word) not in _UNSURE:
                found.setdefault(_folded(word), this)
    for this in _units().values():
        found[this.code.lower()] = this  # a code outranks every word
    for key, this in list(found.items()):
        if key.isascii() and key.isalpha() and len(key) > 2:
            found.setdefault(key + "s", this)
    return found


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().replace(".", " ").replace("_", " ").split())
