"""What people type about money going out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, TextField, read_money
from everfair.reference.queries import COUNTRIES, CURRENCIES, country_name, currency_name


def country_choices() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return sorted(((code, country_name(code, language)) for code in COUNTRIES), key=lambda row: row[1])


def currency_choices() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, f"{code} · {currency_name(code, language)}") for code in sorted(CURRENCIES)]


def _text(label: Any, most: int, **more: Any) -> TextField:
    return TextField(
        label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}), **more
    )


class BankAccountForm(forms.Form):
    holder = _text(_("Account holder"), 140, help_text=_("As the bank writes it."))
    account = _text(_("IBAN or account number"), 40)
    bic = _text(_("BIC (SWIFT)"), 11, required=False)
    bank_name = _text(_("Bank"), 140)
    country = forms.ChoiceField(label=_("Country of the bank"), choices=country_choices)
    currency = forms.ChoiceField(label=_("Currency of the account"), choices=currency_choices, initial="USD")


class PayoutForm(forms.Form):
    """An amount to one of the company's own accounts; the account says the currency."""

    bank_account = forms.ChoiceField(label=_("To"))
    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        strip=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, accounts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {str(account.pk): account for account in accounts}
        self.fields["bank_account"].choices = [  # type: ignore[attr-defined]
            (pk, f"{account.currency} · {account.bank_name} · {hidden_number(account.account)}")
            for pk, account in self.accounts.items()
        ]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        account = self.accounts.get(typed.get("bank_account", ""))
        if account is not None and "amount" in typed:
            try:
                typed["money"] = read_money(typed["amount"], account.currency)
            except ValidationError as error:
                self.add_error("amount", error)
        return typed


class DaysForm(forms.Form):
    """Two days (UTC), both included; each may stay empty."""

    from_on = DayField(label=pgettext_lazy("day", "From"), required=False)
    to_on = DayField(label=pgettext_lazy("day", "Until"), required=False)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        begin, end = asked.get("from_on"), asked.get("to_on")
        if begin and end and end < begin:
            self.add_error("to_on", _("This day is before the first."))
        return asked


def hidden_number(account: str) -> str:
    """The last four of an account number: enough to know it by."""
    return f"•••• {account[-4:]}"
