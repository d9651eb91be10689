"""What every sandbox of an outside service stands on: a process of its own with a socket, a memory, webhooks, faults and a console.

Nouns: Request, Response, Store, Service, Api, Fault, Event, delivery. Verbs: serve, announce, deliver, fire.
A sandbox adds its own things (checkouts, shipments), their routes and words. Never: Django, or a word with Everfair's database.
"""
