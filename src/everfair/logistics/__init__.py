"""Consignments: what was handed to which carrier, how it travels, where it was seen, and who proves that it arrived.

Nouns: Consignment, Leg, Package, TrackingEvent, ConsignmentPaper, ProofOfDelivery, CarrierEvent, Carrier.
Verbs: hand_over, pack, add_leg, add_papers, book_consignment, cancel_booking, record_tracking, take_carrier_event, confirm_package_receipt, record_proof.
It knows consignments, not orders. The shipper never proves their own delivery.
"""
