"""The only place that knows everything: settings, urls, worker, command line, home pages.

Nouns: settings, supervisor, engine, worker.
Verbs: up, serve, work, back up, restore.
It never holds a rule of trade.
"""
