"""What the operator types. The actions check it once more and say what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, MomentField, NumberField, TextField, read_money
from everfair.base.words import word
from everfair.markets.rules import Rule
from everfair.office.values import LARGEST_FILE
from everfair.payments.values import RETURN_WORDS
from everfair.reference import queries as reference
from everfair.reference.queries import CURRENCIES, currency_name
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
    "sales": _("Sales: brings companies in and decides nothing; alone, without another role"),
}


def reason_field(label: Any = None, help_text: Any = "") -> TextField:
    return TextField(label=label or _("Reason"), many_lines=True, max_length=2000, rows=3, help_text=help_text)


class ReasonForm(forms.Form):
    reason = reason_field(help_text=_("Stands in the audit trail for good."))


class InspectorForm(forms.Form):
    note = reason_field(_("What was seen"), _("Accreditation, insurance, inspectors: what, when, by whom."))


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("Statement"), help_text=_("As your bank gives it: MT940 or camt.053, at most 10 MB."), max_length=140
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return found


class RatesForm(forms.Form):
    file = forms.FileField(
        label=_("Exchange rates"),
        help_text=_("As the European Central Bank publishes them: XML, CSV or zip, at most 10 MB."),
        max_length=140,
    )
    allow_jumps = forms.BooleanField(label=_("I looked: the rates did move so much"), required=False)

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return found


class AssignForm(forms.Form):
    """`payments`: one on each line, a reference or an id; « = » and an amount for a part."""

    payments = TextField(
        label=_("Payments"), many_lines=True, max_length=4000, rows=3,
        help_text=_("One on each line: its reference, and after = the amount when it is not all that is missing."),
    )  # fmt: skip
    reason = reason_field(help_text=_("Stands in the audit trail for good."))


class ReturnForm(forms.Form):
    name = TextField(label=_("Account holder"), max_length=140)
    account = TextField(label=_("IBAN or account number"), max_length=40)
    bic = TextField(label=_("BIC (SWIFT)"), max_length=11, required=False)
    reason = reason_field(help_text=_("Stands in the audit trail for good."))


class SentForm(forms.Form):
    owed = forms.ChoiceField(label=_("Which return"))
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, owed: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owed"].choices = owed  # type: ignore[attr-defined]


class CoverLineForm(forms.Form):
    """Which exchange at our bank a line of a statement is a side of."""

    cover = forms.ChoiceField(label=_("Which exchange"))
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, covers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"].choices = covers  # type: ignore[attr-defined]


class WithdrawalLineForm(forms.Form):
    """Which withdrawal of a provider a line of a statement brought."""

    withdrawal = forms.ChoiceField(label=_("Which withdrawal"))
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, withdrawals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["withdrawal"].choices = withdrawals  # type: ignore[attr-defined]


def _amount(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=40, strip=False, widget=widget)


def _currency() -> forms.ChoiceField:
    language = get_language() or "en"
    return forms.ChoiceField(
        label=_("Currency"), choices=lambda: [(code, f"{code} · {currency_name(code, language)}") for code in sorted(CURRENCIES)]
    )


class CoverForm(forms.Form):
    """What our bank exchanged for us, as its slip says."""

    sold = _amount(_("Sold"))
    sold_currency = _currency()
    bought = _amount(_("Bought"))
    bought_currency = _currency()
    traded_on = DayField(label=_("Day of the exchange"))
    bank_ref = TextField(label=_("The bank's reference"), max_length=60)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for side in ("sold", "bought"):
            if side in typed and f"{side}_currency" in typed:
                try:
                    typed[f"{side}_money"] = read_money(typed[side], typed[f"{side}_currency"])
                except forms.ValidationError as error:
                    self.add_error(side, error)
        return typed


class PaidForm(forms.Form):
    """What of ours a debit paid: payouts and returns on their way, one by one or as the order they left in."""

    paid = forms.ChoiceField(label=_("What it paid"))
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, paid: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid"].choices = paid  # type: ignore[attr-defined]


class BouncedForm(forms.Form):
    """Which payout came back, and why: the company reads it."""

    payout = forms.ChoiceField(label=_("Which payout"))
    why = forms.ChoiceField(
        label=_("Why it came back"), required=False, choices=[(code, text) for code, text in RETURN_WORDS.items()]
    )
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, payout: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payout"].choices = payout  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    evidence = reason_field(
        _("What shows that the account is the company's"),
        _("The bank's letter, a call back to a number known before: what, when, by whom."),
    )


class BankWordForm(forms.Form):
    """What the bank's statement calls it."""

    bank_ref = TextField(label=_("The bank's reference"), max_length=80)


class StopForm(forms.Form):
    kind = forms.ChoiceField(label=_("What shall not move"), choices=list(STOP_NAMES.items()))
    reason = reason_field(help_text=_("Only the operator reads it."))
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
    reason = reason_field(help_text=_("Stands beside the number for good."))

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


class DayForm(forms.Form):
    on = DayField(label=_("As of the end of"), required=False, help_text=_("A day in UTC; without one, as of now."))


class JournalForm(forms.Form):
    """Which lines of the books: of whom, between which accounting days."""

    of = forms.ChoiceField(
        label=_("Statement of"), required=False,
        choices=[
            ("", _("Everything")), ("company", _("A company, by its number")), ("order", _("An order, by its number")),
            ("provider", _("A provider, by its code")), ("account", _("Accounts that begin with")),
        ],
    )  # fmt: skip
    what = TextField(label=pgettext_lazy("number or code", "Which"), required=False, max_length=120)
    from_on = DayField(label=pgettext_lazy("day", "From"), required=False)
    to_on = DayField(label=pgettext_lazy("day", "Until"), required=False)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        begin, end = asked.get("from_on"), asked.get("to_on")
        if begin and end and end < begin:
            self.add_error("to_on", _("This day is before the first."))
        return asked


class NothingForm(forms.Form):
    """A button, and the place for what it finds wrong."""


class BreakForm(forms.Form):
    how = forms.ChoiceField(
        label=_("What is done"), widget=forms.RadioSelect,
        choices=[
            ("book", _("Book what the provider says; what differs waits in suspense, what never comes is a loss")),
            ("dismiss", _("Dismiss: nothing is booked")),
        ],
    )  # fmt: skip
    reason = reason_field(help_text=_("Stands in the books and in the audit trail for good."))


class ChargebackForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Our answer"), widget=forms.RadioSelect,
        choices=[
            ("contest", _("Contest it: the provider gets what stands below")),
            ("accept", _("Accept it: it is lost at once, and the fees on it go back to the seller")),
        ],
    )  # fmt: skip
    evidence = TextField(
        label=_("What speaks for the seller"), required=False, max_length=20_000, many_lines=True, rows=14,
        help_text=_("In English, from the file of the order. Strike out what does not help; add what is missing."),
    )  # fmt: skip
