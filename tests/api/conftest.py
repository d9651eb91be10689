"""The world of the authorisation matrix, for programs that read the API's document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.house.matrix.conftest import _in_english, _unhurried, world

__all__ = ["_in_english", "_unhurried", "world"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request through WSGI keeps the test's connection, as Django's own test client does: its transaction is the world."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
