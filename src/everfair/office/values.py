"""The words under which the office's acts stand in the audit trail. People search for them, so they never change."""

# Written by `companies` at registration, and our answer to it.
LOOKALIKE = "lookalike name"
NAME_CLEARED = "name looked at"

SETTLED = "provider event settled"
LOOKED_AT_COMPANY = "looked at a company"
LOOKED_AT_ORDER = "looked at an order"
LOOKED_AT_ACCOUNT = "looked at an account"
LOOKED_AT_EVENT = "looked at a provider event"
RESOLVED = "issue resolved"
MAPPED = "category mapped"
RULE_SET = "rule set"
REACTION_SETTLED = "dead reaction settled"
REACTION_REPEATED = "dead reaction repeated"
DEADLINE_REPEATED = "deadline set again"
