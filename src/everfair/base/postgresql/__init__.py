"""Django's PostgreSQL, with sessions that keep what they have learned (`base.py`); named in the settings as ENGINE."""
