"""Texts as they are kept: one line, trimmed, NFC, bounded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from everfair.base.forms import clean_text
from everfair.base.refused import Refused


def read_line(text: str, field: str, most: int) -> str:
    try:
        clean = clean_text(text)
    except ValueError:
        raise Refused("logistics.text", _("Please remove hidden or control characters."), field=field, status=422) from None
    if len(clean) > most:
        raise Refused("logistics.text", _("This text is too long."), field=field, status=422)
    return clean
