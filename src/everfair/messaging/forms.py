"""What people write to each other."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import FilesField, TextField
from everfair.messaging.actions import LONGEST_MESSAGE


class ReplyForm(forms.Form):
    text = TextField(label=_("Your message"), many_lines=True, rows=4, max_length=LONGEST_MESSAGE, required=False)
    attachments = FilesField(label=_("Attachments"), required=False)
