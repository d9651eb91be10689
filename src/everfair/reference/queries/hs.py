"""The form of a Harmonized System code; the table itself belongs to customs."""

import re

_FORM = re.compile(r"\d{4}(?:\d{2}){0,3}", re.ASCII)
_GROUPED = re.compile(r"\d+(?:[. ]\d+)*", re.ASCII)


def hs_form(text: str) -> str:
    """The digits of an HS code ("8471.30.00" → "84713000"): 4, 6, 8 or 10 of them in a chapter from 01 to 97, not 77.

    Raises ValueError otherwise. Source: WCO Harmonized System (chapter 77 is reserved; 98 and 99 are national).
    """
    if len(text) > 20:
        raise ValueError("an HS code has at most 10 digits")
    text = text.strip()
    digits = text.replace(".", "").replace(" ", "")
    if not _GROUPED.fullmatch(text) or not _FORM.fullmatch(digits):
        raise ValueError(f"an HS code has 4, 6, 8 or 10 digits: {text!r}")
    chapter = int(digits[:2])
    if not 1 <= chapter <= 97 or chapter == 77:
        raise ValueError(f"no such HS chapter: {digits[:2]}")
    return digits
