"""Money in and out through providers: intents, verified events, bank accounts, payouts.

Nouns: Intent, ProviderEvent, BankAccount, Payout.
Verbs: open_intent, start_checkout, take_event, request_payout.
It never knows what is paid for: it reports a capture, and the payer's package moves on.
"""
