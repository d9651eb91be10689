"""Names of codes, grounds the house begins with, and exact division; no database."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# fmt: off
CLAIM_WORDS = name_codes("disputes.claim", {
    "draft": _("Draft"), "answering": _("Waiting for the supplier's answer"), "talking": _("Both sides talk"),
    "settled": _("Settled by both sides"), "returning": _("Goods to be sent back"), "returned": _("Goods on their way back"),
    "replacing": _("Replacement to be sent"), "replaced": _("Replacement on its way"), "dropped": _("Ended without a return"),
    "arbitration": _("With an arbitrator"), "proposed": _("A second arbitrator looks at the ruling"),
    "ruled": _("Ruled, open to appeal"), "decided": _("Decided for good"), "withdrawn": _("Withdrawn"),
})
REASON_WORDS = name_codes("claim reason", {
    "not_received": _("Not received"), "late": _("Came late"), "short": _("Fewer than ordered"), "wrong": _("Not what was ordered"),
    "defective": _("Defective"), "counterfeit": _("Counterfeit"), "documents": _("Documents missing or wrong"),
})
REMEDY_WORDS = name_codes("claim remedy", {
    "refund": _("Money back"), "discount": _("A lower price; the goods stay"),
    "return": _("Goods back, then money back"), "replace": _("New goods"),
})
EXHIBIT_WORDS = name_codes("claim exhibit", {
    "opening": _("The claim"), "answer": _("The supplier's answer"), "note": _("Evidence"), "chat": _("From the talk"),
    "snapshot": _("The goods as they were ordered"), "tracking": _("Tracking"), "offer": _("An offer"), "move": _("A step"),
    "ruling": pgettext_lazy("claim", "A ruling"), "appeal": _("An appeal"), "late": _("A deadline passed"),
    "inspection": _("An inspection"),
})
STEP_WORDS = name_codes("claim step", {
    "open": _("The buyer opened the claim; what is held is frozen"), "answer": _("The supplier answered"), "offer": _("An offer was made"),
    "accept": _("The offer was accepted: the money is parted as agreed"), "agree_return": _("Agreed: the goods go back, then the money"),
    "agree_replacement": _("Agreed: the supplier sends new goods"), "hand_over": _("The buyer handed the goods to a carrier"),
    "take_back": _("The goods are back: the money is parted as agreed"), "miss_return": _("The goods were not sent back in time"),
    "send_again": _("The supplier sent new goods"), "take_replacement": _("The new goods are right"),
    "escalate": _("The claim went to an arbitrator"), "propose": _("A ruling was made; a second person looks at it"),
    "send_back": _("The second person sent the ruling back"), "rule": _("The arbitrator ruled"), "confirm": _("The ruling was confirmed"),
    "rule_finally": _("The second arbitrator ruled: final"), "confirm_finally": _("The ruling on appeal was confirmed: final"),
    "appeal": _("An appeal was lodged"), "waive": _("One side will not appeal"), "finish": _("The ruling is final and carried out"),
    "withdraw": _("The buyer withdrew the claim"), "inspect": _("An inspection of the goods was ordered"),
    "report": _("The inspector's report"), "no_report": _("The inspection ended without a report; a fee that was held went back"),
})
SIDE_WORDS = name_codes("claim side", {
    "buyer": _("Buyer"), "seller": pgettext_lazy("side of an order", "Seller"), "arbitrator": _("Arbitrator"),
    "inspector": _("Inspector"), "clock": _("Automatically, on time"),
})
DEADLINE_WORDS = name_codes("deadline", {
    "disputes.answer": _("Answer the claim"), "disputes.talk": _("Settle the claim"), "disputes.return": _("Send the goods back"),
    "disputes.take_back": _("Confirm the return"), "disputes.send_again": _("Send new goods"),
    "disputes.replacement": _("Look at the new goods"), "disputes.rule": _("Rule on the claim"),
    "disputes.appeal": _("Appeal against the ruling"), "disputes.execute": _("Carry out what was decided"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"disputes": _("Claims"), "disputes.notices": _("Notices of claims")})
PROOF_WORDS = name_codes("proof", {
    "an inspection inside a claim is over, and lies in its file, when the claim goes on without it":
        _("An inspection inside a claim is over, and lies in its file, when the claim goes on without it"),
})
# fmt: on
DEADLINES = tuple(DEADLINE_WORDS)
MONEY_REMEDIES = ("refund", "discount")
# What is wrong with goods that are there to be looked at.
INSPECTABLE = ("short", "wrong", "defective", "counterfeit")
# Up to these sums, in whole units of the currency, precedents stand together.
BANDS = (100, 1_000, 10_000, 100_000)


def band_of(minor: int, exponent: int) -> int:
    """Which band an amount falls into: 0 for the smallest."""
    return sum(minor > top * 10**exponent for top in BANDS)


def is_ended(state: str) -> bool:
    return state in ("settled", "dropped", "decided", "withdrawn")
