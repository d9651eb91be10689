"""Every fact that can happen: frozen dataclasses of ids, Money and moments; one file per publisher.

Importing a publisher's file declares its events. Nothing here reads or writes.
"""
