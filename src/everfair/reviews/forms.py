"""What people type about a trade that is over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import FilesField, TextField
from everfair.reviews.actions import LONGEST
from everfair.reviews.values import ASPECT_WORDS, ASPECTS, GRADE_WORDS


class ReviewForm(forms.Form):
    """A grade for each aspect of this side, words and pictures."""

    text = TextField(
        label=_("In your words"), required=False, many_lines=True, rows=5, max_length=LONGEST,
        help_text=_("What others should know before they trade. No names, prices or contacts, please."),
    )  # fmt: skip
    pictures = FilesField(
        label=_("Pictures"), required=False, help_text=_("Up to 5 photographs. Everybody can see them once the review is shown.")
    )
    keep_pictures = forms.BooleanField(label=_("Keep the pictures that are there"), required=False)

    def __init__(self, *args: Any, side: str, has_pictures: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side = side
        if not has_pictures:
            del self.fields["keep_pictures"]
        choices = [("", _("Please choose")), *((str(n), f"{n} · {GRADE_WORDS[str(n)]}") for n in range(5, 0, -1))]
        for aspect in ASPECTS[side]:
            self.fields[f"grade_{aspect}"] = forms.ChoiceField(label=str(ASPECT_WORDS[aspect]), choices=choices)
        self.order_fields([f"grade_{aspect}" for aspect in ASPECTS[side]])
        self.fields["pictures"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp,image/gif"

    def grades(self) -> dict[str, int]:
        return {aspect: int(self.cleaned_data[f"grade_{aspect}"]) for aspect in ASPECTS[self.side]}


class ReplyForm(forms.Form):
    text = TextField(
        label=_("Your answer"), many_lines=True, rows=4, max_length=LONGEST,
        help_text=_("Everybody reads it below the review. You answer once, and it cannot be changed."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why the operator hides a review, or shows it again."""

    reason = TextField(label=_("Reason"), many_lines=True, rows=3, max_length=LONGEST)
