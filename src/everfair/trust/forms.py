"""What a company and its reviewers type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, FilesField, NumberField, TextField, read_money
from everfair.base.money import Money
from everfair.reference.queries import CURRENCIES, currency_name
from everfair.trust.actions.applying import LONGEST, MOST_DOCUMENTS
from everfair.trust.values import (
    DECISION_WORDS,
    DECLARABLE,
    FIELD_WORDS,
    LINK_WORDS,
    OFFENCE_WORDS,
    OWN_KIND_WORDS,
    PROPOSAL_WORDS,
    RESULT_WORDS,
    Requirement,
)
from everfair.trust.values.blacklist import REENTRY_FINDING_WORDS
from everfair.trust.values.complaint import FINDING_WORDS, KIND_WORDS

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
    value = TextField(
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


def _evidence_field() -> FilesField:
    return FilesField(
        label=_("Documents"), required=False, max_length=140,
        help_text=_("PDF, photographs, office files; up to 10 MB each, at most %(num)s.") % {"num": MOST_DOCUMENTS},
    )  # fmt: skip


class PointsForm(forms.Form):
    """What the company did, when, and how one knows."""

    offence = forms.ChoiceField(label=_("What it did"), choices=[("", _("Please choose")), *OFFENCE_WORDS.items()])
    unresolved = forms.BooleanField(label=_("It was a grave act, and the company did not make it good"), required=False)
    acted_on = DayField(label=_("Day of the act"))
    reason = words_field(_("Reason"), _("The company reads it; it stands in the audit trail for good."))
    reference = TextField(
        label=_("Order, claim or thread"), required=False, max_length=80, help_text=_("Its number, unless a document shows it.")
    )
    papers = _evidence_field()


class PointsAppealForm(forms.Form):
    text = words_field(
        _("Why the points are wrong"), _("You can say it once. Somebody reads it who gave none of these points."), rows=5
    )
    papers = _evidence_field()


class PointsJudgeForm(forms.Form):
    verb = forms.ChoiceField(label=_("Your decision"), choices=list(DECISION_WORDS.items()), widget=forms.RadioSelect)
    left = NumberField(label=_("Points that are left, if reduced"), required=False, largest=Decimal(1000))
    reason = words_field(_("Reason"), _("The company reads it; it stands in the audit trail for good."))


class ComplaintForm(forms.Form):
    """What was agreed with whom outside the platform, what came of it, and what shows it."""

    against = NumberField(label=_("Number of the supplier"), help_text=_("It stands in the address of the supplier's page."))
    kind = forms.ChoiceField(label=_("What is wrong"), choices=[("", _("Please choose")), *KIND_WORDS.items()])
    amount = TextField(label=_("Amount of the deal"), max_length=40)
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    pay_by = DayField(label=_("Agreed day of payment"), required=False)
    deliver_by = DayField(label=_("Agreed day of delivery"), required=False)
    agreed = words_field(_("What was agreed"), _("Goods, quantity, price, and how you agreed it."))
    text = words_field(_("What happened"), rows=5)
    papers = _evidence_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].required = True
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("amount") and typed.get("currency"):
            try:
                typed["money"] = read_money(typed["amount"], typed["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return typed


class ReplyForm(forms.Form):
    answer = words_field(_("Your answer"), _("You answer once. The other company and two reviewers read it."), rows=5)
    papers = _evidence_field()


class SettleForm(forms.Form):
    reason = words_field(_("How it was made good"), _("The complaint ends, and counts against nobody."))


class FindingForm(forms.Form):
    finding = forms.ChoiceField(label=_("What you find"), choices=list(FINDING_WORDS.items()), widget=forms.RadioSelect)
    reason = words_field(_("Reason"), _("Who decides reads it."))


class HearingForm(forms.Form):
    reason = words_field(_("Reason"), _("Both companies read it."))


class BlacklistForm(forms.Form):
    public_reason = words_field(
        _("Reason for everybody"), _("It stands on the public page, with the company's name and the day.")
    )
    evidence = words_field(_("What shows it"), _("Colleagues read it: points, claims, complaints, by their numbers."))


class ListingAppealForm(forms.Form):
    text = words_field(
        _("Why the entry is wrong"), _("You can say it once. Somebody reads it who had no part in the entry."), rows=5
    )


class ReentryForm(forms.Form):
    finding = forms.ChoiceField(label=_("What you find"), choices=list(REENTRY_FINDING_WORDS.items()), widget=forms.RadioSelect)
    reason = words_field(_("Reason"), _("Who decides reads it."))
