"""Words for states, as the office shows them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.trade.queries.words import AGREEMENT_NAMES

_AGREEMENT_KINDS = {"offered": "wait", "agreed": "plain", "completed": "held"}
_GOODS = {"shipped": (_("Shipped"), "plain"), "received": (_("Received"), "held")}
_ISSUE = {"open": (_("Issue open"), "act"), "resolved": (_("Decided"), "calm")}
SIDES = {
    "buyer": _("Buyer"),
    "seller": _("Supplier"),
    "operator": _("Operator"),
    "clock": _("By itself, in time"),
    "provider": _("Payment provider"),
}
RULE_UNITS = {
    "days": _("days"),
    "hours": _("hours"),
    "quotes": _("quotes"),
    "RFQs": _("RFQs"),
    "fraction": _("as a fraction of one"),
    "invitations": _("invitations"),
}


def states_of(order: Any) -> list[tuple[str | Promise, str]]:
    """(word, kind of badge) for each axis of an order that says something."""
    agreement = AGREEMENT_NAMES.get(order.agreement)
    found = [
        (agreement, _AGREEMENT_KINDS.get(order.agreement, "calm")) if agreement else None,
        _GOODS.get(order.goods),
        _ISSUE.get(order.issue),
    ]
    return [state for state in found if state]
