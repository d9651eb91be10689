"""What every package stands on: money, actors, roles, state tables, events, deadlines, doors, ui parts.

Nouns: Money, UnitPrice, Actor, Role, StateTable, Refused, Row.
Verbs: moving, stepping, emit, on, once, set_deadline, allow, public, find, insert, ask.
It never knows a trade: no order, offer or company appears here.
"""
