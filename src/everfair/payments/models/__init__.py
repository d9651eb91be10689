"""Columns and constraints of payments, by noun."""

from everfair.payments.models.bank import BankBreak, BankLine, BankReturn, BankStatement, LineDecision, Match, StatementFile
from everfair.payments.models.chargebacks import Chargeback, ChargebackTake, Reserve
from everfair.payments.models.covers import FxCover
from everfair.payments.models.credit import MOST_NET_DAYS, CreditDraw, CreditDue, CreditLimit, CreditLine
from everfair.payments.models.fx import FxAlarm, FxDeal, FxLock, FxLockEnd, FxQuote, Rate, RateFile
from everfair.payments.models.incoming import ROUTE_OUTCOMES, Intent, ProviderEvent, Refund, Route
from everfair.payments.models.outgoing import BankAccount, Batch, Debt, FileTaking, Payout, PayoutFile
from everfair.payments.models.rails import Drill, RailCall, RailOrder, ShareAlarm
from everfair.payments.models.settling import BREAK_KINDS, WITHDRAWALS, RailBreak, SettledLine, StatementDay

__all__ = [
    "BREAK_KINDS", "MOST_NET_DAYS", "ROUTE_OUTCOMES", "WITHDRAWALS", "BankAccount", "BankBreak", "BankLine", "BankReturn", "BankStatement",
    "Batch", "Chargeback", "ChargebackTake", "CreditDraw", "CreditDue", "CreditLimit", "CreditLine", "Debt", "Drill",
    "FileTaking", "FxAlarm", "FxCover", "FxDeal", "FxLock", "FxLockEnd", "FxQuote", "Intent", "LineDecision", "Match", "Payout", "PayoutFile",
    "ProviderEvent", "RailBreak", "RailCall", "RailOrder", "Rate", "RateFile", "Refund", "Reserve", "Route", "SettledLine", "ShareAlarm", "StatementDay", "StatementFile",
]  # fmt: skip
