"""Names and frozen values of the blacklist and of what comes back under another name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# fmt: off
ENTRY_WORDS = name_codes("trust.blacklist", {
    "proposed": _("Waits for a second person"), "listed": _("On the blacklist"), "appealed": _("On the blacklist, appealed against"),
    "upheld": _("On the blacklist, upheld on appeal"), "removed": pgettext_lazy("blacklist", "Removed"), "dropped": pgettext_lazy("blacklist", "Not listed"),
})
REENTRY_WORDS = name_codes("trust.reentry", {
    "open": _("Waits to be looked at"), "proposed": _("Waits for a second person"), "cleared": _("Not the same"),
    "barred": _("The same under another name"),
})
TRAIT_WORDS = name_codes("blacklist trait", {
    "registration": _("Registration number"), "phone": _("Telephone"), "email": _("E-mail address"), "bank_account": _("Bank account"),
    "document": _("Document"),
})
REENTRY_FINDING_WORDS = name_codes("reentry finding", {
    "clear": _("It is somebody else: let it in"), "bar": _("It is the same: keep it out"),
})
ACT_WORDS = name_codes("act", {
    "proposed a blacklisting": _("Proposed a company for the blacklist"),
    "blacklisted": _("Put a company on the blacklist"),
    "dropped a blacklisting": _("Put no company on the blacklist"),
    "decided a blacklist appeal": _("Decided an appeal against the blacklist"),
    "judged a re-entry": _("Judged whether a listed company came back"),
    "decided a re-entry": _("Decided whether a listed company came back"),
    "returned a re-entry": _("Sent a re-entry back to who looked first"),
})
# fmt: on
IN_FORCE = ("listed", "appealed", "upheld")
LISTED_STOPS = ("deposit", "listing")
