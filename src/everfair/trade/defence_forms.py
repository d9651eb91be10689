"""What a seller types against a chargeback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import FilesField, TextField
from everfair.trade.values import DEFENCE_PAPERS


class DefenceForm(forms.Form):
    """`papers`: codes of what the platform holds; `first`: words are needed."""

    statement = TextField(
        label=_("What happened"), many_lines=True, rows=6, max_length=5000,
        help_text=_("What was ordered, when and how it was delivered, what the buyer said. The bank decides by what stands here."),
    )  # fmt: skip
    relies_on = forms.MultipleChoiceField(
        label=_("What the platform holds already"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what speaks for you: it goes to the bank with your words."),
    )  # fmt: skip
    attachments = FilesField(
        label=_("Files"), required=False,
        help_text=_("Proof of delivery, photographs, papers: PDF, pictures, XLSX, DOCX, text. At most 10 at a time; they cannot be taken back."),
    )  # fmt: skip

    def __init__(self, *args: Any, papers: Iterable[str], first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relies_on"].choices = [(code, DEFENCE_PAPERS[code]) for code in papers]  # type: ignore[attr-defined]
        if not self.fields["relies_on"].choices:  # type: ignore[attr-defined]
            del self.fields["relies_on"]
        self.fields["statement"].required = first
