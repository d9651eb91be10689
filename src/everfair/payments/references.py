"""The reference a payer writes on a bank transfer: ISO 11649, with check characters, found again however a bank passed it on."""

from __future__ import annotations

import re
import secrets

from stdnum.iso7064 import mod_97_10

_BODY = 12
_WHOLE = 2 + _BODY  # check characters and body, all digits
_SHORTEST = 10
# Letters that people and machines write for a digit.
_AS_DIGIT = str.maketrans("OQDILSZB", "00011528")


def new_reference() -> str:
    """RF, two check characters and twelve digits: no letter that could be taken for a digit, and nothing to be guessed from."""
    body = f"{secrets.randbelow(10**_BODY):0{_BODY}d}"
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def is_reference(text: str) -> bool:
    return len(text) == 2 + _WHOLE and text.startswith("RF") and text[2:].isdigit() and mod_97_10.is_valid(text[4:] + text[:4])


def in_groups(reference: str) -> str:
    """As people write it: RF18 5390 0754 7034."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def references_in(text: str) -> list[str]:
    """Every valid reference in a text, in its order, each once. Blanks, breaks, small letters and signs between do not matter, nor a lost
    «RF»; letters in the place of digits are read as those, and the check characters decide."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    found: dict[str, int] = {}
    for match in re.finditer(r"(?=RF([0-9OQDILSZB]{14}))", plain):
        candidate = "RF" + match[1].translate(_AS_DIGIT)
        if is_reference(candidate):
            found.setdefault(candidate, match.start())
    for match in re.finditer(rf"(?=([0-9]{{{_WHOLE}}}))", plain):
        candidate = "RF" + match[1]
        if is_reference(candidate):
            found.setdefault(candidate, match.start())
    return sorted(found, key=lambda reference: found[reference])


def chopped_in(text: str) -> list[str]:
    """Beginnings of references whose end a bank has cut off: «RF» and at least eight digits, at the end of what it passed on."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    return [f"RF{match[1]}" for match in re.finditer(rf"RF([0-9]{{{_SHORTEST - 2},{_WHOLE - 1}}})(?![0-9])", plain)]
