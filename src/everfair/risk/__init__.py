"""Who behaves like somebody who takes money and does not ship: signals, the graph of what parties share, cases for people to decide.

Nouns: Listing, Deal, Message, Complaint, Rating, Supplier (facts of one supplier up to a moment).
It reads everything below and decides nothing: a score has reasons, a hold waits for a person's word.
"""
