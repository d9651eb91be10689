"""The operator's desk: queues, verification, stops, cases, rules, mapping, books, audit trail. There is no other admin.

Nouns: queue, company file, order file, split. Verbs: decide_issue, map_source, change_rule, settle_event, repeat_reaction.
It writes through the actions of the packages below and leaves a note of every act and look; it has no tables of its own.
"""
