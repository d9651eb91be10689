"""What people write to each other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField
from everfair.messaging.actions import LONGEST_MESSAGE


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to ten files; what they hold is looked at when they are kept."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        single = super().clean
        return (
            [single(each, initial) for each in data or []]
            if isinstance(data, list | tuple)
            else [single(data, initial)]
            if data
            else []
        )


class ReplyForm(forms.Form):
    text = TextField(label=_("Your message"), many_lines=True, rows=4, max_length=LONGEST_MESSAGE, required=False)
    attachments = FilesField(label=_("Attachments"), required=False)
