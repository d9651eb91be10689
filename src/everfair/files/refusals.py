"""Why an upload is not taken, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused

SENTENCES = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)s MB."),
    "not_a_picture": _("This is not a JPEG, PNG, WebP or GIF picture."),
    "picture_damaged": _("The picture is damaged and cannot be shown."),
    "picture_pixels": _("The picture has more than %(limit)s million pixels. Please make it smaller."),
    "type_unknown": _("This kind of file is not taken. Please send PDF, a picture, XLSX, DOCX, plain text or CSV."),
    "type_differs": _("The file is not what its name or type says. Please save it again in the right format."),
    "polyglot": _("The file hides a second file inside it."),
    "pdf_active": _("The PDF contains scripts, actions or attached files. Please print it to a new PDF."),
    "pdf_encrypted": _("The PDF is encrypted. Please save it without a password."),
    "pdf_damaged": _("The PDF is damaged."),
    "pdf_too_complex": _("The PDF has too many parts."),
    "office_damaged": _("The document is damaged."),
    "office_macros": _("The document contains macros or embedded programs. Please save it without them."),
    "office_external": _("The document loads parts from elsewhere. Please save it with everything inside."),
    "archive_bomb": _("The document unpacks to far more than its size."),
    "day_full": _("Your company has uploaded as much as one day allows. Please go on tomorrow."),
}


def _sentence(code: str, params: dict[str, Any]) -> str:
    return str(SENTENCES[code]) % params


_lazy = lazy(_sentence, str)


def refused(code: str, *, status: int = 422, **params: Any) -> Refused:
    return Refused(f"files.{code}", _lazy(code, params), field="file", status=status)
