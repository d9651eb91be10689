"""What the operator types about fees, taxes and invoices. The actions check it once more and say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.forms import MomentField, NumberField, TextField, read_money
from everfair.base.money import Money
from everfair.billing.values import FEE_WORDS, TAX_WORDS
from everfair.markets.fees import BASE_WORDS, MOST_RATE, SPAN_WORDS, FeeLine, FeeTerms
from everfair.office.forms import reason_field
from everfair.reference.queries import CURRENCIES


def limits_text(limits: Mapping[str, int]) -> str:
    """«5.00 USD, 4.50 EUR», as it is typed."""
    return ", ".join(str(Money(minor, currency)) for currency, minor in sorted(limits.items()))


class LimitsField(forms.CharField):
    """Amounts of several currencies, «5.00 USD, 4.50 EUR»; each currency once. Clean: currency → minor units."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label, required=False, max_length=200, help_text=help_text or _("As 5.00 USD, 4.50 EUR. Empty for none."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        found: dict[str, int] = {}
        for part in (super().clean(value) or "").split(","):
            if not part.strip():
                continue
            amount, _blank, currency = part.strip().partition(" ")
            if currency not in CURRENCIES or currency in found:
                raise ValidationError(_("Please write amounts with their currency, like 5.00 USD, 4.50 EUR."))
            found[currency] = read_money(amount, currency, zero=True).minor
        return found


class FeesForm(forms.Form):
    """A whole schedule: each kind of fee with its rate, and none where the rate is empty."""

    span = forms.ChoiceField(label=_("How fees are counted"), choices=list(SPAN_WORDS.items()))
    valid_from = MomentField(
        label=_("From"),
        required=False,
        help_text=_("In your own time zone. Empty means now. Contracts signed before keep their fees."),
    )
    reason = reason_field(help_text=_("Stands beside the version for good."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: dict[str, forms.Field] = {}
        for kind in FEE_WORDS:
            rows[f"{kind}_rate"] = NumberField(
                label=pgettext_lazy("fee", "Rate, per cent"),
                decimals=4,
                zero=True,
                required=False,
                largest=MOST_RATE * 100,
                help_text=_("Empty: not taken."),
            )
            rows[f"{kind}_base"] = forms.ChoiceField(label=_("Of what"), choices=list(BASE_WORDS.items()), required=False)
            rows[f"{kind}_floors"] = LimitsField(_("At least"))
            rows[f"{kind}_caps"] = LimitsField(_("At most"))
        self.fields = {**rows, **self.fields}

    def rows(self) -> list[tuple[Any, list[Any]]]:
        """(name of the fee, its fields), for the page."""
        return [
            (name, [self[f"{kind}_{part}"] for part in ("rate", "base", "floors", "caps")]) for kind, name in FEE_WORDS.items()
        ]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(typed.get(f"{kind}_rate") is not None for kind in FEE_WORDS):
            self.add_error(None, str(_("Please give the rate of at least one fee; 0 takes nothing.")))
        return typed

    def terms(self) -> FeeTerms:
        typed = self.cleaned_data
        lines = tuple(
            FeeLine(
                kind, typed[f"{kind}_base"] or "released", (Decimal(typed[f"{kind}_rate"]) / 100).normalize(), typed[f"{kind}_floors"],
                typed[f"{kind}_caps"],
            )
            for kind in FEE_WORDS
            if typed.get(f"{kind}_rate") is not None
        )  # fmt: skip
        return FeeTerms(lines, typed["span"])


def typed_fees(holding: Any) -> dict[str, Any]:
    """What holds now, as a form's beginning."""
    if holding is None:
        return {}
    found: dict[str, Any] = {"span": holding.span}
    for line in holding.terms.lines:
        found |= {
            f"{line.kind}_rate": f"{(line.rate * 100).normalize():f}", f"{line.kind}_base": line.base,
            f"{line.kind}_floors": limits_text(line.floors), f"{line.kind}_caps": limits_text(line.caps),
        }  # fmt: skip
    return found


def _line(label: Any, most: int, **more: Any) -> TextField:
    return TextField(label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


class IssuerForm(forms.Form):
    """The company that runs this installation, as its own papers name it."""

    name = _line(_("Name"), 200)
    country = _line(_("Country"), 2, help_text=_("Two letters, like DE."))
    registration_number = _line(_("Registration number"), 40)
    tax_number = _line(_("Tax number"), 40, help_text=_("In the European Union with its country's letters."))
    line1 = _line(_("Street and number"), 120, required=False)
    line2 = _line(_("Further line"), 120, required=False)
    city = _line(_("Town"), 80)
    postcode = _line(_("Postcode"), 20, required=False)
    email = forms.EmailField(label=_("E-mail for questions about invoices"), max_length=254)
    series = _line(_("Series"), 10, help_text=_("What every number begins with: capital letters or digits, like INV."))

    def said(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        lines = [text for text in (typed.pop("line1"), typed.pop("line2")) if text]
        typed["address"] = {"lines": lines, "city": typed.pop("city"), "postcode": typed.pop("postcode")}
        return typed


def typed_issuer(issuer: Any) -> dict[str, Any]:
    if issuer is None:
        return {"series": "INV"}
    lines = [*issuer.address.get("lines", []), "", ""]
    plain = {name: getattr(issuer, name) for name in ("name", "country", "registration_number", "tax_number", "email", "series")}
    return plain | {
        "line1": lines[0], "line2": lines[1], "city": issuer.address.get("city", ""), "postcode": issuer.address.get("postcode", ""),
    }  # fmt: skip


_WHOM = {"": pgettext_lazy("customers", "All of them"), "yes": _("With a confirmed tax number"), "no": _("Without one")}


class TaxRateForm(forms.Form):
    issuer_country = _line(_("Country of the platform's company"), 2)
    customer = _line(_("Customers in"), 2, help_text=_("A country's two letters, EU, or * for anywhere."))
    with_number = forms.ChoiceField(label=_("Which of them"), choices=list(_WHOM.items()), required=False)
    code = forms.ChoiceField(label=_("Tax category"), choices=list(TAX_WORDS.items()))
    rate = NumberField(label=_("Rate, per cent"), decimals=2, zero=True, largest=Decimal(50))
    exemption_code = _line(_("Reason as a code"), 30, required=False, help_text=_("Of the VATEX list; empty for the usual one."))
    exemption = _line(_("Reason in words"), 200, required=False)
    valid_from = MomentField(label=_("From"), required=False, help_text=_("In your own time zone. Empty means now."))
    reason = reason_field(help_text=_("Stands beside the number for good."))

    def said(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        typed["with_number"] = {"yes": True, "no": False}.get(typed["with_number"])
        return typed
