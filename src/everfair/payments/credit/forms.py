"""What people type about trade credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import NumberField, read_money
from everfair.payments.forms import currency_choices
from everfair.payments.models import MOST_NET_DAYS


def _amount(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        strip=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **more,
    )


class GrantForm(forms.Form):
    """Limit, currency and days; the buyer is in the page's address."""

    limit = _amount(_("Limit"), help_text=_("The most that this buyer may owe you at once."))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, initial="USD")
    net_days = NumberField(
        label=_("Net days"),
        initial="30",
        largest=Decimal(MOST_NET_DAYS),
        help_text=_("Counted from the day a stage is paid out."),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        _read(self, typed, typed.get("currency"))
        return typed


class LimitForm(forms.Form):
    """A new limit, in the currency of the credit."""

    limit = _amount(_("New limit"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        _read(self, typed, self.currency)
        return typed


def _read(form: forms.Form, typed: dict[str, Any], currency: str | None) -> None:
    if currency and "limit" in typed:
        try:
            typed["money"] = read_money(typed["limit"], currency)
        except ValidationError as error:
            form.add_error("limit", error)
