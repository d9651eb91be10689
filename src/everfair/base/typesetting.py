"""Makes any text a person typed fit to be set: nothing invisible that reorders words, nothing too long to break.

The typesetter never sees this text as markup, so nothing here is about escaping.
"""

import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

# Bidirectional overrides, embeddings and isolates can make a printed figure read backwards (the «Trojan Source» trick);
# without them right-to-left text still reads in its natural order.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Controls, lone surrogates and noncharacters have no glyph in any font and would refuse PDF/A.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Chinese, Japanese and Korean break anywhere; other scripts only at spaces.
_LONG_RUN = re.compile("[^\\s\u200b\u2e80-\ufaff\U00020000-\U0003ffff]{7,}")
_WIDE = frozenset("ABCDEFGHJKLMNOPQRSTUVWXYZmw@%&")
_NARROW = frozenset(",.:;'|!iIl")
# What fits on one line of a field's column, in ems of its own letter size (the templates set the columns). A run
# within it is left alone, so that e-mail addresses, links and amounts can be copied from the paper whole.
_ROOM_EM = {
    "terms_hash": 99.0, "payment_instructions": 58.0, "remarks": 58.0,
    "address": 26.0, "contact": 26.0, "description": 24.0, "sku": 26.0, "named_place": 24.0, "names": 20.0, "who": 16.0,
    "amount": 9.0, "unit_price": 8.5, "quantity": 7.5, "unit": 7.5, "percent": 5.0, "number": 3.0, "order_number": 16.0,
}  # fmt: skip
_OTHER_ROOM_EM = 12.0


def settable(value: Any, room_em: float = _OTHER_ROOM_EM) -> Any:
    """The same tree of values as dictionaries, lists and clean text, ready for JSON."""
    match value:
        case str():
            return _breakable(_REORDERING.sub("", _UNPRINTABLE.sub("\ufffd", value.replace("\r\n", "\n"))), room_em)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case date():
            return value.isoformat()
        case tuple() | list():
            return [settable(part, room_em) for part in value]
        case _ if is_dataclass(value):
            return {
                field.name: settable(getattr(value, field.name), _ROOM_EM.get(field.name, room_em)) for field in fields(value)
            }
        case _:
            return value


def _breakable(text: str, room_em: float) -> str:
    """A run wider than its column gets places where it may break (U+200B)."""
    return _LONG_RUN.sub(
        lambda run: run.group() if _width_em(run.group()) <= room_em else _with_breaks(run.group(), room_em), text
    )


def _with_breaks(run: str, room_em: float) -> str:
    pieces: list[str] = []
    width_em = 0.0
    for letter in run:
        width_em += _width_em(letter)
        if width_em > room_em / 2:
            pieces.append("\u200b")
            width_em = _width_em(letter)
        pieces.append(letter)
    return "".join(pieces)


def _width_em(run: str) -> float:
    return sum(0.3 if letter in _NARROW else 0.95 if letter in _WIDE or letter > "\u02ff" else 0.57 for letter in run)
