"""How goods travel, what carriers say of them, and the words of its codes."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

MODES = ("express", "air", "land", "sea")
PACKAGE_KINDS = ("carton", "pallet", "crate", "drum", "bag", "container", "other")
CONDITIONS = ("good", "damaged")
SOURCES = ("carrier", "shipper", "consignee", "operator")
# What is said of goods → the state it means. The order is that of a journey.
TRACKING_STATES = {
    "picked_up": "handed_over",
    "departed": "in_transit",
    "arrived": "in_transit",
    "customs": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "attempt_failed": "exception",
    "exception": "exception",
    "lost": "lost",
    "returned": "returned",
    "delivered": "delivered",
}
TRACKING_CODES = tuple(TRACKING_STATES)
# What a shipper may say of goods with a carrier that reports nothing: whether they arrived is not for the shipper to say.
SHIPPER_CODES = ("picked_up", "departed", "arrived", "customs", "out_for_delivery", "attempt_failed", "exception", "returned")
# What a person has to look at: it fits no consignment yet, fits none at all, or contradicts one.
MISFITS = ("parked", "mismatch", "unknown")
OUTCOMES = ("new", "applied", "ignored", "parked", "mismatch", "unknown")

# fmt: off
MODE_WORDS = name_codes(
    "mode", {"express": _("Express parcel"), "air": _("Air freight"), "land": _("Road or rail"), "sea": _("Sea freight")}
)
CARRIER_WORDS = name_codes("carrier", {"manual": _("Carrier without reports"), "sandbox": _("Sandbox carrier (no real goods)")})
CONSIGNMENT_WORDS = name_codes("logistics.consignment", {
    "handed_over": pgettext_lazy("state of goods", "Handed over"), "in_transit": _("On the way"), "out_for_delivery": _("Out for delivery"),
    "exception": _("Held up"), "lost": _("Lost"), "returned": _("Sent back"), "delivered": _("Delivered"),
})
BOOKING_WORDS = name_codes("logistics.booking", {
    "none": _("Not booked through us"), "requested": _("Being booked"), "indeterminate": _("We are asking the carrier"),
    "booked": _("Booked"), "refused": _("Refused by the carrier"), "cancelling": _("Being cancelled"),
    "cancelled": pgettext_lazy("booking", "Cancelled"),
})
PARCEL_WORDS = name_codes("logistics.parcel", {
    "packed": _("Packed"), "delivered": _("Delivered"), "received": _("Received"), "lost": _("Lost"),
})
PACKAGE_KIND_WORDS = name_codes("package kind", {
    "carton": _("Carton"), "pallet": _("Pallet"), "crate": _("Crate"), "drum": _("Drum"), "bag": _("Bag"),
    "container": _("Container"), "other": pgettext_lazy("package kind", "Other"),
})
CONDITION_WORDS = name_codes("package condition", {"good": _("In good order"), "damaged": _("Damaged")})
TRACKING_WORDS = name_codes("tracking", {
    "picked_up": _("Picked up"), "departed": _("Departed"), "arrived": _("Arrived at a place on the way"),
    "customs": _("At customs"), "out_for_delivery": _("Out for delivery"), "attempt_failed": _("Nobody took it in"),
    "exception": _("Held up"), "lost": _("Lost"), "returned": _("Sent back"), "delivered": _("Delivered"),
})
SOURCE_WORDS = name_codes("tracking source", {
    "carrier": _("The carrier says so"), "shipper": _("The shipper says so"), "consignee": _("The consignee says so"),
    "operator": _("The operator says so"),
})
MISFIT_WORDS = name_codes("carrier event outcome", {
    "parked": _("Fits nothing yet; tried again for seven days"), "mismatch": _("Contradicts what we know"), "unknown": _("Never fitted anything"),
})
MISFIT_NOTE_WORDS = name_codes("carrier event note", {
    "no such consignment": _("It names no consignment of this carrier"), "not booked": _("The consignment is not booked with this carrier"),
    "another shipment": _("It names another shipment or number than the one we booked"), "an impossible moment": _("Its moment lies in the future or before the goods left"),
    "no such package": _("It names a package that was never listed"), "too many": _("The consignment has been reported on too often"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"logistics": _("Deliveries")})
# fmt: on


def state_after(said: Iterable[tuple[str, datetime, str]]) -> str:
    """Where goods stand after everything that was said of them: (code, when it happened, its id), in whatever order it came.

    Delivered is the last word, sent back the one before it; else the latest counts. So the order of arrival never matters (I13).
    """
    said = list(said)
    latest = max(said, key=lambda row: (row[1], row[2]), default=None)
    codes = {code for code, _at, _id in said}
    if "delivered" in codes or "returned" in codes:
        return "delivered" if "delivered" in codes else "returned"
    return TRACKING_STATES[latest[0]] if latest else "handed_over"
