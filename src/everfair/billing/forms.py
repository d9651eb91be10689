"""What people type about invoices."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField


class TaxNumberForm(forms.Form):
    tax_number = TextField(
        label=_("Your tax number"),
        max_length=40,
        help_text=_(
            "In the European Union the VAT number with its country's letters. It counts once the operator has looked it up."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
