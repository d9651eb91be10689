"""The numbers of the signals, each dated, and the names of what they say. Nothing here knows a database."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# From what day on; a later row of the same name replaces the earlier from its day on.
FIRST = date(1999, 1, 1)


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of one signal. `why` names where it comes from."""

    name: str
    value: float
    unit: str
    why: str
    since: date = FIRST


# fmt: off
SETTINGS = (
    # Points of a whole score, and how much one kind of evidence may say at most: five signs of one thing are one sign.
    Setting("hold",                45,   "points", "above it a hold is proposed"),
    Setting("watch",               30,   "points", "above it a person should look when there is time"),
    Setting("again",               15,   "points", "more than what was cleared opens a case anew"),
    Setting("hold.kinds",           2,   "kinds",  "no single kind of evidence holds anybody, save what buyers did not get"),
    Setting("kind.speaks",          8,   "points", "from here on a kind of evidence counts as one of them"),
    Setting("cap.offer",           32,   "points", "what is offered"),
    Setting("cap.conduct",         34,   "points", "how it is sold and paid"),
    Setting("cap.links",           50,   "points", "what is shared with others"),
    Setting("cap.outcome",         65,   "points", "what buyers did not get: this alone may hold"),
    Setting("cap.collusion",       20,   "points", "whose help and whose praise it had"),
    # What is offered.
    Setting("price.days",         180,   "days",   "how far back an offer still speaks"),
    Setting("price.ratio",          0.6, "ratio",  "of the category's median; the frauds of 2009 and 2010 asked far less than the market"),
    Setting("price.bottom",         0.3, "ratio",  "here the points are full"),
    Setting("price.low_room",       1.3, "ratio",  "of the lowest tenth: above it a category simply is wide"),
    Setting("price.points",        24,   "points", "default"),
    Setting("moq.low",             20,   "units",  "low minimum orders belong to the signature of 2011"),
    Setting("moq.below",            0.85,"ratio",  "of the median: below it the low minimum order says more"),
    Setting("moq.points",           8,   "points", "default"),
    # How it is sold and paid.
    Setting("volume.days",         14,   "days",   "a burst is this long"),
    Setting("volume.before",       90,   "days",   "and is held against this long before it"),
    Setting("volume.buyers",        6,   "buyers", "fewer buyers are no burst"),
    Setting("volume.times",         4,   "times",  "the pace before"),
    Setting("volume.points",       12,   "points", "default"),
    Setting("rail.days",           90,   "days",   "how far back a payment still speaks"),
    Setting("rail.transfer",        0.4, "weight", "a bank transfer is ordinary in trade; cash services weigh whole"),
    Setting("rail.points",         14,   "points", "default"),
    Setting("bait.days",          120,   "days",   "how far back a message still speaks"),
    Setting("bait.pay",            18,   "points", "asks to be paid past the platform"),
    Setting("bait.account",        14,   "points", "names a bank account"),
    Setting("bait.contact",         6,   "points", "leads the talk away"),
    Setting("bait.hidden",          6,   "points", "and hides it by spelling"),
    Setting("bait.buyers",          3,   "buyers", "from here on it is a habit"),
    # What buyers did not get.
    Setting("outcome.days",       120,   "days",   "how far back an outcome still speaks"),
    Setting("outcome.spread",       0.1, "share",  "how unlike honest suppliers are among each other (correlation within one)"),
    Setting("unshipped.days",      30,   "days",   "after the order, or after `unshipped.late` days past the promise"),
    Setting("unshipped.late",       7,   "days",   "past the promised day"),
    Setting("unshipped.usual",      0.03,"share",  "never taken lower than this, whatever the platform's own share is"),
    Setting("unshipped.points",     9,   "points", "for each factor of ten against chance"),
    Setting("unshipped.one",        6,   "points", "a single one says no more"),
    Setting("unshipped.cap",       45,   "points", "default"),
    Setting("complaints.usual",     0.03,"share",  "of deals; as above"),
    Setting("complaints.points",   10,   "points", "for each factor of ten against chance"),
    Setting("complaints.one",       8,   "points", "a single buyer says no more"),
    Setting("complaints.cap",      45,   "points", "default"),
    Setting("complaints.burst",    14,   "days",   "several buyers within these"),
    Setting("complaints.small",  1200,   "USD",    "claims of 2009 and 2010 came to less on average"),
    Setting("lost.usual",           0.02,"share",  "1688 counts from 0.3 %"),
    Setting("lost.points",          7,   "points", "for each factor of ten against chance"),
    Setting("lost.cap",            20,   "points", "default"),
    Setting("record.days",        400,   "days",   "how far back a good delivery still speaks"),
    Setting("record.buyers",        5,   "buyers", "fewer are no record"),
    Setting("record.points",        4,   "points", "for each doubling of the buyers who got their goods"),
    Setting("record.cap",          20,   "points", "a record never outweighs what buyers did not get"),
    # What is shared.
    Setting("link.common",         60,   "holders","what more have in common says nothing: a forwarder's phone, a market hall"),
    Setting("link.damping",         0.4, "share",  "how much of a neighbour's neighbour reaches"),
    Setting("link.bad",            55,   "points", "beside confirmed fraud in everything"),
    Setting("link.suspect",        30,   "points", "beside those who themselves look so"),
    Setting("link.suspect_from",   25,   "points", "of their own, without links"),
    Setting("link.near",            8,   "holders","a device, a bank or a paper with fewer holders ties them together"),
    Setting("link.tied",            4,   "points", "for each kind of thing that ties"),
    Setting("link.alike",           4,   "points", "for each tied one that is as new and in the same category"),
    Setting("link.alike_days",     60,   "days",   "between two registrations"),
    Setting("link.tied_cap",       18,   "points", "default"),
    Setting("photo.distance",       6,   "bits",   "of 64: the same picture, scaled or compressed again"),
    Setting("photo.bad",           22,   "points", "default"),
    Setting("photo.few",            4,   "holders","more use a factory's own pictures"),
    Setting("photo.points",         2,   "points", "default"),
    # Whose help, whose praise.
    Setting("staff.q",              0.005,"share",  "of those named, wrongly named (Benjamini and Hochberg)"),
    Setting("staff.least",          4,   "suppliers","fewer name nobody"),
    Setting("staff.times",          2.5, "times",  "what would be expected"),
    Setting("staff.buyers",         2,   "buyers", "so many who got nothing, and"),
    Setting("staff.share",          0.1, "share",  "of its buyers make a supplier complained of"),
    Setting("staff.spread",         0.02,"share",  "how unlike honest salespeople are, at least"),
    Setting("staff.cut",            1.5, "times",  "the spread of the less complained of nine tenths, for that of all"),
    Setting("staff.points",        10,   "points", "default"),
    Setting("wash.share",           0.3, "share",  "of the deals"),
    Setting("wash.points",         14,   "points", "default"),
    Setting("ring.least",           4,   "raters", "fewer are no ring"),
    Setting("ring.chance",          0.0001,"share","of overlap by chance, after as many comparisons as were made"),
    Setting("ring.points",         14,   "points", "default"),
)
# fmt: on
Settings = Mapping[str, float]

# Which kind of evidence each signal is of: signs of one kind are capped together.
SIGNALS = {
    "price_below": "offer", "hot_low_moq": "offer",
    "sudden_volume": "conduct", "weak_rail": "conduct", "bait": "conduct",
    "unshipped": "outcome", "complaints": "outcome", "lost_disputes": "outcome",
    "known_fraud": "links", "suspect_neighbours": "links", "tied": "links", "same_photos": "links",
    "salesperson": "collusion", "wash_trading": "collusion", "review_ring": "collusion",
    "record": "record",
}  # fmt: skip
# Whatever stands in a case: what the signals say, and what a person said.
KINDS = SIGNALS | {"by_hand": "word"}

# What a shared trait says: how much when everybody else who has it is bad, and how many innocent holders it has on average beside them.
TRAITS = {
    "document": (1.0, 0.3), "bank": (1.0, 0.4), "device": (0.95, 0.6), "phone": (0.9, 1.0),
    "photo": (0.6, 3.0), "address": (0.6, 4.0), "email_domain": (0.5, 4.0),
}  # fmt: skip
# Things that tie two suppliers when few have them: one does not come by another's by living in the same house.
TYING = ("document", "bank", "device", "phone")
WEAK_RAILS = ("transfer", "cash_service")
SERIOUS = ("not shipped", "fake")

SIGNAL_NAMES = name_codes(
    "risk signal",
    {
        "price_below": _("Price far below the market"),
        "hot_low_moq": _("Low minimum order in a category at risk"),
        "sudden_volume": _("Sudden volume"),
        "weak_rail": _("Payments that cannot be called back"),
        "bait": _("Leads buyers off the platform"),
        "unshipped": _("Paid and not shipped"),
        "complaints": pgettext_lazy("risk signal", "Complaints"),
        "lost_disputes": _("Lost disputes"),
        "known_fraud": _("Close to confirmed fraud"),
        "suspect_neighbours": _("Close to suppliers who look alike suspicious"),
        "tied": _("Shares what few share"),
        "same_photos": _("The same pictures"),
        "salesperson": _("Brought by a salesperson who stands out"),
        "wash_trading": _("Deals with itself"),
        "review_ring": _("Praised by the same few"),
        "record": _("Goods that arrived"),
        "by_hand": _("Opened by a person"),
    },
)
KIND_NAMES = name_codes(
    "risk kind",
    {
        "offer": pgettext_lazy("kind of evidence", "What is offered"),
        "conduct": pgettext_lazy("kind of evidence", "How it is sold"),
        "links": pgettext_lazy("kind of evidence", "What is shared"),
        "outcome": pgettext_lazy("kind of evidence", "What buyers did not get"),
        "collusion": pgettext_lazy("kind of evidence", "Whose help it had"),
        "record": pgettext_lazy("kind of evidence", "What speaks for it"),
        "word": pgettext_lazy("kind of evidence", "What a person said"),
    },
)
TRAIT_NAMES = name_codes(
    "risk trait",
    {
        "phone": pgettext_lazy("trait", "phone"),
        "device": pgettext_lazy("trait", "device"),
        "bank": pgettext_lazy("trait", "bank account"),
        "address": pgettext_lazy("trait", "address"),
        "document": pgettext_lazy("trait", "document"),
        "photo": pgettext_lazy("trait", "photo"),
        "email_domain": pgettext_lazy("trait", "e-mail domain"),
    },
)
BAIT_NAMES = name_codes(
    "risk bait",
    {
        "pay": pgettext_lazy("bait", "payment past the platform"),
        "account": pgettext_lazy("bait", "a bank account"),
        "phone": pgettext_lazy("bait", "a phone number"),
        "email": pgettext_lazy("bait", "an e-mail address"),
        "messenger": pgettext_lazy("bait", "a messenger"),
        "hidden": pgettext_lazy("bait", "spelled so that it is not noticed"),
    },
)
STATE_WORDS = name_codes(
    "risk.risk_case",
    {
        "open": pgettext_lazy("risk case", "Waits for a person"),
        "held": pgettext_lazy("risk case", "Held until a person confirms"),
        "escalated": pgettext_lazy("risk case", "Nobody confirmed in time"),
        "confirmed": pgettext_lazy("risk case", "Confirmed"),
        "cleared": pgettext_lazy("risk case", "Cleared"),
    },
)
DEADLINE_WORDS = name_codes("deadline", {"risk.confirm": _("A hold that nobody confirmed is lifted")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"risk": _("Suppliers to look at again")})
ACT_WORDS = name_codes(
    "act",
    {
        "opened a risk case": _("Opened a risk case"),
        "held a risk case": _("Held a risk case"),
        "confirmed a risk case": _("Confirmed a risk case"),
        "cleared a risk case": _("Cleared a risk case"),
    },
)


@cache
def _timeline() -> dict[str, tuple[list[date], list[float]]]:
    found: dict[str, tuple[list[date], list[float]]] = {}
    for row in sorted(SETTINGS, key=lambda row: row.since):
        since, values = found.setdefault(row.name, ([], []))
        since.append(row.since)
        values.append(row.value)
    return found


@cache
def settings_at(day: date) -> Settings:
    """Every setting as it stands on that day."""
    return {name: values[max(0, bisect_right(since, day) - 1)] for name, (since, values) in _timeline().items()}
