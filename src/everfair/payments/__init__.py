"""Money in and out through providers: intents, verified events, bank accounts, payouts, batches, debts.

Nouns: Intent, Route, Refund, ProviderEvent; rails and who is behind them; CreditLine, CreditDue; BankStatement, BankLine, Match;
BankAccount, Payout, Batch, Debt.
Verbs: open_intent, start_checkout, choose_bank, pay_by, take_event, import_statement, send_refund, order_rail, limit_rail, request_payout,
release_batch, owe_company.
It never knows what is paid for: it reports a capture, and the payer's package moves on.
"""
