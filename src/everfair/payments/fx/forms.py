"""What people type to exchange."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import read_money
from everfair.ledger.queries import Held
from everfair.reference.queries import currency_name


def _named(codes: list[str]) -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, f"{code} · {currency_name(code, language)}") for code in codes]


class ExchangeForm(forms.Form):
    """An amount of one of the wallet's currencies into any currency that has a rate."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        strip=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("What leaves the wallet, the spread included."),
    )
    give = forms.ChoiceField(label=_("From"))
    into = forms.ChoiceField(label=_("Into"))

    def __init__(self, *args: Any, held: dict[str, Held], rated: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["give"].choices = _named([code for code, row in held.items() if row.free.minor > 0])  # type: ignore[attr-defined]
        self.fields["into"].choices = _named(rated)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "amount" in typed and "give" in typed:
            try:
                typed["money"] = read_money(typed["amount"], typed["give"])
            except ValidationError as error:
                self.add_error("amount", error)
        return typed
