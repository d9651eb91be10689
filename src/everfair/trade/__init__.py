"""The trade itself: orders of every kind, stages paid into escrow, amendments, inspections, shipping, acceptance, silence, settlement.

Nouns: Order, OrderLine, OrderCharge, Stage, Release, Amendment, Extension, Inspection, Framework, GroupBuy, SampleCredit.
Verbs: place_order, award_quote, sign_order, fund_stage, sign_amendment, report_inspection, ship_order, receive_order, hear_silence,
open_issue, resolve_issue.
It never changes signed terms and never releases money without evidence.
"""
