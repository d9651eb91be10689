"""Consignments: what was handed to which carrier, with its packing list.

Nouns: Consignment.
Verbs: hand_over, deliver.
It knows consignments, not orders.
"""
