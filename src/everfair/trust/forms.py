"""What a company and its reviewers type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, FilesField, TextField, read_money
from everfair.base.money import Money
from everfair.reference.queries import CURRENCIES, currency_name
from everfair.trust.actions.applying import LONGEST, MOST_DOCUMENTS
from everfair.trust.values import DECLARABLE, FIELD_WORDS, LINK_WORDS, OWN_KIND_WORDS, PROPOSAL_WORDS, RESULT_WORDS, Requirement

LONGEST_WORDS = 2000


def _currencies() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, f"{code} · {currency_name(code, language)}") for code in sorted(CURRENCIES)]


def words_field(label: Any, help_text: Any = "", rows: int = 3) -> TextField:
    return TextField(label=label, many_lines=True, rows=rows, max_length=LONGEST_WORDS, help_text=help_text)


class CheckForm(forms.Form):
    """One line of the checklist: the fields it declares, the papers that are there, and new ones.

    Nothing is required here: a checklist may be kept half full, and handing in says what is missing.
    """

    def __init__(self, *args: Any, line: Requirement, papers: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{line.check}_%s", **kwargs)
        self.line = line
        for name in line.fields:
            label = str(FIELD_WORDS[name])
            self.fields[name] = (
                DayField(label=label, required=False)
                if name == "valid_until"
                else TextField(label=label, required=False, max_length=LONGEST)
            )
        if papers:
            self.fields["keep"] = forms.MultipleChoiceField(
                label=_("Papers that are there"), required=False, choices=[(str(pk), name) for pk, name in papers.items()],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Untick one to take it away."),
            )  # fmt: skip
        self.fields["papers"] = FilesField(
            label=_("Add papers") if papers else _("Papers"), required=False, max_length=140,
            help_text=_("PDF, photographs, office files; up to 10 MB each, at most %(num)s.") % {"num": MOST_DOCUMENTS},
        )  # fmt: skip

    def declared(self) -> dict[str, str]:
        found = {name: self.cleaned_data.get(name) for name in self.line.fields}
        return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in found.items()}


class AnswerForm(forms.Form):
    answer = words_field(
        _("Your answer"), _("Change first what the reviewers asked for, in the checks below; then tell them."), rows=4
    )


class RecordForm(forms.Form):
    """What the reviewer read in the evidence of one check."""

    def __init__(self, *args: Any, line: Requirement, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"record_{line.check}_%s", **kwargs)
        self.line = line
        for name in line.fields:
            self.fields[f"found_{name}"] = TextField(
                label=_("Found: %(field)s") % {"field": FIELD_WORDS[name]}, required=False, max_length=LONGEST
            )
        results = [(code, RESULT_WORDS[code]) for code in ("passed", "failed")]
        self.fields["result"] = forms.ChoiceField(label=_("Result"), choices=results, widget=forms.RadioSelect)
        self.fields["reason"] = words_field(_("What was looked at, and what is wrong"))
        self.fields["valid_until"] = DayField(
            label=_("Last day of the evidence"), required=False,
            help_text=_("As it stands in the document. Empty: as long as evidence counts."),
        )  # fmt: skip
        self.fields["cost"] = TextField(label=_("Cost of this check"), required=False, max_length=40)
        self.fields["cost"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), required=False, choices=_currencies)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        typed["money"] = None
        if typed.get("cost"):
            try:
                typed["money"] = read_money(typed["cost"], typed.get("currency") or "USD", zero=True)
            except ValidationError as error:
                self.add_error("cost", error)
        return typed

    def found(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(f"found_{name}") or "" for name in self.line.fields}

    def cost(self) -> Money | None:
        found: Money | None = self.cleaned_data["money"]
        return found


class QuestionForm(forms.Form):
    question = words_field(_("Question"), _("The company reads it, may change what it handed in, and answers."))


class ProposalForm(forms.Form):
    proposal = forms.ChoiceField(label=_("Your proposal"), choices=list(PROPOSAL_WORDS.items()), widget=forms.RadioSelect)
    reason = words_field(_("Reason"), _("Who decides reads it."))


class DecisionForm(forms.Form):
    reason = words_field(_("Reason"), _("The company reads it; it stands in the audit trail for good."))


class ReturnForm(forms.Form):
    reason = words_field(_("What should be looked at again"), _("Who looked first reads it."))


class BroughtForm(forms.Form):
    number = forms.IntegerField(label=_("Number of the company here"), min_value=1, max_value=2**63 - 1)
    note = words_field(_("Where and when you met them"))


class OwnTraitForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it is"), choices=[("", _("Please choose")), *OWN_KIND_WORDS.items()])
    value = forms.CharField(
        label=_("As it is written"), max_length=200, help_text=_("We keep a fingerprint of it, which nobody can read back.")
    )


class LinkForm(forms.Form):
    person = forms.ChoiceField(label=_("Who of the staff"))
    kind = forms.ChoiceField(label=_("What links them"), choices=[("", _("Please choose"))])
    note = words_field(_("What you know, and from where"))

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        kinds = [(kind, LINK_WORDS[kind]) for kind in DECLARABLE]
        self.fields["kind"].choices = [("", _("Please choose")), *kinds]  # type: ignore[attr-defined]
