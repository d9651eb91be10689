"""A market is a frozen row of data naming strategies; every number of a rule is declared once, and dated.

Nouns: Market, Rule, RuleVersion, FeeSchedule.
Verbs: set_rule, set_fee_schedule.
It never asks who trades: it only says by which numbers.
"""
