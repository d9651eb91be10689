"""The words under which the office's acts stand in the audit trail. People search for them, so they never change."""

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# Of a bank's statements or of exchange rates, in bytes.
LARGEST_FILE = 10 * 2**20

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
FEES_SET = "fees set"
RAIL_ORDERED = "payment rail ordered"
RAIL_LIMITED = "payment rail limited"
BANK_LINE_DECIDED = "bank line decided"
BANK_LINE_KEPT = "bank line kept in suspense"
BANK_DECISION_APPROVED = "bank decision approved"
BANK_DECISION_WITHDRAWN = "bank decision withdrawn"
BANK_BREAK_SETTLED = "bank break settled"
BANK_STATEMENT_TAKEN = "bank statement taken"
RETURN_TAKEN_OUT, RETURN_READMITTED, RETURN_BOUNCED = (
    "bank return taken out",
    "bank return readmitted",
    "bank return not done by the bank",
)
RATES_TAKEN = "exchange rates taken"
COVER_PROPOSED, COVER_BOOKED, COVER_WITHDRAWN = "cover noted", "cover booked", "cover withdrawn"
PAYOUTS_FROZEN = "payouts frozen"
FREEZE_LIFTED = "word to lift a freeze"
REACTION_SETTLED = "dead reaction settled"
REACTION_REPEATED = "dead reaction repeated"
DEADLINE_REPEATED = "deadline set again"
LOOKED_AT_OFFER = "looked at an offer"
LOOKED_AT_PAPER = "looked at a paper"
LOOKED_AT_REQUEST = "looked at a request"
LOOKED_AT_TALK = "looked at a talk"
LOOKED_AT_FILE = "looked at a file"
LOOKED_AT_VERIFICATION = "looked at a verification"
LOOKED_AT_RISK = "looked at a risk case"
LOOKED_AT_HIT = "looked at a hit"
LOOKED_AT_POINTS = "looked at penalty points"
LOOKED_AT_ENTRY = "looked at an entry of the blacklist"
LOOKED_AT_COMPLAINT = "looked at a complaint"
TRIED = "tried what is not theirs"
LETTER_REPEATED = "letter sent again"
TRAIL_EXPORTED = "exported the audit trail"
BOOKS_EXPORTED = "exported the books"
MONTH_CLOSED = "closed a month"
MONTH_CONFIRMED = "confirmed a closed month"
MONTH_REOPENED = "opened a month again"
BREAK_BOOKED = "booked a break"
BREAK_DISMISSED = "dismissed a break"
CHARGEBACK_ACCEPTED, CHARGEBACK_CONTESTED = "accepted a chargeback", "contested a chargeback"
ENTRY_CORRECTED = "corrected an entry"
# What is done about money that leaves.
ACCOUNT_LOOKED, ACCOUNT_CONFIRMED, ACCOUNT_REFUSED = "bank account looked at", "bank account confirmed", "bank account refused"
PAYOUT_APPROVED, PAYOUT_TAKEN_OUT, PAYOUT_READMITTED = "payout approved", "payout taken out", "payout readmitted"
PAYOUT_CANCELLED, PAYOUT_SETTLED, PAYOUT_BOUNCED = "payout called off", "payout settled by hand", "payout bounced by hand"
BATCH_PREPARED, BATCH_REOPENED, BATCH_RELEASED = "batch put forward", "batch reopened", "batch released"
FILE_TAKEN, BATCH_HANDED_OVER = "payout file taken", "payout file handed to the bank"

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
    FEES_SET: _("Set the fees of a market"),
    RAIL_ORDERED: _("Opened or closed a payment rail"),
    RAIL_LIMITED: _("Said what a payment rail may carry"),
    BANK_LINE_DECIDED: _("Decided about a bank line"), BANK_LINE_KEPT: _("Kept a bank line in suspense"),
    BANK_DECISION_APPROVED: _("Approved a decision about a bank line"), BANK_DECISION_WITHDRAWN: _("Withdrew a decision about a bank line"),
    BANK_BREAK_SETTLED: _("Settled a break of a bank statement"), RATES_TAKEN: _("Took a file of exchange rates"),
    COVER_PROPOSED: _("Noted an exchange at our bank"), COVER_BOOKED: _("Booked an exchange at our bank"), COVER_WITHDRAWN: _("Withdrew an exchange at our bank"),
    BANK_STATEMENT_TAKEN: _("Took a file of bank statements"),
    RETURN_TAKEN_OUT: _("Took a transfer that goes back out of its batch"), RETURN_READMITTED: _("Readmitted a transfer that goes back"),
    RETURN_BOUNCED: _("Noted that the bank did not send a transfer back"),
    PAYOUTS_FROZEN: _("Froze payouts"),
    FREEZE_LIFTED: _("Gave a word to let payouts go on"),
    REACTION_SETTLED: _("Settled a dead reaction by hand"),
    REACTION_REPEATED: _("Repeated a dead reaction"),
    DEADLINE_REPEATED: _("Let a deadline fire again"),
    LOOKED_AT_OFFER: _("Looked at an offer that is not public"),
    LOOKED_AT_PAPER: _("Looked at a paper of a trade"),
    LOOKED_AT_REQUEST: _("Looked at a request or its quotes"),
    LOOKED_AT_TALK: _("Looked at a talk"),
    LOOKED_AT_FILE: _("Looked at a file"),
    LOOKED_AT_VERIFICATION: _("Looked at a verification"),
    LOOKED_AT_RISK: _("Looked at a risk case"),
    LOOKED_AT_HIT: _("Looked at a hit on a sanction list"),
    LOOKED_AT_POINTS: _("Looked at penalty points"),
    LOOKED_AT_ENTRY: _("Looked at an entry of the blacklist"),
    LOOKED_AT_COMPLAINT: _("Looked at a complaint"),
    TRIED: _("Tried what their role or a link forbids"),
    LETTER_REPEATED: _("Let a letter be sent again"),
    TRAIL_EXPORTED: _("Exported the audit trail"),
    BOOKS_EXPORTED: _("Exported the books"), ENTRY_CORRECTED: _("Corrected an entry"),
    MONTH_CLOSED: _("Closed a month, as the first"), MONTH_CONFIRMED: _("Closed a month for good"), MONTH_REOPENED: _("Opened a month again"),
    CHARGEBACK_ACCEPTED: _("Accepted a chargeback"), CHARGEBACK_CONTESTED: _("Contested a chargeback"),
    BREAK_BOOKED: _("Booked a break in a provider's statement"), BREAK_DISMISSED: _("Dismissed a break in a provider's statement"),
    ACCOUNT_LOOKED: _("Looked at a bank account"), ACCOUNT_CONFIRMED: _("Confirmed a bank account"), ACCOUNT_REFUSED: _("Did not accept a bank account"),
    PAYOUT_APPROVED: _("Approved a payout"), PAYOUT_TAKEN_OUT: _("Took a payout out of its batch"), PAYOUT_READMITTED: _("Let a payout go on"),
    PAYOUT_CANCELLED: _("Called a payout off"), PAYOUT_SETTLED: _("Noted by hand that a payout arrived"), PAYOUT_BOUNCED: _("Noted by hand that a payout came back"),
    BATCH_PREPARED: _("Put a batch of payouts forward"), BATCH_REOPENED: _("Opened a batch of payouts again"), BATCH_RELEASED: _("Let a batch of payouts go"),
    FILE_TAKEN: _("Took a payout file"), BATCH_HANDED_OVER: _("Handed a payout file to the bank"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"office": _("Office")})
# The names under which notes and entries keep what was before and after, and why.
FIELD_WORDS = name_codes("field", {
    "account": _("Account"), "address": _("Address"), "buyer_share": _("Share of the buyer"), "category": _("Category"), "event": _("Event"),
    "evidence": _("Evidence"), "freeze": _("Freeze of payouts"), "generation": _("Which time"), "intent": _("Payment"), "issue": _("Issue"), "kind": _("Kind"), "letter": _("Letter"), "line": _("Line of a statement"), "file": _("File"), "booked": _("Booked"), "breaks": _("Breaks"), "amount": _("Amount"), "plan": _("Plan"),
    "market": _("Market"), "note": _("What was seen"), "order": _("Order"), "outcome": _("Outcome"), "paper": _("Paper"), "payout": _("Payout"),
    "like": _("Is like"), "name": _("Name"), "names": _("Other names"), "number": _("Number"), "provider_ref": _("Number at the provider"), "reason": _("Reason"), "roles": _("Roles"),
    "rule": _("Rule"), "scopes": _("What the key may do"), "source": _("Their word"), "stage": _("Stage"), "stop": _("Stop"),
    "break": _("Break"), "corrects": _("Corrects"), "settles": _("Settles"), "month": _("Month"), "rail": _("Provider"), "on": _("Day"),
    "of": _("Statement of"), "what": _("Which"), "from_on": _("From"), "to_on": _("Until"), "currency": _("Currency"), "after": _("After"),
    "open": _("Open for new payments"), "ends_on": _("Ends on"), "markets": _("Markets"), "currencies": _("Currencies"),
    "most": _("Largest payment"), "watched": _("Payments under watch"),
    "subscriber": _("Part of the platform"), "valid_from": _("From"), "value": _("Value"), "verified_until": _("Verified until"),
})
# fmt: on
