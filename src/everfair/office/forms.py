"""What the operator types. The actions check it once more and say what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, MomentField, NumberField, TextField
from everfair.base.words import word
from everfair.markets.rules import Rule
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED, name_in

STOP_NAMES = {
    "deposit": _("Deposits: no new contract is signed or paid"),
    "release": _("Releases: nothing leaves escrow to the seller"),
    "payout": _("Payouts: nothing goes to a bank"),
    "listing": _("Listings: offers are not shown"),
}
STOP_BADGES = {
    "deposit": _("No signing or paying"),
    "release": _("No releases"),
    "payout": _("No payouts"),
    "listing": _("Not listed"),
}
STAFF_ROLE_NAMES = {
    "operator": _("Operator: runs the market"),
    "reviewer": _("Reviewer: verifies companies"),
    "arbitrator": _("Arbitrator: decides issues"),
    "finance": _("Finance: keeps the books"),
}


def _reason(label: Any = None, help_text: Any = "") -> TextField:
    return TextField(label=label or _("Reason"), many_lines=True, max_length=2000, rows=3, help_text=help_text)


class ReasonForm(forms.Form):
    reason = _reason(help_text=_("Stands in the audit trail for good."))


class VerifyForm(forms.Form):
    note = _reason(
        _("What was seen"), _("Register extract, licence, site visit: what, when, by whom. Buyers read it on the passport.")
    )
    until = DayField(label=_("The mark holds until"))


class InspectorForm(forms.Form):
    note = _reason(_("What was seen"), _("Accreditation, insurance, inspectors: what, when, by whom."))


class RailForm(forms.Form):
    state = forms.ChoiceField(
        label=_("New payments"), choices=[("open", _("carries payments")), ("closed", _("closed for new payments"))]
    )
    ends_on = DayField(
        label=_("Ends on"), required=False, help_text=_("From this day on it carries nothing new: they gave notice, or we did.")
    )
    reason = _reason(help_text=_("Stands in the audit trail for good."))


class StopForm(forms.Form):
    kind = forms.ChoiceField(label=_("What shall not move"), choices=list(STOP_NAMES.items()))
    reason = _reason(help_text=_("Only the operator reads it."))
    until = MomentField(
        label=_("Until"),
        required=False,
        help_text=_("In your own time zone. Without a moment it stands until somebody lifts it."),
    )


class ShareForm(forms.Form):
    """How much of what is held goes back to the buyer."""

    percent = NumberField(label=_("Back to the buyer, per cent of what is held"), decimals=2, zero=True, largest=Decimal(100))

    def share(self) -> Decimal:
        return Decimal(self.cleaned_data["percent"]) / 100


class DecideForm(ReasonForm):
    """The second step: the share stands already, the reasons are written."""

    percent = NumberField(decimals=2, zero=True, largest=Decimal(100), widget=forms.HiddenInput)
    reason = TextField(
        label=_("Reasons of the decision"),
        many_lines=True,
        max_length=2000,
        rows=5,
        help_text=_("Both sides read them. Say what was proven and which rule decides."),
    )


class MapForm(forms.Form):
    source = forms.CharField(max_length=300, widget=forms.HiddenInput, strip=False)
    category = forms.ChoiceField(label=_("Our category"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Halls with their categories, in the reader's language, in the order of the tree."""
    language = get_language() or "en"
    return [
        (name_in(hall.names, language), [(each.code, name_in(each.names, language)) for each in reference.children(hall.code)])
        for hall in reference.halls()
        if not UNSORTED.startswith(hall.code)
    ]


def category_name(code: str) -> str:
    """«Hardware › Fasteners» in the reader's language."""
    language = get_language() or "en"
    hall, found = reference.category(code.partition("/")[0]), reference.category(code)
    return (
        name_in(found.names, language) if found.is_hall else f"{name_in(hall.names, language)} › {name_in(found.names, language)}"
    )


class RuleForm(forms.Form):
    valid_from = MomentField(
        label=_("From"),
        required=False,
        help_text=_("In your own time zone. Empty means now. Contracts signed before keep their number."),
    )
    reason = _reason(help_text=_("Stands beside the number for good."))

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bounds = _("Between %(least)s and %(most)s %(unit)s.") % {
            "least": rule.least,
            "most": rule.most,
            "unit": word(rule.unit, "rule unit"),
        }
        number = NumberField(label=_("New number"), decimals=6, zero=True, help_text=bounds)
        self.fields = {"value": number, **self.fields}  # the number stands first


class StaffForm(forms.Form):
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=list(STAFF_ROLE_NAMES.items()), widget=forms.CheckboxSelectMultiple, initial=["operator"]
    )
