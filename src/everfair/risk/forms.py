"""What a reviewer types."""

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField


class RiskReasonForm(forms.Form):
    reason = TextField(
        label=_("Reason"), many_lines=True, rows=3, max_length=2000, help_text=_("It stands in the audit trail for good.")
    )


class RiskOpenForm(RiskReasonForm):
    """A case against a supplier whom no score proposed."""

    field_order = ("company_number", "reason")
    company_number = forms.IntegerField(
        label=_("Number of the supplier"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("It stands in the address of the supplier's page."),
    )
