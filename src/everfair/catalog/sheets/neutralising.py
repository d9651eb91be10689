"""Cells that a spreadsheet would run as formulas, made harmless on the way out and restored from our own exports (B49).

Source of the list of first characters: OWASP «CSV Injection» and ASVS 5.0 1.2.10, with their full-width twins.
"""

from __future__ import annotations

import re

# A column with this name, always empty, marks a file as written by us.
MARK = "everfair-export-1"
_FIRST = r"[=+\-@\t\r\n＝＋－＠]"
# Apostrophes before such a character count too, else a text that already begins with one would lose it on the way back.
_RUNS = re.compile(rf"'*{_FIRST}")
_NEUTRALISED = re.compile(rf"'+{_FIRST}")


def neutralised(text: str) -> str:
    """`=1+1` → `'=1+1`; other text unchanged."""
    return "'" + text if _RUNS.match(text) else text


def restored(text: str) -> str:
    """The exact inverse of `neutralised`."""
    return text[1:] if text[:1] == "'" and _NEUTRALISED.match(text) else text
