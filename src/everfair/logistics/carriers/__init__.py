"""Carriers: the port they all keep, a table, and a folder for each. A new one: copy a folder, change it, add a row to the table."""
