"""Rehearsals of bad days, on a copy of the installation that can hurt nobody.

`copying` makes the copy and starts it, `boxes` are its payment providers, `paypal` is the day on which the largest of them leaves.
"""
