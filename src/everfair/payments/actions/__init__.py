"""Everything that writes about payments, by noun."""

from everfair.payments.actions.bank_accounts import add_bank_account, remove_bank_account
from everfair.payments.actions.checkouts import give_up, start_checkout
from everfair.payments.actions.events import take_event
from everfair.payments.actions.intents import expire_intent, open_intent, return_received, spend_received
from everfair.payments.actions.payouts import request_payout, send_payout
from everfair.payments.actions.rails import keep_drill, order_rail

__all__ = [
    "add_bank_account",
    "expire_intent",
    "give_up",
    "keep_drill",
    "open_intent",
    "order_rail",
    "remove_bank_account",
    "request_payout",
    "return_received",
    "send_payout",
    "spend_received",
    "start_checkout",
    "take_event",
]
