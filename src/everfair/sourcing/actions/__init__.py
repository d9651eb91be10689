"""Everything that writes: requests, quotes, inquiries."""

from .inquiries import send_inquiry
from .quotes import accept_quote, decline_quote, revise_quote, send_quote, withdraw_quote
from .rfqs import cancel_rfq, close_rfq, post_rfq

__all__ = [
    "accept_quote",
    "cancel_rfq",
    "close_rfq",
    "decline_quote",
    "post_rfq",
    "revise_quote",
    "send_inquiry",
    "send_quote",
    "withdraw_quote",
]
