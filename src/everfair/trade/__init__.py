"""The trade itself: orders and contracts, stages paid into escrow, shipping, acceptance, settlement.

Nouns: Order, OrderLine, OrderCharge, Stage.
Verbs: place_order, award_quote, sign_order, fund_stage, ship_order, receive_order, open_issue, resolve_issue.
It never changes signed terms and never releases money without evidence.
"""
