"""The authorisation matrix: two companies with the same things each, a table of all doors, and what strangers get there."""
