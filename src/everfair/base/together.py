"""Transactions inside transactions.

A savepoint costs two statements. It is needed where somebody catches a refusal and goes on in the same transaction, as a page
does that shows its form again. Where a refusal ends everything anyway (an API write, a batch of reactions), it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

_all_or_nothing: ContextVar[bool] = ContextVar("_all_or_nothing", default=False)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction whose every refusal undoes it whole: its parts make no savepoints of their own.

    Who catches a refusal in it and goes on puts `transaction.atomic()` around what may refuse: Django ends the transaction with an
    error otherwise, so forgetting it is loud.
    """
    with transaction.atomic():
        token = _all_or_nothing.set(True)
        try:
            yield
        finally:
            _all_or_nothing.reset(token)


def part() -> Any:
    """A transaction, or a part of the one that is open: written whole or not at all."""
    return transaction.atomic(savepoint=not _all_or_nothing.get())
