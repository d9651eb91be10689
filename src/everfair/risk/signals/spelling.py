"""One spelling for text that hides a number: wide, circled, spaced, spelled-out and Chinese digits; letters with gaps.

Everything here goes once over the text: no expression can be made to run back. A text longer than `LONGEST` is cut.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 20_000
_DIGITS = {
    "zero": "0", "oh": "0", "nil": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_HAN = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)), **dict(zip("〇壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("貳參陸兩两幺么", "2362211", strict=True)),
}  # fmt: skip
_LOOKALIKE = str.maketrans("oilsbz", "011582")
_LEET = str.maketrans("013457@$", "oieastas")
# Zero width, joiners, variation selectors: they are seen by nobody.
_UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_KEYCAP = "\u20e3"
_WORD = re.compile(r"[a-z0-9]+|[^a-z0-9]")
_GAP = frozenset(" -.()/_*~|·•,、。+'\"[]{}:;=\t")
_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that follow each other with small gaps. `spelled`: not written as digits; `groups`: how many pieces; `at`: where in the text."""

    digits: str
    spelled: int
    groups: int
    at: int
    plus: bool


def plain(text: str) -> str:
    """NFKC, small letters, nothing unseen: «８６» and «⑧⑥» read 86."""
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text[:LONGEST]).replace(_KEYCAP, " "))[: 2 * LONGEST].lower()
    return _UNSEEN.sub("", text)


def closed(text: str) -> str:
    """Letters that stand alone with a gap between them are one word: «w h a t s a p p», «w.e.c.h.a.t». Other words stay as they are."""
    out: list[str] = []
    single = False
    gap = 0
    for token in _WORD.findall(text):
        if len(token) == 1 and token in _GAP:
            gap += 1
            out.append(token)
            continue
        letter = len(token) == 1 and token.isascii() and token.isalnum()
        if letter and single and 0 < gap <= 2:
            del out[-gap:]
        out.append(token)
        single, gap = letter, 0
    return "".join(out)


def unleet(text: str) -> str:
    """«wh4ts4pp» → «whatsapp»: only in words that have both letters and digits."""
    words = _WORD.findall(text)
    return "".join(
        w.translate(_LEET) if not w.isdigit() and not w.isalpha() and len(w) > 3 and w[0].isalpha() else w for w in words
    )


def runs(text: str) -> list[Run]:
    """Every run of digits in a text that `plain` has seen. Quantities and prices are runs too: who asks tells them apart."""
    found: list[Run] = []
    digits, spelled, groups, start, plus, gap, double, last_plus = "", 0, 0, 0, False, 0, 0, -9
    at = 0
    for said in _WORD.findall(text):
        piece, word = _read(said)
        if piece:
            if not digits:
                start, plus = at, last_plus >= at - 2
            piece, double = piece * max(1, double), 0
            digits += piece
            spelled += len(piece) if word else 0
            groups += 1
            gap = 0
        elif said in ("double", "triple"):
            double, gap = (2 if said == "double" else 3), 0
        elif said in _GAP or said in ("and", "then", "dash"):
            gap += 1
            last_plus = at if said == "+" else last_plus
        else:
            gap = _BETWEEN + 1
        if gap > _BETWEEN and digits:
            found.append(Run(digits, spelled, groups, start, plus))
            digits, spelled, groups, plus = "", 0, 0, False
        at += len(said)
    if digits:
        found.append(Run(digits, spelled, groups, start, plus))
    return found


def _read(token: str) -> tuple[str, bool]:
    """The digits that this token says, and whether it spells them."""
    if token.isascii():
        if token.isdigit():
            return token, False
        if token in _DIGITS:
            return _DIGITS[token], True
        # «l38oo» is 13800; a model number as «bt500» is not.
        figures = sum(c.isdigit() for c in token)
        if figures * 2 > len(token) > 2 or (figures >= 4 and len(token) >= 8):
            read = token.translate(_LOOKALIKE)
            return (read, True) if read.isdigit() else ("", False)
        return "", False
    if token in _HAN:
        return _HAN[token], True
    value = unicodedata.digit(token, None)
    return ("", False) if value is None else (str(value), True)
