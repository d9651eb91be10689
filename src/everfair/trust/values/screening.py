"""Names and frozen values of screening: the sources of lists, kinds of parties, how a name stands, what a hit can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes


@dataclass(frozen=True, slots=True)
class Source:
    """Who publishes a list, and in which of the readers' forms."""

    name: Any
    form: str


SOURCES = {
    "ofac-sdn": Source(_("OFAC: Specially Designated Nationals"), "ofac"),
    "ofac-cons": Source(_("OFAC: consolidated list beside the SDN"), "ofac"),
    "bis-dpl": Source(_("BIS: denied persons"), "bis"),
}
# fmt: off
SOURCE_WORDS = name_codes("sanction source", {code: source.name for code, source in SOURCES.items()})
LIST_WORDS = name_codes("sanction list", {
    "taken": _("Being read"), "current": pgettext_lazy("list", "In force"), "replaced": pgettext_lazy("list", "Replaced"),
})
PARTY_WORDS = name_codes("listed party", {
    "person": pgettext_lazy("listed", "Person"), "organisation": pgettext_lazy("listed", "Organisation"), "vessel": pgettext_lazy("listed", "Vessel"),
    "aircraft": pgettext_lazy("listed", "Aircraft"), "unsaid": pgettext_lazy("listed", "Person or organisation"),
})
STRENGTH_WORDS = name_codes("listed name", {
    "primary": _("its first name"), "aka": _("also known as"), "former": _("formerly known as"), "weak": _("a weak alias"),
})
ROLE_WORDS = name_codes("screened name", {
    "company": _("Registered name"), "trade": _("Name in another script"), "declared": _("Name in its papers"),
    "legal_person": _("Legal representative"), "person": _("Person authorised to act"), "holder": _("Account holder"),
})
CAUSE_WORDS = name_codes("screening cause", {
    "registered": _("registered"), "profile": _("changed its profile"), "verification": _("handed in a verification"),
    "bank_account": _("added a bank account"), "list": _("a list came out anew"), "changed": _("its names changed meanwhile"),
})
HIT_WORDS = name_codes("trust.hit", {
    "open": pgettext_lazy("hit", "Open"), "proposed": pgettext_lazy("hit", "Waits for the second word"),
    "cleared": pgettext_lazy("hit", "Cleared: somebody else"), "confirmed": pgettext_lazy("hit", "Confirmed: the same"),
})
HIT_PROPOSALS = name_codes("hit proposal", {"clear": _("Clear: it is somebody else"), "confirm": _("Confirm: it is the same")})
HOW_WORDS = name_codes("compared part", {
    "same": pgettext_lazy("name part", "The same"), "alike": pgettext_lazy("name part", "Taken for the same"),
    "ours": pgettext_lazy("name part", "Only with the company"), "theirs": pgettext_lazy("name part", "Only on the list"),
})
SCREENING_SUBSCRIBER = name_codes("subscriber", {"trust.screening": _("Screening against lists")})
SCREENING_ACTS = name_codes("act", {
    "took a sanction list": _("Brought a sanction list"), "proposed on a hit": _("Proposed how to decide a hit"),
    "cleared a hit": _("Cleared a hit"), "confirmed a hit": _("Confirmed a hit"), "returned a hit": _("Sent a hit back"),
    "reopened a hit": _("Opened a hit again"),
})
# fmt: on
STRENGTHS = tuple(STRENGTH_WORDS)
PARTY_KINDS = tuple(PARTY_WORDS)
# What each of the company's names is compared as, and with which kinds of parties.
COMPARED = {
    "company": ("firm", ("organisation", "unsaid")),
    "trade": ("firm", ("organisation", "unsaid")),
    "declared": ("firm", ("organisation", "unsaid")),
    "legal_person": ("person", ("person", "unsaid")),
    "person": ("person", ("person", "unsaid")),
    "holder": ("", ("organisation", "person", "unsaid")),
}
