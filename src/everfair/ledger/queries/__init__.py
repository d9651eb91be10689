"""Everything that reads the books: balances as they are and were, and what an accountant asks for."""

from everfair.ledger.freezing import frozen
from everfair.ledger.queries.balances import Held, Line, balance, balance_at, escrows, hold_of, statement, summed, wallets
from everfair.ledger.queries.lines import JournalLine, Movement, journal, journal_of, movements
from everfair.ledger.queries.periods import PeriodRow, after_month, is_open, months, period_of
from everfair.ledger.queries.plain_text import account_in_text, journal_in_text
from everfair.ledger.queries.trial import TrialBalance, TrialRow, trial_balance
from everfair.ledger.sealing import newest_seal
from everfair.ledger.watching import freezes, state_of_the_books, where_checkpoints_go

__all__ = [
    "Held",
    "JournalLine",
    "Line",
    "Movement",
    "PeriodRow",
    "TrialBalance",
    "TrialRow",
    "account_in_text",
    "after_month",
    "balance",
    "balance_at",
    "escrows",
    "freezes",
    "frozen",
    "hold_of",
    "is_open",
    "journal",
    "journal_in_text",
    "journal_of",
    "months",
    "movements",
    "newest_seal",
    "period_of",
    "state_of_the_books",
    "statement",
    "summed",
    "trial_balance",
    "wallets",
    "where_checkpoints_go",
]
