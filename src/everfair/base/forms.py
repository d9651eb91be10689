"""Fields that read what people type, exactly: nothing is guessed, nothing is rounded."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from everfair.base.money import MAX_MINOR, Money, UnitPrice, exponent, plain_decimal

# Directional overrides and isolates, and characters without width: they make one text look like another.
_HIDDEN = frozenset(
    "\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def clean_text(text: str, *, many_lines: bool = False) -> str:
    """NFC, trimmed; ValueError on control, hidden or lone surrogate characters and on piled-up combining marks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        if char in _HIDDEN or kind == "Cs" or (kind == "Cc" and not (many_lines and char in "\n\t")):
            raise ValueError("hidden or control character")
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > 8:
            raise ValueError("too many combining marks")
    return text


class TextField(forms.CharField):
    """Plain text without control or hidden characters."""

    def __init__(self, *, many_lines: bool = False, rows: int = 5, **kwargs: Any) -> None:
        self.many_lines = many_lines
        kwargs.setdefault("max_length", 5000 if many_lines else 200)
        if many_lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        # Before the length is looked at: NFC makes some characters two, and the column counts what is stored.
        text = super().to_python(value)
        try:
            return clean_text(text, many_lines=self.many_lines) if isinstance(text, str) else text
        except ValueError:
            raise ValidationError(_("Please remove hidden or control characters."), code="text.hidden") from None


class DayField(forms.DateField):
    """A day as YYYY-MM-DD, what a browser's date field sends. Nothing else is guessed, and digits are ASCII (B25, B48)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and not _DAY.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class MomentField(forms.DateTimeField):
    """A moment as a browser sends it, YYYY-MM-DDTHH:MM, in the reader's own time zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and not _MOMENT.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files as a list; what they hold, and how many there may be, is looked at when they are kept."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        clean_one = super().clean
        return [clean_one(upload, initial) for upload in uploads]


class NumberField(forms.CharField):
    """A plain decimal number of at most `decimals` places, above zero unless `zero` is allowed."""

    def __init__(self, *, decimals: int = 0, zero: bool = False, largest: Decimal = Decimal(10**9), **kwargs: Any) -> None:
        self.decimals, self.zero, self.largest = decimals, zero, largest
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        return read_number(text, decimals=self.decimals, zero=self.zero, largest=self.largest)


def read_number(text: str, *, decimals: int, zero: bool = False, largest: Decimal = Decimal(10**9)) -> Decimal:
    """A typed number; ValidationError says what is wrong in the reader's words."""
    try:
        number = plain_decimal(text, decimals=decimals)
    except ValueError as error:
        if str(error) == "too many decimals":
            raise ValidationError(
                _("At most %(decimals)s decimals, please."), code="number.decimals", params={"decimals": decimals}
            ) from None
        if str(error) == "too large":
            raise ValidationError(_("This number is too large."), code="number.large") from None
        raise ValidationError(_("Please write digits with a point for decimals, like 1234.56."), code="number.plain") from None
    if number < 0 or (number == 0 and not zero) or text.startswith("-"):
        raise ValidationError(_("Please give a number above zero."), code="number.positive")
    if number > largest:
        raise ValidationError(_("This number is too large."), code="number.large")
    return number


def read_money(text: str, currency: str, *, zero: bool = False) -> Money:
    """A typed amount in `currency`; ValidationError on more decimals than the currency has."""
    places = exponent(currency)
    number = read_number(text, decimals=places, zero=zero, largest=Decimal(MAX_MINOR).scaleb(-places))
    return Money(int(number.scaleb(places)), currency)


def read_unit_price(text: str, currency: str, *, per: Decimal = Decimal(1)) -> UnitPrice:
    return UnitPrice(read_number(text, decimals=6), currency, per)
