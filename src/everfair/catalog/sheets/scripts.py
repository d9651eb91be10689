"""English, Traditional or Simplified: told by the characters of a text."""

from __future__ import annotations

import re
from functools import lru_cache

# Han ideographs of the basic block and its extensions.
_HAN = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
_ANY_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def language_of(text: str) -> str:
    """`zh-hant`, `zh-hans`, or `en` for whatever is not mainly Chinese. Where every character is common to both, `zh-hans`."""
    if text.isascii() or not _ANY_HAN.search(text):
        return "en"
    han = other = traditional = simplified = 0
    for character in text:
        if character < "\u3400":
            other += character.isalpha()
            continue
        lean = _lean(character)
        if lean is None:
            other += character.isalpha()
        else:
            han += 1
            traditional += lean > 0
            simplified += lean < 0
    # A Chinese word says as much as several Latin letters.
    if han * 3 < other or not han:
        return "en"
    return "zh-hant" if traditional > simplified else "zh-hans"


@lru_cache(maxsize=16_384)
def _lean(character: str) -> int | None:
    """1 for a character only Traditional writing has, -1 for only Simplified, 0 for both; None when it is not Han."""
    if not any(first <= character <= last for first, last in _HAN):
        return None
    return _has(character, "big5") - _has(character, "gb2312")


def _has(character: str, charset: str) -> int:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return 0
    return 1
