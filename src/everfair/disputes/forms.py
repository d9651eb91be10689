"""What people type about a claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.formats import plain_money, quantity
from everfair.base.forms import DayField, FilesField, NumberField, TextField, read_money
from everfair.base.money import Money, exponent
from everfair.companies.queries import names
from everfair.disputes.actions import Complaint
from everfair.disputes.queries.grounds import ground_title, grounds
from everfair.disputes.values import REASON_WORDS, REMEDY_WORDS
from everfair.reference.queries import INSPECTION_LEVELS
from everfair.reference.values import name_in
from everfair.trade.queries.inspecting import LEVELS


def files_field() -> FilesField:
    return FilesField(
        label=_("Files"), required=False, help_text=_("Photographs, papers. At most 10 at a time; they cannot be taken back.")
    )


class AmountForm(forms.Form):
    """A form with an amount in one currency."""

    amount = TextField(label=_("Amount"), max_length=40)

    def __init__(self, *args: Any, currency: str, zero: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.zero = currency, zero
        if "amount" in self.fields:
            self.fields["amount"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean_amount(self) -> Money | None:
        text = self.cleaned_data["amount"]
        return read_money(text, self.currency, zero=self.zero) if text else None


class OpenForm(AmountForm):
    """Per line what is wrong (nothing: the line is not claimed) and of how many."""

    remedy = forms.ChoiceField(label=_("What you want"), choices=list(REMEDY_WORDS.items()), widget=forms.RadioSelect)
    amount = TextField(
        label=_("Amount"), max_length=40, help_text=_("What should come back to you. Nothing (0) where you only want new goods.")
    )
    text = TextField(label=_("What happened"), many_lines=True, rows=4, max_length=5000)
    attachments = files_field()

    def __init__(self, *args: Any, lines: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for row in lines:
            n = row.line.n
            goods = (
                f"{row.line.description} · {quantity(row.line.quantity.normalize(), row.line.unit)} · {plain_money(row.worth)}"
            )
            choices = [("", _("Nothing wrong")), *REASON_WORDS.items()]
            self.fields[f"reason_{n}"] = forms.ChoiceField(label=goods, choices=choices, required=False)
            self.fields[f"quantity_{n}"] = NumberField(
                label=_("Of how many"), decimals=3, required=False, largest=Decimal(10**12), help_text=_("Empty: all of them.")
            )

    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"reason_{row.line.n}"], self[f"quantity_{row.line.n}"]) for row in self.lines]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.complaints():
            raise ValidationError(_("Please say what is wrong with which goods."), code="lines")
        return typed

    def complaints(self) -> list[Complaint]:
        typed = self.cleaned_data
        chosen = [(row.line.n, typed.get(f"reason_{row.line.n}")) for row in self.lines]
        return [Complaint(n, reason, typed.get(f"quantity_{n}")) for n, reason in chosen if reason]


class AnswerForm(AmountForm):
    """The supplier's word, with an offer or without one."""

    text = TextField(label=_("Your answer"), many_lines=True, rows=4, max_length=5000)
    remedy = forms.ChoiceField(label=_("What you offer"), required=False)
    amount = TextField(label=_("Amount"), max_length=40, required=False, help_text=_("What goes back to the buyer."))
    attachments = files_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedy"].choices = [("", _("No offer")), *REMEDY_WORDS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("remedy") not in ("", None, "replace") and not typed.get("amount"):
            self.add_error("amount", _("Please give an amount above zero."))
        return typed


class OfferForm(AmountForm):
    remedy = forms.ChoiceField(label=_("What you offer"), choices=list(REMEDY_WORDS.items()), widget=forms.RadioSelect)
    amount = TextField(
        label=_("Amount"), max_length=40, help_text=_("What goes back to the buyer. Nothing (0) with new goods only.")
    )
    note = TextField(label=_("Note"), required=False, many_lines=True, rows=2, max_length=5000)


class EvidenceForm(forms.Form):
    text = TextField(label=_("What it shows"), required=False, many_lines=True, rows=3, max_length=5000)
    attachments = files_field()


class TrackingForm(forms.Form):
    carrier = TextField(label=_("Carrier"), max_length=120)
    number = TextField(label=_("Tracking number"), max_length=80)
    note = TextField(label=_("Note"), required=False, many_lines=True, rows=2, max_length=5000)
    attachments = files_field()


class ReasonsForm(forms.Form):
    reasons = TextField(label=_("Your reasons"), many_lines=True, rows=5, max_length=5000)


class InspectForm(forms.Form):
    """An inspector for the contested goods. Nothing says how many: what is claimed is what is inspected."""

    inspector = forms.ChoiceField(label=_("Inspector"))
    fee = NumberField(label=_("Fee"), largest=Decimal(10**9))
    wanted_on = DayField(label=_("Day of the visit"))
    place = TextField(label=_("Place"), max_length=200, help_text=_("Where the goods lie: address, hall, whom to ask for."))
    level = forms.ChoiceField(label=_("Inspection level"), initial="II")
    note = TextField(
        label=_("Note for the inspector"), required=False, many_lines=True, rows=2, max_length=1000,
        help_text=_("The inspector does not read the claim: say what to look at. Your words stay in the case file."),
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, inspectors: Sequence[Any], first: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"wanted_on": first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.currency = currency
        self.known = {str(company.number): company.pk for company in inspectors}
        fee: Any = self.fields["fee"]
        fee.decimals, fee.label = exponent(currency), _("Fee in %(currency)s") % {"currency": currency}
        choices = [(str(company.number), f"{names(company, language)[0]} · {company.country}") for company in inspectors]
        self.fields["inspector"].choices = choices  # type: ignore[attr-defined]
        self.fields["level"].choices = [(code, name_in(INSPECTION_LEVELS[code], language)) for code in LEVELS]  # type: ignore[attr-defined]

    def booking(self) -> dict[str, Any]:
        """What `inspect_claim` takes, but for the claim."""
        typed = self.cleaned_data
        return {
            "inspector_id": self.known[typed["inspector"]],
            "fee": Money(int(typed["fee"].scaleb(exponent(self.currency))), self.currency),
            **{name: typed[name] for name in ("wanted_on", "place", "level", "note")},
        }


class CheckForm(forms.Form):
    """The second person's word."""

    confirmed = forms.ChoiceField(
        label=_("Your word"), choices=[("yes", _("Confirm the ruling")), ("no", _("Send it back"))], widget=forms.RadioSelect
    )
    note = TextField(label=_("Why you send it back"), required=False, many_lines=True, rows=3, max_length=5000)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("confirmed") == "no" and not typed.get("note"):
            self.add_error("note", _("Please say why."))
        return typed


class RulingForm(AmountForm):
    """`seen`: the last leaf of the file that was read."""

    amount = TextField(label=_("Back to the buyer"), max_length=40)
    ground = forms.ChoiceField(label=_("Ground"))
    reasons = TextField(label=_("Your reasons"), many_lines=True, rows=6, max_length=5000, help_text=_("Both sides read them."))
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(row.code, ground_title(row)) for row in grounds()]  # type: ignore[attr-defined]


class GroundForm(forms.Form):
    """One ground in the three languages."""

    code = TextField(
        label=pgettext_lazy("ground", "Code"), max_length=40, help_text=_("Small letters and underscores; it never changes.")
    )
    title_en = TextField(label=_("Title in English"), max_length=120)
    title_zh_hant = TextField(label=_("Title in traditional Chinese"), max_length=120)
    title_zh_hans = TextField(label=_("Title in simplified Chinese"), max_length=120)
    text_en = TextField(label=_("Meaning in English"), many_lines=True, rows=2, max_length=1000)
    text_zh_hant = TextField(label=_("Meaning in traditional Chinese"), many_lines=True, rows=2, max_length=1000)
    text_zh_hans = TextField(label=_("Meaning in simplified Chinese"), many_lines=True, rows=2, max_length=1000)
    retired = forms.BooleanField(label=_("No longer used in new rulings"), required=False)

    def words(self, name: str) -> dict[str, str]:
        return {code: self.cleaned_data[f"{name}_{code.replace('-', '_')}"] for code in ("en", "zh-hant", "zh-hans")}
