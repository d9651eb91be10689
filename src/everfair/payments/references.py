"""References on bank transfers, found again however a bank passed them on: those that payers write (ISO 11649, with check characters),
and those that we write into a file for our bank (pain.001): a payment's own id, and the order's.
"""

from __future__ import annotations

import re
import secrets
from uuid import UUID

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


# Our ids are UUIDs of version 7, written as 32 hexadecimal digits; the first 16 are what a field of 16 characters leaves of one.
_ID = re.compile(r"(?=([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}))")
_ID_BEGINNING = re.compile(r"[0-9a-f]{12}7[0-9a-f]{3}")
_ORDER = re.compile(r"ef([0-9a-f]{30})(?:-([0-9])|([0-9a-f]{2}))")
# Reasons that banks give in words of their own, by ISO 20022's code.
_REASON = re.compile(
    r"(?<![A-Z0-9])(A[CGM][0-9]{2}|B[EC][0-9]{2}|CNOR|DNOR|DUPL|ED05|FF05|FOCR|FR01|M[DS]0[0-9]|NARR|NOAS|R[CR][0-9]{2}|SL[01][0-9]|TM01|UPAY)(?![A-Z0-9])"
)


def ids_in(text: str) -> list[UUID]:
    """What could be an id of ours, in the order of the text, each once; whether it is one, the rows say. Blanks and breaks do not matter."""
    return [UUID(found) for found in dict.fromkeys(match[1] for match in _ID.finditer(re.sub(r"\s", "", text.lower())))]


def id_range(text: str) -> tuple[UUID, UUID] | None:
    """From and until where the ids lie whose beginning a field of 16 characters holds; None for anything else."""
    plain = text.strip().lower()
    return (UUID(f"{plain:0<32}"), UUID(f"{plain:f<32}")) if _ID_BEGINNING.fullmatch(plain) else None


def orders_in(text: str) -> list[tuple[str, int]]:
    """Orders of ours (`pain001`): the beginning of the message's id, and which block of payments, 0 for the whole of it."""
    found = [(f"EF{match[1]}", int(match[2] or 0)) for match in _ORDER.finditer(re.sub(r"\s", "", text.lower()))]
    return list(dict.fromkeys(found))


def return_reason(text: str) -> str:
    """The code of ISO 20022 that says why a payment came back, where a bank wrote it into its text; empty where it did not."""
    found = _REASON.search(text.upper())
    return found[1] if found else ""
