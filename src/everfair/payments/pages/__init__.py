"""Pages of money, by noun: one payment, the wallet, what leaves."""
