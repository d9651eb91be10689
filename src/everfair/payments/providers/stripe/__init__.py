"""Stripe by its official SDK: Checkout's hosted page, refunds, transfers to connected accounts, balance transactions, signed webhooks.

`client` keeps the port, `calls` speaks with Stripe and tells its failures apart, `answers` and `events` read what it says, `amounts`
counts as it counts, `keys` are its settings. The SDK is loaded only where an installation has keys.
"""
