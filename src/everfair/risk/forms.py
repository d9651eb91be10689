"""What a reviewer types."""

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField


class RiskReasonForm(forms.Form):
    reason = TextField(
        label=_("Reason"), many_lines=True, rows=3, max_length=2000, help_text=_("It stands in the audit trail for good.")
    )
