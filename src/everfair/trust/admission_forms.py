"""What is asked of a campaign before it begins."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import NumberField
from everfair.trust.values.admission import HORIZON, MOST_REVIEWERS, Campaign

MOST_APPLICANTS = 100_000


class CampaignForm(forms.Form):
    applicants = NumberField(label=_("Applicants it brings"), largest=Decimal(MOST_APPLICANTS))
    days = NumberField(label=_("Over how many working days"), largest=Decimal(HORIZON))
    fraud = NumberField(
        label=_("Frauds among them, in per cent"), decimals=2, zero=True, largest=Decimal(100), help_text=_("Your guess.")
    )
    reviewers = NumberField(label=_("Reviewers on duty"), largest=Decimal(MOST_REVIEWERS))

    def campaign(self) -> Campaign:
        typed: dict[str, Any] = self.cleaned_data
        return Campaign(int(typed["applicants"]), int(typed["days"]), typed["fraud"] / 100, int(typed["reviewers"]))
