"""Names and frozen values of discipline: what costs points, and what points lead to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# fmt: off
PENALTY_WORDS = name_codes("trust.penalty", {
    "proposed": _("Waits for a person"), "waiting": _("Waits for a second person"), "given": pgettext_lazy("points", "Given"),
    "dropped": pgettext_lazy("points", "Not given"), "struck": _("Struck on appeal"),
})
SANCTION_WORDS = name_codes("trust.sanction", {
    "standing": pgettext_lazy("sanction", "In force"), "served": pgettext_lazy("sanction", "Over"),
    "replaced": _("Replaced by a heavier one"), "lifted": pgettext_lazy("sanction", "Lifted"),
})
APPEAL_WORDS = name_codes("trust.appeal", {
    "open": _("Waits for a decision"), "upheld": _("Upheld: it stays"), "reduced": pgettext_lazy("appeal", "Reduced"),
    "struck": pgettext_lazy("appeal", "Struck"),
})
DECISION_WORDS = name_codes("points decision", {
    "uphold": _("The points stay"), "reduce": _("Fewer points"), "strike_down": _("No points"),
})
ACT_WORDS = name_codes("act", {
    "gave points": _("Gave penalty points"),
    "proposed points": _("Proposed penalty points to a second person"),
    "confirmed points": _("Confirmed penalty points"),
    "dropped points": _("Gave no penalty points"),
    "decided a points appeal": _("Decided an appeal against penalty points"),
})
NOTED_WORDS = name_codes("field", {"points": _("Points"), "offence": _("What it did"), "decision": _("Decision")})
DEADLINE_WORDS = name_codes("deadline", {"trust.sanction": _("A sanction ends")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"trust.discipline": _("Proposals of penalty points")})
# What costs points. A grave one left unresolved costs what ends a membership.
OFFENCE_WORDS = name_codes("offence", {
    "not_delivered": _("Goods not delivered"), "forged_proof": _("Forged proof of delivery"),
    "no_return_action": _("No action after a return"), "late_delivery": _("Paid order not delivered in time"),
    "wash_trading": _("Sales to oneself"), "bait": _("Led buyers off the platform"), "counterfeit": _("Counterfeit goods"),
    "false_papers": _("False papers in a verification"), "breach": _("Broke what was agreed outside the platform"),
})
RUNG_WORDS = name_codes("rung", {
    "warning": _("Severe warning"), "first": _("No new orders"), "second": _("No new orders, for longer"),
    "third": _("No new orders, and no offers shown"), "ended": _("Membership ended"),
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Offence:
    """One kind of act: the rule that says its points, and whether it costs `trust.points_unresolved` while nobody made it good."""

    rule: str
    is_grave: bool = False


OFFENCES = {
    "not_delivered": Offence("trust.points_grave", is_grave=True),
    "forged_proof": Offence("trust.points_grave", is_grave=True),
    "no_return_action": Offence("trust.points_grave", is_grave=True),
    "late_delivery": Offence("trust.points_late"),
    "wash_trading": Offence("trust.points_wash"),
    "bait": Offence("trust.points_bait"),
    "counterfeit": Offence("trust.points_counterfeit"),
    "false_papers": Offence("trust.points_false"),
    "breach": Offence("trust.points_breach"),
}


@dataclass(frozen=True, slots=True)
class RungTerms:
    """One rung of the ladder: the rules that say from how many points on and for how many days, and the stops it places.

    Without a rule of days it has no end; a warning is said once and stops nothing.
    """

    points: str
    days: str = ""
    stops: tuple[str, ...] = ()


# From the lightest to the heaviest.
LADDER = {
    "warning": RungTerms("trust.warning_points"),
    "first": RungTerms("trust.first_points", "trust.first_days", ("deposit",)),
    "second": RungTerms("trust.second_points", "trust.second_days", ("deposit",)),
    "third": RungTerms("trust.third_points", "trust.third_days", ("deposit", "listing")),
    "ended": RungTerms("trust.end_points", "", ("deposit", "listing")),
}
# What a final ruling against the supplier says of it: the ruling's ground → the offence that is proposed to a person.
RULED_OFFENCES = {"not_delivered": "not_delivered", "late_delivery": "late_delivery", "counterfeit_goods": "counterfeit"}
# Without a second person nobody brings a company to this sum, whatever the rule says: the database holds it too.
ALONE_BELOW = 12
