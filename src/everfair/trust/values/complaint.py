"""Names and frozen values of complaints about deals outside the platform."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# fmt: off
COMPLAINT_WORDS = name_codes("trust.complaint", {
    "open": _("Waits for the supplier's answer"), "reviewing": _("With two reviewers"),
    "proposed": _("Waits for the second reviewer"), "founded": pgettext_lazy("complaint", "Founded"),
    "unfounded": pgettext_lazy("complaint", "Not founded"), "settled": pgettext_lazy("complaint", "Made good"),
})
KIND_WORDS = name_codes("complaint kind", {
    "not_shipped": _("Paid and not shipped"), "fake": _("Fake goods"), "quality": _("Bad quality"), "late": _("Came late"),
    "other": pgettext_lazy("complaint", "Something else"),
})
FINDING_WORDS = name_codes("complaint finding", {
    "founded": _("The complaint is founded"), "unfounded": _("The complaint is not founded"),
})
ACT_WORDS = name_codes("act", {
    "proposed a finding": _("Proposed how to decide a complaint"),
    "returned a complaint": _("Sent a complaint back to who looked first"),
    "decided a complaint": _("Decided a complaint"),
})
NOTED_WORDS = name_codes("field", {"complaint": _("Complaint"), "finding": _("Finding")})
DEADLINE_WORDS = name_codes("deadline", {"trust.reply": _("Answer a complaint")})
# fmt: on
OPEN_COMPLAINTS = ("open", "reviewing", "proposed")
# Kind → what a founded complaint proposes to a person to give points for.
FOUNDED_OFFENCES = {
    "not_shipped": "not_delivered",
    "fake": "counterfeit",
    "quality": "breach",
    "late": "late_delivery",
    "other": "breach",
}
