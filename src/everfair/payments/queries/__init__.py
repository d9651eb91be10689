"""Everything that reads about payments, by noun."""

from everfair.payments.queries.money import (
    StatementLine,
    bank_account,
    bank_accounts_of,
    explain_lines_with,
    intent,
    intents_of,
    intents_visible_to,
    line_words,
    misfits,
    payout,
    payouts_page,
    payouts_visible_to,
    wallet_statement,
)
from everfair.payments.queries.rails import (
    RailStanding,
    alarms_of_shares,
    rail_orders,
    rails_face,
    rails_standing,
    ranked_rails,
    share_by_counterparty,
)

__all__ = [
    "RailStanding",
    "StatementLine",
    "alarms_of_shares",
    "bank_account",
    "bank_accounts_of",
    "explain_lines_with",
    "intent",
    "intents_of",
    "intents_visible_to",
    "line_words",
    "misfits",
    "payout",
    "payouts_page",
    "payouts_visible_to",
    "rail_orders",
    "rails_face",
    "rails_standing",
    "ranked_rails",
    "share_by_counterparty",
    "wallet_statement",
]
