"""What the operator types about payment rails. The actions check it once more and say what is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField
from everfair.markets.table import MARKETS
from everfair.markets.values import MARKET_WORDS
from everfair.office.fee_forms import LimitsField, limits_text
from everfair.office.forms import reason_field
from everfair.payments.values import Scope


class RailForm(forms.Form):
    state = forms.ChoiceField(
        label=_("New payments"), choices=[("open", _("carries payments")), ("closed", _("closed for new payments"))]
    )
    ends_on = DayField(
        label=_("Ends on"), required=False, help_text=_("From this day on it carries nothing new: they gave notice, or we did.")
    )
    reason = reason_field(help_text=_("Stands in the audit trail for good."))


class ScopeForm(forms.Form):
    """All ticked is no limit, also for what is added later."""

    markets = forms.MultipleChoiceField(label=_("Markets"), widget=forms.CheckboxSelectMultiple)
    currencies = forms.MultipleChoiceField(label=_("Currencies"), widget=forms.CheckboxSelectMultiple)
    most = LimitsField(_("Largest payment"), _("As 5000.00 USD, 4500.00 EUR. A currency that is not named has no limit."))
    watched = forms.ChoiceField(
        label=_("Payments under watch"),
        choices=[("yes", _("carries them too")), ("no", _("leaves them to others"))],
        help_text=_(
            "A stop stands on the payer, or the payer's bank takes a payment back, or too many payments to the seller come back."
        ),
    )
    reason = reason_field(help_text=_("Stands in the audit trail for good."))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        self.every = {"markets": set(MARKETS), "currencies": {code for market in MARKETS.values() for code in market.currencies}}
        offered = sorted(self.every["currencies"] | scope.currencies)
        initial = {
            "markets": sorted(scope.markets or self.every["markets"]),
            "currencies": sorted(scope.currencies or self.every["currencies"]),
            "most": limits_text(scope.most),
            "watched": "yes" if scope.watched else "no",
        }
        super().__init__(*args, initial=initial, auto_id="scope_%s", **kwargs)
        self.fields["markets"].choices = [(code, MARKET_WORDS[code]) for code in MARKETS]  # type: ignore[attr-defined]
        self.fields["currencies"].choices = [(code, code) for code in offered]  # type: ignore[attr-defined]
        for name in self.every:
            self.fields[name].error_messages["required"] = _("Tick at least one. What carries nothing is closed, above.")

    def scope(self) -> Scope:
        typed = self.cleaned_data
        markets, currencies = (
            frozenset() if every <= set(typed[name]) else frozenset(typed[name]) for name, every in self.every.items()
        )
        return Scope(markets, currencies, typed["most"], typed["watched"] == "yes")
