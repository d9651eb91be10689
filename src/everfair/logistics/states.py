"""What may happen to goods on their way, to their booking, and to one package."""

from everfair.base.roles import CARRIER, OPERATOR, SYSTEM_ROLE
from everfair.base.states import StateTable
from everfair.logistics.roles import consignee, shipper

_SAYS = CARRIER | shipper | OPERATOR
_PROVES = CARRIER | consignee | OPERATOR

# fmt: off
CONSIGNMENT = StateTable(
    "state",
    # verb        from                                                             to                  who
    ("depart",    "handed_over out_for_delivery exception lost",                   "in_transit",       _SAYS),
    ("go_out",    "handed_over in_transit exception lost",                         "out_for_delivery", _SAYS),
    ("hold_up",   "handed_over in_transit out_for_delivery lost",                  "exception",        _SAYS),
    ("send_back", "handed_over in_transit out_for_delivery exception lost",        "returned",         _SAYS),
    ("lose",      "handed_over in_transit out_for_delivery exception",             "lost",             CARRIER | OPERATOR),
    ("deliver",   "handed_over in_transit out_for_delivery exception lost returned", "delivered",      _PROVES),
)
BOOKING = StateTable(
    "booking",
    ("ask_booking", "none refused",            "requested",     shipper | SYSTEM_ROLE),
    ("book",        "requested indeterminate", "booked",        SYSTEM_ROLE | CARRIER),
    ("doubt",       "requested",               "indeterminate", SYSTEM_ROLE),
    ("refuse",      "requested indeterminate", "refused",       SYSTEM_ROLE),
    ("ask_cancel",  "booked",                  "cancelling",    shipper | OPERATOR),
    ("cancel",      "booked cancelling",       "cancelled",     SYSTEM_ROLE),
    ("keep",        "cancelling",              "booked",        SYSTEM_ROLE),
)
PARCEL = StateTable(
    "state",
    ("hand_in", "packed lost",           "delivered", _PROVES),
    ("miss",    "packed",                "lost",      CARRIER | OPERATOR),
    ("receive", "packed delivered lost", "received",  consignee),
)
# fmt: on
VERB_TO = {move.target: move.verb for move in CONSIGNMENT.moves}
OVER = ("delivered", "returned")
