"""A market is a frozen row of data naming strategies; every number of a rule is declared once, and dated.

Nouns: Market, Rule, RuleVersion.
Verbs: set_rule.
It never asks who trades: it only says by which numbers.
"""
