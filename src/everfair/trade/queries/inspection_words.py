"""Where an inspection stands, whose turn it is and what happens by itself; who pays for it, in words; its paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.reference.queries import DEFECT_CLASSES
from everfair.reference.values import name_in
from everfair.trade.models import Inspection
from everfair.trade.queries.standing import Standing

# What both sides read before they book: the result settles who bears the fee.
WHO_PAYS = (
    (
        gettext_lazy("Until the report"),
        gettext_lazy(
            "Whoever books pays the fee into escrow. It goes to the inspector with the report, whatever the verdict, and"
            " back to whoever paid it if there is no report."
        ),
    ),
    (gettext_lazy("The goods pass"), gettext_lazy("Whoever booked the inspection bears the fee.")),
    (
        gettext_lazy("The goods fail"),
        gettext_lazy(
            "The seller bears the fee. If the buyer had paid it, it is taken from what the seller receives for this order and"
            " goes to the buyer; if the seller receives nothing, the buyer bears it."
        ),
    ),
)
WHO_PAYS_IN_CLAIM = (
    (
        gettext_lazy("Until the report"),
        gettext_lazy(
            "Whoever orders it pays the fee into escrow; when the arbitrator orders it, the buyer does, because the buyer claims. It"
            " goes to the inspector with the report, whatever the verdict, and back to whoever paid it if there is no report."
        ),
    ),
    (gettext_lazy("The goods pass"), gettext_lazy("Whoever paid the fee bears it.")),
    WHO_PAYS[2],
)
_ENDED = {
    "declined": gettext_lazy("The inspector declined. A fee that was held went back."),
    "cancelled": gettext_lazy("The inspection was cancelled. A fee that was held went back."),
    "lapsed": gettext_lazy("The inspection did not take place. A fee that was held went back."),
    "passed": gettext_lazy("The goods passed."),
    "failed": gettext_lazy("The goods failed. They are inspected again, or the buyer waives it in writing."),
    "replaced": gettext_lazy("The goods failed. A later report stands in the place of this one."),
    "waived": gettext_lazy("The goods failed, and the buyer takes them all the same."),
}
_ENDED_IN_CLAIM = _ENDED | {
    "passed": gettext_lazy("The goods passed. The report is laid down in the claim's file."),
    "failed": gettext_lazy("The goods failed. The report is laid down in the claim's file."),
}
TURNS = {
    "buyer": pgettext_lazy("whose turn", "the buyer"), "seller": pgettext_lazy("whose turn", "the seller"),
    "inspector": pgettext_lazy("whose turn", "the inspector"), "nobody": "",
}  # fmt: skip


def defect_name(code: str, language: str) -> str:
    return name_in(DEFECT_CLASSES[code], language)


def inspection_standing(found: Inspection, company_id: Any) -> Standing:
    """One sentence each; the deadline is the one the clock really holds."""
    if found.state == "failed" and found.order.agreement == "agreed" and found.order.inspection == "failed":
        return _failed(found, company_id)
    if found.state not in ("asked", "accepted"):
        told = _ENDED if found.claim_id is None else _ENDED_IN_CLAIM
        return Standing(found.state, told[found.state], "nobody", "", "", None)
    due: Mapping[Any, datetime] = deadlines_of([found.order_id])
    until = due.get((found.order_id, "trade.inspection"))
    zero = _("The booking ends, and a fee that is held goes back to whoever paid it.")
    customer = "buyer" if found.booked_by_id == found.order.buyer_id else "seller"
    if found.state == "asked":
        stands, turn, asks = _("An inspection is asked for."), "inspector", _("Accept the booking or decline it.")
    elif found.fee != "held":
        stands, turn, asks = (
            _("The inspector has accepted."),
            customer,
            _("Pay the fee into escrow, so that the inspector comes."),
        )
    elif found.packing != "declared" and found.claim_id is None:
        stands, turn = _("The fee is held in escrow."), "seller"
        asks = _("Pack the goods and declare how much is packed.")
    elif now().date() < found.wanted_on:
        stands, turn = _("Everything is ready for the visit."), "inspector"
        asks = _("Come on the day and draw the sample of the plan.")
    else:
        stands, turn, asks = _("The day of the visit has come."), "inspector", _("Write the report.")
    sides = {"buyer": found.order.buyer_id, "seller": found.order.seller_id, "inspector": found.inspector_id}
    return Standing(found.state, stands, turn, asks, zero, until, yours=sides[turn] == company_id)


def _failed(found: Inspection, company_id: Any) -> Standing:
    """The inspection is over, but the order waits for what comes of it: the same words as on the order's page."""
    due: Mapping[Any, datetime] = deadlines_of([found.order_id])
    until = due.get((found.order_id, "trade.recheck"))
    asks = _("Mend the goods and have them inspected again. The buyer may also waive the inspection in writing.")
    zero = _("An issue is opened for the operator; what is held stays where it is.")
    if until is None:
        return Standing(found.state, _ENDED["failed"], "nobody", "", "", None)
    return Standing(found.state, _ENDED["failed"], "seller", asks, zero, until, yours=company_id == found.order.seller_id)
