"""What reviewers type of hits, and how a list is brought."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, FilesField
from everfair.trust.forms import words_field
from everfair.trust.screening.reading import LARGEST_FILE
from everfair.trust.values.screening import HIT_PROPOSALS, SOURCE_WORDS

MOST_FILES = 6


class ListForm(forms.Form):
    source = forms.ChoiceField(label=_("Who publishes it"), choices=[("", _("Please choose")), *SOURCE_WORDS.items()])
    edition_on = DayField(label=_("Day of publication"), required=False, help_text=_("Empty: today."))
    edition_files = FilesField(
        label=_("All files of the edition"), max_length=140,
        help_text=_("As they are published: CSV, plain or gzip, at most 20 MB each. OFAC: entries, alternate names, addresses, comments."),
    )  # fmt: skip
    allow_gaps = forms.BooleanField(
        label=_("I looked: far fewer entries than before, or names of entries it does not have, are right"), required=False
    )

    def clean_edition_files(self) -> list[Any]:
        found: list[Any] = self.cleaned_data["edition_files"]
        if len(found) > MOST_FILES or any(file.size > LARGEST_FILE for file in found):
            raise ValidationError(_("At most 6 files of 20 MB each, please."))
        return found


class HitProposalForm(forms.Form):
    proposal = forms.ChoiceField(label=_("Your proposal"), choices=list(HIT_PROPOSALS.items()), widget=forms.RadioSelect)
    reason = words_field(_("Reason"), _("What tells them apart, or makes them one: day of birth, register, address."))


class HitReasonForm(forms.Form):
    reason = words_field(_("Reason"), _("What you compared. It stands in the audit trail for good."))
