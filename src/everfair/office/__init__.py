"""The operator's desk: queues, companies and the end of their mark, stops, offers, cases, rules, mapping, books, letters, audit trail. There is no other admin.

Nouns: queue, company file, order file, split. Verbs: decide_issue, map_source, change_rule, settle_event, settle_carrier_event, repeat_reaction, repeat_letter.
It writes through the actions of the packages below and leaves a note of every act and look (`middleware.py`: also of looks through
other packages' pages). It has no tables of its own, only indexes on the trail.
"""
