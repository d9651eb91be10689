"""Everything that writes the books, by noun."""

from everfair.ledger.actions.periods import close_month, confirm_month, correct_entry, withdraw_closing
from everfair.ledger.actions.posting import expire_hold, post_entry, post_hold, reserve, void_hold
from everfair.ledger.freezing import freeze_payouts, lift_freeze, paying_out, refuse_frozen

__all__ = [
    "close_month",
    "confirm_month",
    "correct_entry",
    "expire_hold",
    "freeze_payouts",
    "lift_freeze",
    "paying_out",
    "post_entry",
    "post_hold",
    "refuse_frozen",
    "reserve",
    "void_hold",
    "withdraw_closing",
]
