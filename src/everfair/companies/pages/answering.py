"""How a form of this package is answered: the work, or the form again with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse

from everfair.base.refused import AlreadyDone, Refused

Form = django_forms.Form


def or_errors(form: Form, work: Callable[[], Any], show: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work and go where it says; a refusal that belongs to a field is shown beside it, with what was typed."""
    if not form.is_valid():
        return show()
    try:
        return work()  # type: ignore[no-any-return]
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        field = _form_field(refusal.field or "")
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return show()


def _form_field(field: str) -> str:
    noun, _dot, language = field.partition(".")
    if language:
        return f"{noun.removesuffix('s')}_{language.replace('-', '_')}"
    return {"address": "line1", "file": "logo"}.get(noun, noun)
