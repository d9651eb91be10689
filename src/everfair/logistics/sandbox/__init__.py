"""The carrier sandbox: a stateful fake carrier with its own process, port and database. For demos, training and tests.

Nouns: shipment, package, scan, event, delivery, fault. Verbs: book, cancel, scan, deliver.
Never: real goods, Django, or a word with Everfair's database; it is spoken to over HTTP and speaks back by signed webhooks.
Start: python -m everfair.logistics.sandbox --port 8002 --data DIR
"""
