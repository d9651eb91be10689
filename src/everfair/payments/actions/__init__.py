"""Everything that writes about payments, by noun."""

from everfair.payments.actions.answers import answer_chargeback, lock_chargeback, refuse_unanswerable, send_answers
from everfair.payments.actions.bank_accounts import (
    add_bank_account,
    confirm_bank_account,
    look_at_bank_account,
    refuse_bank_account,
    remove_bank_account,
)
from everfair.payments.actions.bank_returns import bounce_return, except_return, readmit_return
from everfair.payments.actions.batches import except_payout, prepare_batch, release_batch, reopen_batch
from everfair.payments.actions.chargebacks import EventTooEarly
from everfair.payments.actions.checkouts import give_up, start_checkout
from everfair.payments.actions.covering import book_cover, propose_cover, withdraw_cover
from everfair.payments.actions.covers import Cover, cover_chargebacks_with
from everfair.payments.actions.credit import (
    agree_to_credit,
    change_credit_limit,
    close_credit,
    grant_credit,
    pause_credit,
    resume_credit,
)
from everfair.payments.actions.debts import net_debts, owe_company
from everfair.payments.actions.desk import (
    approve_decision,
    assign_line,
    book_costs,
    keep_line,
    note_bounced,
    note_cover,
    note_paid,
    note_return_sent,
    note_withdrawal,
    return_line,
    second_from,
    settle_break,
    withdraw_decision,
)
from everfair.payments.actions.draws import leave_on_credit
from everfair.payments.actions.dues import pay_due, settle_due
from everfair.payments.actions.events import keep_refused, take_event
from everfair.payments.actions.exchanging import pay_by_quote, quote_exchange, quote_payment, take_quote, watch_exposure
from everfair.payments.actions.files import bounce_bank_payout, hand_over_batch, settle_bank_payout, take_file, take_file_again
from everfair.payments.actions.given_back import lower_dues
from everfair.payments.actions.intents import expire_intent, open_intent, return_received, spend_received
from everfair.payments.actions.locking import end_held_rates, hold_rate
from everfair.payments.actions.looking import match_lines
from everfair.payments.actions.payouts import approve_payout, cancel_payout, readmit_payout, request_payout, send_payout
from everfair.payments.actions.rails import keep_drill, limit_rail, order_rail
from everfair.payments.actions.rates import fetch_rates, import_rates
from everfair.payments.actions.reserves import keep_reserve
from everfair.payments.actions.settling import book_break, dismiss_break, read_statement, take_statement
from everfair.payments.actions.statements import import_statement
from everfair.payments.actions.transfers import choose_bank, choose_card
from everfair.payments.actions.ways import pay_by

__all__ = [
    "Cover",
    "EventTooEarly",
    "add_bank_account",
    "agree_to_credit",
    "answer_chargeback",
    "approve_decision",
    "approve_payout",
    "assign_line",
    "book_break",
    "book_costs",
    "book_cover",
    "bounce_bank_payout",
    "bounce_return",
    "cancel_payout",
    "change_credit_limit",
    "choose_bank",
    "choose_card",
    "close_credit",
    "confirm_bank_account",
    "cover_chargebacks_with",
    "dismiss_break",
    "end_held_rates",
    "except_payout",
    "except_return",
    "expire_intent",
    "fetch_rates",
    "give_up",
    "grant_credit",
    "hand_over_batch",
    "hold_rate",
    "import_rates",
    "import_statement",
    "keep_drill",
    "keep_line",
    "keep_refused",
    "keep_reserve",
    "leave_on_credit",
    "limit_rail",
    "lock_chargeback",
    "look_at_bank_account",
    "lower_dues",
    "match_lines",
    "net_debts",
    "note_bounced",
    "note_cover",
    "note_paid",
    "note_return_sent",
    "note_withdrawal",
    "open_intent",
    "order_rail",
    "owe_company",
    "pause_credit",
    "pay_by",
    "pay_by_quote",
    "pay_due",
    "prepare_batch",
    "propose_cover",
    "quote_exchange",
    "quote_payment",
    "read_statement",
    "readmit_payout",
    "readmit_return",
    "refuse_bank_account",
    "refuse_unanswerable",
    "release_batch",
    "remove_bank_account",
    "reopen_batch",
    "request_payout",
    "resume_credit",
    "return_line",
    "return_received",
    "second_from",
    "send_answers",
    "send_payout",
    "settle_bank_payout",
    "settle_break",
    "settle_due",
    "spend_received",
    "start_checkout",
    "take_event",
    "take_file",
    "take_file_again",
    "take_quote",
    "take_statement",
    "watch_exposure",
    "withdraw_cover",
    "withdraw_decision",
]
