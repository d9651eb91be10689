"""The operator's desk: queues, verification, stops, cases, rules, mapping, audit trail. There is no other admin.

It writes only through the actions of the packages below.
"""
