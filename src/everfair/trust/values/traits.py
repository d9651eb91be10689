"""Names and frozen values of traits: what two firms, or a firm and one of the staff, may turn out to share."""

from __future__ import annotations

import unicodedata

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

TRAIT_WORDS = name_codes(
    "trust trait",
    {
        "phone": _("the same telephone number"),
        "device": _("signed in on the same device"),
        "bank": _("the same bank account"),
        "address": _("the same address"),
        "document": _("the same paper handed in"),
        "photo": _("a very similar picture handed in"),
        "email_domain": _("the same domain of e-mail addresses"),
    },
)
# What one of the staff may say of themselves; telephone and devices are found.
OWN_KIND_WORDS = name_codes(
    "trust own trait", {"phone": _("Telephone number"), "bank": _("Bank account"), "address": _("Address")}
)
OWN_KINDS = tuple(OWN_KIND_WORDS)
# Beside what is declared: what the database finds by itself.
FOUND_WORDS = name_codes(
    "trust link", {"device": _("signed in on a device of its people"), "address": _("shares an address with it")}
)
OWN_ACT_WORDS = name_codes("act", {"said what is theirs": _("Said which account, address or telephone is theirs")})
OWN_NOTED_WORDS = name_codes("field", {"trait": _("What it is")})
READER_WORDS = name_codes("subscriber", {"trust.traits": _("Traits of companies")})
# A domain that more firms share than this is a mail service and says nothing.
COMMON = 5


def digest_of(kind: str, value: str) -> str:
    """The normalised value under a key of its own purpose (HMAC-SHA-256, hex): equal values meet, and none can be read back.

    Empty when nothing is left that could tell one from another.
    """
    text = unicodedata.normalize("NFKC", value).casefold()
    if kind == "address":
        # Whatever the order of its parts; signs between them do not count.
        clean = " ".join(sorted(set("".join(letter if letter.isalnum() else " " for letter in text).split())))
    elif kind in ("email_domain", "device"):
        clean = text.strip()
    else:
        clean = "".join(letter for letter in text if letter.isalnum())
    if len(clean) < 4:
        return ""
    return salted_hmac(f"everfair.trust.trait.{kind}", clean, algorithm="sha256").hexdigest()
