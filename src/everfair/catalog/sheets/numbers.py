"""Exact numbers from text: digits, one point, nothing else, unless the whole file agrees on another style (B21–B27)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, Literal

NumberStyle = Literal["1234.56", "1,234.56", "1.234,56"]
PLAIN: NumberStyle = "1234.56"
_ENGLISH: NumberStyle = "1,234.56"
_CONTINENTAL: NumberStyle = "1.234,56"

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?")
_GROUPED = {
    _ENGLISH: re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,20})?"),
    _CONTINENTAL: re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|0|[1-9][0-9]{0,14})(?:,[0-9]{1,20})?"),
}
# Cells that can be read in only one way.
_ENGLISH_ONLY = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_CONTINENTAL_ONLY = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,}),[0-9]+"
)
_POINT_ONLY = re.compile(r"[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,})\.[0-9]+")
_EXPONENT = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+")
_LETTERLESS = re.compile(r"[0-9][0-9.,']*")


class NumberRefused(ValueError):
    """Why a text is not an exact number; `code` and `params` are those of a row error."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class StyleEvidence:
    """What the numbers of one file say about how it writes numbers."""

    def __init__(self) -> None:
        self._english = self._continental = self._point = 0

    def see(self, text: str) -> None:
        if "," not in text and "." not in text:
            return
        if _ENGLISH_ONLY.fullmatch(text):
            self._english += 1
        elif _CONTINENTAL_ONLY.fullmatch(text):
            self._continental += 1
        elif _POINT_ONLY.fullmatch(text):
            self._point += 1

    def style(self) -> NumberStyle:
        """The style every telling cell agrees on; plain when none tells or two disagree."""
        if self._english and not self._continental:
            return _ENGLISH
        if self._continental and not self._english and not self._point:
            return _CONTINENTAL
        return PLAIN


def exact_number(text: str, *, decimals: int, limit: Decimal, zero: bool = False, style: NumberStyle = PLAIN) -> Decimal:
    """The number as written; NumberRefused on anything that is not one plain number within bounds. Nothing is rounded."""
    if style == _CONTINENTAL:
        if not _GROUPED[style].fullmatch(text):
            raise _why_not(text)
        text = text.replace(".", "").replace(",", ".")
    elif not _NUMBER.fullmatch(text):
        if style != _ENGLISH or not _GROUPED[style].fullmatch(text):
            raise _why_not(text)
        text = text.replace(",", "")
    number = Decimal(text)
    if number > limit:
        raise NumberRefused("number_too_large", limit=f"{limit:f}")
    point = text.find(".")
    if point >= 0 and len(text) - point - 1 > decimals and -number.normalize().as_tuple().exponent > decimals:  # type: ignore[operator]
        raise NumberRefused("number_decimals", limit=decimals) if decimals else NumberRefused("number_not_whole")
    if not zero and not number:
        raise NumberRefused("number_zero")
    return number


def _why_not(text: str) -> NumberRefused:
    if text != text.strip() or any(character.isspace() for character in text):
        return NumberRefused("number_blank")
    if not text.isascii():
        normalised = "".join(
            str(unicodedata.decimal(character)) if character.isdecimal() else character
            for character in unicodedata.normalize("NFKC", text)
        ).replace("\u2212", "-")
        if normalised != text and _NUMBER.fullmatch(normalised):
            return NumberRefused("number_full_width", normalised=normalised)
        text = normalised
    if text[:1] == "-" and _LETTERLESS.fullmatch(text[1:]):
        return NumberRefused("number_negative")
    if _EXPONENT.fullmatch(text):
        return NumberRefused("number_exponent")
    if "," in text and _LETTERLESS.fullmatch(text):
        return NumberRefused("number_grouped")
    return NumberRefused("number_invalid")


def tidy(number: Decimal) -> str:
    """The shortest plain way to write a number: `5.20` → `5.2`, `1E+3` → `1000`."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
