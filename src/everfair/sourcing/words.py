"""What the states, charges and matches are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from everfair.sourcing.queries.rfqs import SAME_CATEGORY, SAME_HALL
from everfair.sourcing.values import QUOTE_WORDS, RFQ_WORDS

# State → (kind of badge, words).
RFQ_STATES = {
    "draft": ("calm", RFQ_WORDS["draft"]),
    "open": ("held", RFQ_WORDS["open"]),
    "closed": ("wait", RFQ_WORDS["closed"]),
    "awarded": ("held", RFQ_WORDS["awarded"]),
    "cancelled": ("calm", RFQ_WORDS["cancelled"]),
}
QUOTE_STATES = {
    "draft": ("calm", QUOTE_WORDS["draft"]),
    "sent": ("wait", QUOTE_WORDS["sent"]),
    "replaced": ("calm", QUOTE_WORDS["replaced"]),
    "withdrawn": ("calm", QUOTE_WORDS["withdrawn"]),
    "accepted": ("held", QUOTE_WORDS["accepted"]),
    "declined": ("calm", QUOTE_WORDS["declined"]),
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
