"""What the states, charges and matches are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from everfair.sourcing.queries.rfqs import SAME_CATEGORY, SAME_HALL

# State → (kind of badge, words).
RFQ_STATES = {
    "draft": ("calm", _("Draft")),
    "open": ("held", _("Open for quotes")),
    "closed": ("wait", _("Closed, not awarded")),
    "awarded": ("held", _("Awarded")),
    "cancelled": ("calm", _("Cancelled")),
}
QUOTE_STATES = {
    "draft": ("calm", _("Draft")),
    "sent": ("wait", _("Sent")),
    "replaced": ("calm", _("Replaced")),
    "withdrawn": ("calm", _("Withdrawn")),
    "accepted": ("held", _("Accepted")),
    "declined": ("calm", _("Declined")),
}
CHARGES = {
    "freight": _("Freight"),
    "insurance": _("Insurance"),
    "tooling": _("Tooling"),
    "discount": _("Discount"),
    "bank_charge": _("Bank charge"),
    "tax": _("Tax"),
}
MATCHES = {SAME_CATEGORY: _("Same category as your offers"), SAME_HALL: _("Same hall as your offers")}
# What a rule of Incoterms means for the two sides, in words.
PARTIES = {"seller": _("seller"), "buyer": _("buyer"), None: _("neither")}
NAMED_PLACES = {
    "place of delivery": _("place of delivery"),
    "port of shipment": _("port of shipment"),
    "port of destination": _("port of destination"),
    "place of destination": _("place of destination"),
}
