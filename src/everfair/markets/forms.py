"""Choosing how a contract is paid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.words import Words
from everfair.markets.plans import DEFAULT_PLAN, PLAN_WORDS
from everfair.markets.table import DEFAULT_MARKET, MARKETS


def plan_choices() -> list[tuple[str, Words]]:
    return [(code, PLAN_WORDS[code]) for code in MARKETS[DEFAULT_MARKET].payment_plans]


class PlanField(forms.ChoiceField):
    """One of the market's payment plans; the first one where nothing was chosen."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Payment"),
            choices=plan_choices,
            initial=DEFAULT_PLAN,
            required=False,
            help_text=_("Every part rests in escrow."),
        )

    def clean(self, value: Any) -> str:
        return super().clean(value) or DEFAULT_PLAN
