"""Money in and out through providers: intents, verified events, bank accounts, payouts.

Nouns: Intent, Route, Refund, ProviderEvent, BankAccount, Payout; rails and who is behind them.
Verbs: open_intent, start_checkout, take_event, send_refund, order_rail, request_payout.
It never knows what is paid for: it reports a capture, and the payer's package moves on.
"""
