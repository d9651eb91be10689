"""Text as it may enter an offer: trimmed, composed (NFC), without invisible characters that disguise it (B39–B43)."""

from __future__ import annotations

import re
import unicodedata

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.numbers import NumberRefused as _Refused

# Zero-width spaces, soft hyphens, byte order marks and bare direction marks carry nothing: they are left out.
# The joiners U+200C and U+200D stay, because Persian, Indic scripts and emoji are written with them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\u20d0-\u20ff\ufeff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|\u0085|\u2028|\u2029")


class TextRefused(_Refused):
    """Why a text cannot be taken; `code` and `params` are those of a row error."""


def clean(text: str, limit: int) -> str:
    """The text as it is kept; TextRefused on control, NUL and bidi characters, half characters, Zalgo, or too much of it."""
    if not text.isascii() or _SUSPECT.search(text):
        if _SUSPECT.search(text):
            _refuse_hostile(text)
            text = _INVISIBLE.sub("", text)
        text = _LINE_END.sub("\n", text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
            _refuse_stacked(text)
    text = text.strip()
    if len(text) > limit:
        raise TextRefused("text_too_long", length=len(text), limit=limit)
    return text


def clean_line(text: str, limit: int) -> str:
    """The same on one line: line breaks and tabs become blanks, runs of blanks one blank."""
    if text.isprintable() and "  " not in text:
        return clean(text, limit)
    line = " ".join(clean(text, limits.CELL_CHARACTERS).split())
    if len(line) > limit:
        raise TextRefused("text_too_long", length=len(line), limit=limit)
    return line


def _refuse_hostile(text: str) -> None:
    if "\0" in text:
        raise TextRefused("text_nul")
    if match := _BIDI.search(text):
        raise TextRefused("text_bidi", character=f"U+{ord(match[0]):04X}")
    if _SURROGATE.search(text):
        raise TextRefused("text_surrogate")
    if match := _CONTROL.search(text):
        raise TextRefused("text_control", character=f"U+{ord(match[0]):04X}")
    _refuse_stacked(text)


def _refuse_stacked(text: str) -> None:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > limits.STACKED_MARKS:
            raise TextRefused("text_marks", limit=limits.STACKED_MARKS)
