"""The books: accounts, entries, transfers, holds, and the proofs that they are right.

Nouns: Account, Entry, Transfer, Hold, Escrow, Period, Seal, Freeze.
Verbs: post_entry, reserve, post_hold, void_hold, expire_hold, close_month, confirm_month, correct_entry, freeze_payouts, lift_freeze.
It never knows why money moves; `post_entry` is the only door, and the database holds the last word.
"""
