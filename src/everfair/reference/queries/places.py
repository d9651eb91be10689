"""The main ports, airports and cities of trade by UN/LOCODE. Source: UNECE UN/LOCODE 2023-1; Chinese names are ours."""

import re
import unicodedata
from functools import cache

from ..values import Names, Place
from .countries import COUNTRIES
from .rows import rows

# UN/ECE Recommendation 16: country code and three letters, or digits 2 to 9.
_FORM = re.compile(r"[A-Z]{2}[A-Z2-9]{3}", re.ASCII)


@cache
def places() -> dict[str, Place]:
    """All places by code."""
    return {
        row["code"]: Place(
            row["code"],
            Names(row["en"], row["zh_hant"] or row["en"], row["zh_hans"] or row["en"]),
            row["code"][:2],
            frozenset(row["functions"].split()),
        )
        for row in rows("places")
    }


def place(code: str) -> Place:
    """The place of exactly this code ("CNSHA"); ValueError when it is not on our list, which is not the whole UN/LOCODE."""
    found = places().get(code)
    if found is None:
        raise ValueError(f"not on the list of places: {code[:12]!r}")
    return found


def is_locode_form(text: str) -> bool:
    """Whether the text has the form of a UN/LOCODE in an existing country ("CNSHA" or "CN SHA")."""
    if len(text) > 6:
        return False
    if len(text) == 6 and text[2] == " ":
        text = text[:2] + text[3:]
    return bool(_FORM.fullmatch(text)) and text[:2] in COUNTRIES


def find_places(prefix: str, limit: int = 20) -> list[Place]:
    """Places whose code, or a word of whose name in any language, begins with the prefix; by English name."""
    wanted = _folded(prefix[:60])
    if not wanted:
        return []
    return [place for words, place in _by_word() if any(word.startswith(wanted) for word in words)][:limit]


@cache
def _by_word() -> list[tuple[tuple[str, ...], Place]]:
    found = []
    for place in sorted(places().values(), key=lambda place: (place.names.en, place.code)):
        name = _folded(place.names.en)
        starts = [0, *(match.end() for match in re.finditer(r"[\s\-/(]+", name))]
        chinese = {place.names.zh_hant, place.names.zh_hans} - {place.names.en}
        found.append(((place.code.lower(), *(name[start:] for start in starts), *sorted(chinese)), place))
    return found


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
