"""Plain values of payments, and the words of its codes."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# fmt: off
PROVIDER_WORDS = name_codes("provider", {"sandbox": _("Sandbox (play money)"), "sandbox2": _("Second sandbox (play money)")})
INTENT_WORDS = name_codes("payments.intent", {
    "created": _("Prepared"), "open": _("Being paid"), "indeterminate": _("We are asking the provider"),
    "failed": _("Failed"), "expired": _("Ran out"), "captured": _("Paid"),
})
PAYOUT_WORDS = name_codes("payments.payout", {
    "requested": _("Asked for"), "sent": _("On its way"), "indeterminate": _("We are asking the provider"),
    "paid": _("Arrived at the bank"), "failed": _("Could not be made; the money is free again"),
})
REFUND_WORDS = name_codes("payments.refund", {
    "requested": _("To be returned"), "sent": _("On its way back"), "indeterminate": _("We are asking the provider"),
    "done": _("Returned to the payer"), "failed": _("Could not be returned; it is in the payer's wallet"),
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
    "no such refund": _("There is no such return of a payment"),
    "no such payout": _("There is no such payout"),
    "another account": _("It is of another merchant account"),
    "another amount or currency": _("Amount or currency is another one"),
    "another recipient": _("The recipient is another one"),
    "another checkout": _("It is of another checkout"),
    "amount, currency or recipient of the payout": _("Amount, currency or recipient of the payout is another one"),
    "amount or currency of the refund": _("Amount or currency of the returned payment is another one"),
    "captured elsewhere before: it goes back": _("Another provider had this payment already: it goes back to the payer"),
    "paid by another payment: it goes back": _("Another payment had paid for this already: it goes back to the payer"),
    "another rail carries it": _("Another provider carries this payment"),
    "captured before": _("This payment had been received already"),
    "older than what we know": _("It is older than what we know"),
})
ENTRY_WORDS = name_codes("entry", {
    "payment_captured": _("Payment received from the provider"),
    "payment_mismatch": _("Payment that fits nothing, into suspense"),
    "payment_returned": _("Payment no longer needed, into the payer's wallet"),
    "payout": _("Payout to a bank account"),
    "refund_owed": _("Payment that came twice, owed back to the payer"), "refund": _("Payment returned to the payer"),
    "refund_kept": _("Payment that could not be returned, into the payer's wallet"),
})
PROOF_WORDS = name_codes("proof", {
    "every captured payment stands in the books once, with its amount":
        _("Every captured payment stands in the books once, with its amount"),
    "every refund is owed until it is back or in the wallet":
        _("Every refund is owed until it is back or in the wallet"),
    "every paid payout left its wallet once, and every open one is held there":
        _("Every paid payout left its wallet once, and every open one is held there"),
})
DEADLINE_WORDS = name_codes("deadline", {"payments.intent": _("Finish the payment")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"payments": _("Payments")})
# fmt: on


def payout_reference(payout_id: UUID) -> str:
    """What people call a payout: the end of its id."""
    return f"P-{payout_id.hex[-8:].upper()}"
