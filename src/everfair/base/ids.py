"""Identifiers: UUIDv7, so that rows made later sort later and indexes grow at their end."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    return UUID(bytes=uuid7().bytes)
