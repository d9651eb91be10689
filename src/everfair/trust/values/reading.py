"""What may keep a machine from reading a paper, and what is compared of what it read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

PROBLEM_WORDS = name_codes(
    "trust reading",
    {
        "nothing": _("No text was found in it."),
        "limits": _("Reading it took too much time or memory."),
        "broken": _("It could not be opened."),
    },
)
VERDICT_WORDS = name_codes(
    "trust verdict",
    {
        "same": _("Agrees"),
        "alike": _("The same but for the spelling"),
        "differs": _("Differs"),
        "unread": _("Not read yet"),
        "undeclared": _("Not declared"),
    },
)
# Checks whose papers are read, and the media types that can be.
READ_CHECKS = ("licence",)
READABLE = ("application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif")
# What a licence says, in the order in which it is shown.
READ_FIELDS = ("name", "number", "legal_person", "address", "valid_until")
