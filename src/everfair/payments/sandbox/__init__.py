"""The payment sandbox: a stateful fake payment provider with its own process, port and database. For demos, training and tests.

Nouns: checkout, refund, payout, settlement, event, delivery, fault. Verbs: open, pay, cancel, refund, send, settle, deliver.
Never: real money, Django, or a word with Everfair's database; it is spoken to over HTTP and speaks back by signed webhooks.
Start: python -m everfair.payments.sandbox --port 8001 --data DIR
"""
