"""How names, addresses, e-mail addresses and phones are read and written, and the words of stored codes."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# fmt: off
ROLE_WORDS = name_codes("company role", {
    "owner": _("Owner"), "buyer": _("Buyer"), "seller": _("Seller"), "finance": _("Finance"), "viewer": _("Viewer"),
})
STAFF_ROLE_WORDS = name_codes("staff role", {
    "operator": _("Operator"), "reviewer": _("Reviewer"), "arbitrator": _("Arbitrator"), "finance": _("Finance"),
    "sales": _("Sales"),
})
# Every act that this package writes into the audit trail. The codes stand there for good.
ACT_WORDS = name_codes("act", {
    "verified": _("Gave the verification mark"),
    "verification withdrawn": _("Took the verification mark away"),
    "marked as inspector": _("Marked the company as an inspector"),
    "inspector mark withdrawn": _("Took the inspector's mark away"),
    "verification ended by a new name": _("Mark ended by a new name"),
    "lookalike name": _("Registered a lookalike name"),
    "placed a deposit stop": _("Stopped signing and paying"),
    "placed a release stop": _("Stopped releases"),
    "placed a payout stop": _("Stopped payouts"),
    "placed a listing stop": _("Stopped listings"),
    "lifted a deposit stop": _("Let signing and paying go on"),
    "lifted a release stop": _("Let releases go on"),
    "lifted a payout stop": _("Let payouts go on"),
    "lifted a listing stop": _("Let listings go on"),
    "invited staff": _("Invited staff"),
    "joined the staff": _("Joined the staff"),
    "ended staff": _("Ended a place on the staff"),
    "made an API key": _("Made an API key"),
    "revoked an API key": _("Revoked an API key"),
    "added second factor": _("Added a second factor"),
    "removed second factor": _("Removed a second factor"),
    "made recovery codes": _("Made recovery codes"),
    "used recovery code": _("Used a recovery code"),
})
# fmt: on

# The languages of trade that a company may say it answers in (ISO 639-1; our two scripts of Chinese are one spoken language).
SPOKEN = (
    "en", "zh", "es", "fr", "ar", "pt", "ru", "de", "ja", "ko", "it", "tr", "vi", "hi", "id", "th", "pl", "nl", "fa", "sw",
)  # fmt: skip

# What a program may be allowed to do with a key, by noun. A key carries only what its owner ticks.
SCOPES = (
    "company:read", "company:write", "offers:read", "offers:write", "rfqs:read", "rfqs:write", "quotes:read", "quotes:write",
    "orders:read", "orders:write", "money:read", "money:write", "messages:read", "messages:write", "files:read", "files:write",
)  # fmt: skip

# Letters of other scripts that the eye reads as Latin ones (after Unicode TR39, confusables.txt), in lower case: first the
# letter, then what it looks like.
_PAIRS = """
аa вb сc ԁd еe ёe ғf һh нh іi їi јj кk ӏl мm пn оo рp ԛq гr ѕs тt цu ѵv ԝw шw хx уy үy αa βb ϲc σo εe ηn ιi κk
μu νv οo ρp τt υu χx γy ωw ζz ıi ɑa ɡg ℓl օo սu հh ցg ոn ѡw ьb øo đd łl ħh ŧt æae œoe þp 0o 1l |l il
"""
_LOOK_ALIKE = str.maketrans({pair[0]: pair[1:] for pair in _PAIRS.split()})
_MARKED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN")


def skeleton(name: str) -> str:
    """What the eye keeps of a name: two names with one skeleton can be taken for each other.

    NFKC, casefold, accents of alphabets dropped, look-alike letters folded, everything but letters and digits dropped.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", folded):
        kind = unicodedata.category(char)
        if kind == "Mn" and (not kept or unicodedata.name(kept[-1], "").startswith(_MARKED_SCRIPTS)):
            continue
        if kind[0] in "LMN" or char == "|":
            kept.append(char)
    eye = "".join(kept).translate(_LOOK_ALIKE).translate(_LOOK_ALIKE)
    return unicodedata.normalize("NFC", eye.replace("rn", "m").replace("vv", "w"))[:200]


class BadEmail(ValueError):
    """`reason` is `form` or `homograph`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normal_email(text: str) -> str:
    """One spelling per mailbox: NFC, casefolded, the domain in its ASCII form (IDNA).

    BadEmail `homograph`: a label of the domain mixes scripts, or imitates Latin letters with those of another script.
    The caller still checks the form of the address; here only length and the @ are.
    """
    text = unicodedata.normalize("NFC", text.strip()).casefold()
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > 254:
        raise BadEmail("form")
    try:
        shown = domain.encode("ascii").decode("idna") if "xn--" in domain else domain
        labels = shown.split(".")
        if any(_imitates(label) for label in labels):
            raise BadEmail("homograph")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise BadEmail("form") from None


def _imitates(label: str) -> bool:
    if label.isascii():
        return False
    scripts = {_script(char) for char in label if char.isalpha()}
    if not {"ɑ", "ɡ", "ℓ"}.isdisjoint(label):
        return True
    if len(scripts) > 1 and not scripts <= {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"}:
        return True
    return scripts.isdisjoint({"LATIN"}) and skeleton(label).isascii()


def _script(char: str) -> str:
    return unicodedata.name(char, "UNKNOWN").split()[0]


def read_phone(text: str, country: str) -> str:
    """E.164 («+4930123456»); ValueError for what cannot be a number. Without + it is read as the country's own."""
    import phonenumbers

    if len(text) > 40:
        raise ValueError("too long")
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as bad:
        raise ValueError("not a phone number") from bad
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(e164: str) -> str:
    """As people write it abroad: «+49 30 123456»."""
    import phonenumbers

    if not e164:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@cache
def _zones() -> set[str]:
    """The system's list of zones is a folder of files: read once."""
    return available_timezones()


def is_timezone(name: str) -> bool:
    return name in _zones()


_POSTCODE_FIRST = "DE AT CH FR BE NL ES PT PL CZ SK DK SE NO FI GR HR SI HU RO BG TR IL MA TN DZ LT LV EE RS UA"
# How the last lines of an address are written, by country; {r} region, {c} city, {p} postcode. After each country's post.
_CITY_LINES = {
    **dict.fromkeys(("US", "CA", "AU", "PR"), ("{c}, {r} {p}",)),
    **dict.fromkeys(("GB", "IE"), ("{c}", "{r}", "{p}")),
    **dict.fromkeys(
        _POSTCODE_FIRST.split(),
        ("{p} {c}", "{r}"),
    ),
    **dict.fromkeys(("IT",), ("{p} {c} {r}",)),
    **dict.fromkeys(("IN", "PK", "BD"), ("{c} {p}", "{r}")),
    **dict.fromkeys(("BR", "MX"), ("{c} – {r}", "{p}")),
    **dict.fromkeys(("HK", "MO", "AE"), ("{c}", "{r}")),
    **dict.fromkeys(("SG",), ("{c} {p}",)),
}  # fmt: skip
_LARGE_FIRST = frozenset({"CN", "TW", "HK", "MO", "JP", "KR"})


def address_lines(address: dict[str, Any], country: str) -> list[str]:
    """The lines as the country writes them, without the country: in East Asian scripts from the large to the small."""
    lines = [line for line in address.get("lines", []) if line]
    parts = {short: address.get(long, "") for short, long in (("r", "region"), ("c", "city"), ("p", "postcode"))}
    written = "".join((*lines, parts["r"], parts["c"]))
    if country in _LARGE_FIRST and any(_script(char) in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL") for char in written):
        glue = " " if country == "KR" else ""
        region = parts["r"] if parts["r"] != parts["c"] else ""
        return [line for line in (parts["p"], glue.join(part for part in (region, parts["c"], *lines) if part)) if line]
    ends = _CITY_LINES.get(country, ("{c} {p}", "{r}"))
    return lines + [line for end in ends if (line := " ".join(end.format(**parts).split()).strip(" ,–"))]
