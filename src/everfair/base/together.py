"""Transactions inside transactions.

A savepoint costs two statements. It is needed where somebody catches a refusal and goes on in the same transaction, as a page
does that shows its form again. Where a refusal ends everything anyway (an API write, a batch of reactions), it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction


class Whole:
    """One transaction that is written whole or not at all: what waits to be written in it, and its moment once somebody asked."""

    __slots__ = ("moment", "untold")

    def __init__(self) -> None:
        self.untold: list[tuple[str, Any]] = []
        self.moment: datetime | None = None

    def taken(self) -> list[tuple[str, Any]]:
        taken, self.untold = self.untold, []
        return taken


_whole: ContextVar[Whole | None] = ContextVar("_whole", default=None)


def whole_of() -> Whole | None:
    """The one that is open here."""
    return _whole.get()


def remember_moment(moment: datetime) -> None:
    """`ef_now()` came along with something else that was asked in this transaction."""
    whole = _whole.get()
    if whole is not None:
        whole.moment = moment


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction whose every refusal undoes it whole: its parts make no savepoints of their own, and another one inside it is a
    part of it.

    Who catches a refusal in it and goes on puts `transaction.atomic()` around what may refuse: Django ends the transaction with an
    error otherwise, so forgetting it is loud.
    """
    from everfair.base.sql import tell_now

    if _whole.get() is not None:
        with part():
            yield
        return
    with transaction.atomic():
        token = _whole.set(Whole())
        try:
            yield
            if not transaction.get_rollback():
                tell_now()
        finally:
            _whole.reset(token)


def part() -> Any:
    """A transaction, or a part of the one that is open: written whole or not at all."""
    return transaction.atomic(savepoint=_whole.get() is None)
