"""What people write to each other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import FilesField, TextField
from everfair.messaging.actions import LONGEST_MESSAGE
from everfair.messaging.values import LETTER_TOPICS


class ReplyForm(forms.Form):
    text = TextField(label=_("Your message"), many_lines=True, rows=4, max_length=LONGEST_MESSAGE, required=False)
    attachments = FilesField(label=_("Attachments"), required=False)


class LettersForm(forms.Form):
    """A tick for each topic that a person wants by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, (name, about, _kinds) in LETTER_TOPICS.items():
            self.fields[topic] = forms.BooleanField(label=_(name), help_text=_(about), required=False)
