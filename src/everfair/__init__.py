"""Everfair: the trade fair that never closes."""
