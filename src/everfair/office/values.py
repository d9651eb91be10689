"""The words under which the office's acts stand in the audit trail. People search for them, so they never change."""

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# Written by `companies` at registration, and our answer to it.
LOOKALIKE = "lookalike name"
NAME_CLEARED = "name looked at"

SETTLED = "provider event settled"
CARRIER_EVENT_SETTLED = "carrier event settled"
LOOKED_AT_CARRIER_EVENT = "looked at a carrier event"
LOOKED_AT_COMPANY = "looked at a company"
LOOKED_AT_ORDER = "looked at an order"
LOOKED_AT_CLAIM = "looked at a claim"
LOOKED_AT_ACCOUNT = "looked at an account"
LOOKED_AT_EVENT = "looked at a provider event"
RESOLVED = "issue resolved"
MAPPED = "category mapped"
RULE_SET = "rule set"
RAIL_ORDERED = "payment rail ordered"
REACTION_SETTLED = "dead reaction settled"
REACTION_REPEATED = "dead reaction repeated"
DEADLINE_REPEATED = "deadline set again"
LOOKED_AT_OFFER = "looked at an offer"
LOOKED_AT_PAPER = "looked at a paper"
LOOKED_AT_REQUEST = "looked at a request"
LOOKED_AT_TALK = "looked at a talk"
LOOKED_AT_FILE = "looked at a file"
LETTER_REPEATED = "letter sent again"
TRAIL_EXPORTED = "exported the audit trail"

# fmt: off
ACT_WORDS = name_codes("act", {
    NAME_CLEARED: _("Let a lookalike name stand"),
    SETTLED: _("Settled a provider event"),
    CARRIER_EVENT_SETTLED: _("Settled a carrier's event"),
    LOOKED_AT_CARRIER_EVENT: _("Looked at a carrier's event"),
    LOOKED_AT_COMPANY: _("Looked at a company"),
    LOOKED_AT_ORDER: _("Looked at an order"),
    LOOKED_AT_CLAIM: _("Looked at a claim"),
    "set a ground": _("Set a ground for rulings"),
    LOOKED_AT_ACCOUNT: _("Looked at an account"),
    LOOKED_AT_EVENT: _("Looked at a provider event"),
    RESOLVED: _("Decided an issue"),
    MAPPED: _("Mapped a category"),
    RULE_SET: _("Set a rule"),
    RAIL_ORDERED: _("Opened or closed a payment rail"),
    REACTION_SETTLED: _("Settled a dead reaction by hand"),
    REACTION_REPEATED: _("Repeated a dead reaction"),
    DEADLINE_REPEATED: _("Let a deadline fire again"),
    LOOKED_AT_OFFER: _("Looked at an offer that is not public"),
    LOOKED_AT_PAPER: _("Looked at a paper of a trade"),
    LOOKED_AT_REQUEST: _("Looked at a request or its quotes"),
    LOOKED_AT_TALK: _("Looked at a talk"),
    LOOKED_AT_FILE: _("Looked at a file"),
    LETTER_REPEATED: _("Let a letter be sent again"),
    TRAIL_EXPORTED: _("Exported the audit trail"),
})
# The names under which notes and entries keep what was before and after, and why.
FIELD_WORDS = name_codes("field", {
    "account": _("Account"), "address": _("Address"), "buyer_share": _("Share of the buyer"), "category": _("Category"), "event": _("Event"),
    "evidence": _("Evidence"), "generation": _("Which time"), "intent": _("Payment"), "issue": _("Issue"), "kind": _("Kind"), "letter": _("Letter"),
    "market": _("Market"), "note": _("What was seen"), "order": _("Order"), "outcome": _("Outcome"), "paper": _("Paper"), "payout": _("Payout"),
    "like": _("Is like"), "name": _("Name"), "names": _("Other names"), "number": _("Number"), "provider_ref": _("Number at the provider"), "reason": _("Reason"), "roles": _("Roles"),
    "rule": _("Rule"), "scopes": _("What the key may do"), "source": _("Their word"), "stage": _("Stage"), "stop": _("Stop"),
    "subscriber": _("Part of the platform"), "valid_from": _("From"), "value": _("Value"), "verified_until": _("Verified until"),
})
# fmt: on
