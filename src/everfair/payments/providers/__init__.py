"""Payment providers: one port, one client per provider, a table of names.

Nouns: provider, checkout, refund, payout, provider event. Verbs: open_checkout, look_up, refund, send_payout, verify_event.
Never: Django, the database, retries, or a choice between providers. Callers read `port` and get a client from `table`.
"""
