"""Any carrier that tells us nothing: people book it elsewhere, type its number, and say themselves what they saw."""
