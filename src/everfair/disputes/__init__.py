"""What happens when a trade goes wrong: claims, evidence, offers, returns, rulings, appeals.

Nouns: Claim, ClaimLine, Exhibit, Offer, Assignment, Ground, Ruling, RulingCheck, Appeal.
Verbs: open_claim, answer_claim, offer_remedy, accept_offer, escalate_claim, withdraw_claim, inspect_claim, hand_over_return, rule_claim,
appeal_ruling.
It freezes and divides an order's money through trade, and never moves any itself. What was said and shown stays as it was.
"""
