"""What people type about goods on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import FilesField, MomentField, TextField
from everfair.logistics.values import CONDITION_WORDS, MODE_WORDS, MODES, TRACKING_WORDS
from everfair.reference.queries import PAPERS
from everfair.reference.values import name_in


class LegForm(forms.Form):
    """One part of the way, as planned."""

    mode = forms.ChoiceField(label=_("How the goods travel"), choices=[(mode, MODE_WORDS[mode]) for mode in MODES])
    vessel = TextField(label=_("Vessel, flight or lorry"), required=False, max_length=120)
    from_place = TextField(
        label=pgettext_lazy("way of goods", "From"), max_length=120, help_text=_("A UN/LOCODE such as CNNGB, or a name.")
    )
    to_place = TextField(label=pgettext_lazy("way of goods", "To"), max_length=120)
    departs_at = MomentField(label=_("Planned departure"), required=False)
    arrives_at = MomentField(label=_("Planned arrival"), required=False)


class TrackingForm(forms.Form):
    """Where the goods were seen."""

    code = forms.ChoiceField(label=_("What happened"))
    place = TextField(label=pgettext_lazy("way of goods", "Place"), required=False, max_length=120)
    occurred_at = MomentField(label=_("When"), required=False, help_text=_("Leave it empty for now."))
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, codes: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(code, TRACKING_WORDS[code]) for code in codes]  # type: ignore[attr-defined]


class ReceiptForm(forms.Form):
    """How one package arrived."""

    condition = forms.ChoiceField(label=_("Condition"), choices=list(CONDITION_WORDS.items()))
    note = TextField(label=_("Note"), required=False, max_length=500)


class ProofForm(forms.Form):
    """Evidence that the goods arrived."""

    delivered_at = MomentField(label=_("Delivered at"))
    signed_by = TextField(label=_("Signed by"), required=False, max_length=140)
    place = TextField(label=pgettext_lazy("way of goods", "Place"), required=False, max_length=120)
    note = TextField(label=_("Note"), required=False, max_length=500)
    pictures = FilesField(label=_("Pictures or the signed paper"), required=False)

    def __init__(self, *args: Any, for_operator: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_operator:
            self.fields["note"].label = _("Reason")


class PaperForm(forms.Form):
    """A document that goes with the goods."""

    code = forms.ChoiceField(label=_("Which document"))
    attachments = FilesField(label=_("Files"), help_text=_("The document as PDF, or pictures of it. At most 10."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["code"].choices = [(code, name_in(names, language)) for code, names in PAPERS.items()]  # type: ignore[attr-defined]
