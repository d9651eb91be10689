"""Everything that writes about consignments, by noun."""

from everfair.logistics.actions.booking import book_consignment, cancel_booking
from everfair.logistics.actions.consignments import add_leg, hand_over, pack
from everfair.logistics.actions.events import take_carrier_event
from everfair.logistics.actions.papers import add_papers
from everfair.logistics.actions.receipt import confirm_package_receipt, record_proof
from everfair.logistics.actions.tracking import record_tracking

__all__ = [
    "add_leg",
    "add_papers",
    "book_consignment",
    "cancel_booking",
    "confirm_package_receipt",
    "hand_over",
    "pack",
    "record_proof",
    "record_tracking",
    "take_carrier_event",
]
