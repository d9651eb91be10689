"""Plain values of payments, and the words of its codes."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# fmt: off
PROVIDER_WORDS = name_codes("provider", {"sandbox": _("Sandbox (play money)")})
INTENT_WORDS = name_codes("payments.intent", {
    "created": _("Prepared"), "open": _("Being paid"), "indeterminate": _("We are asking the provider"),
    "failed": _("Failed"), "expired": _("Ran out"), "captured": _("Paid"),
})
PAYOUT_WORDS = name_codes("payments.payout", {
    "requested": _("Asked for"), "sent": _("On its way"), "indeterminate": _("We are asking the provider"),
    "paid": _("Arrived at the bank"), "failed": _("Could not be made; the money is free again"),
})
# What a provider tells us of (`providers/port.py`), what we made of it, and why.
EVENT_WORDS = name_codes("provider event", {
    "checkout.captured": _("Payment received"), "checkout.failed": _("Payment failed"),
    "refund.succeeded": _("Payment returned"), "payout.paid": _("Payout arrived"), "payout.failed": _("Payout failed"),
})
OUTCOME_WORDS = name_codes("provider event outcome", {
    "new": _("Not looked at yet"), "applied": _("Applied"), "ignored": _("Nothing to do"),
    "mismatch": _("Does not fit its payment"), "unknown": _("Belongs to nothing"),
})
OUTCOME_NOTE_WORDS = name_codes("provider event note", {
    "no such intent": _("There is no such payment"),
    "no such payout": _("There is no such payout"),
    "another account": _("It is of another merchant account"),
    "another amount or currency": _("Amount or currency is another one"),
    "another recipient": _("The recipient is another one"),
    "another checkout": _("It is of another checkout"),
    "amount, currency or recipient of the payout": _("Amount, currency or recipient of the payout is another one"),
    "captured before": _("This payment had been received already"),
    "older than what we know": _("It is older than what we know"),
})
ENTRY_WORDS = name_codes("entry", {
    "payment_captured": _("Payment received from the provider"),
    "payment_mismatch": _("Payment that fits nothing, into suspense"),
    "payment_returned": _("Payment no longer needed, into the payer's wallet"),
    "payout": _("Payout to a bank account"),
})
PROOF_WORDS = name_codes("proof", {
    "every captured payment stands in the books once, with its amount":
        _("Every captured payment stands in the books once, with its amount"),
    "every paid payout left its wallet once, and every open one is held there":
        _("Every paid payout left its wallet once, and every open one is held there"),
})
DEADLINE_WORDS = name_codes("deadline", {"payments.intent": _("Finish the payment")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"payments": _("Payments")})
# fmt: on


def payout_reference(payout_id: UUID) -> str:
    """What people call a payout: the end of its id."""
    return f"P-{payout_id.hex[-8:].upper()}"
