"""The state of the books and the freeze of payouts, as an operator's program reads them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from everfair.base.api import MoneyOut, Schema


class WordOut(Schema):
    """Who said it, when and why."""

    by: str
    said_at: datetime
    reason: str


class FreezeOut(Schema):
    """Nothing is paid out while one is `open`: it is lifted by the words of two operators."""

    id: UUID
    open: bool
    placed: WordOut
    words: list[WordOut]


class BooksStateOut(Schema):
    """`standing`: ready, frozen, or unchecked (nobody proves the books at the moment). `checkpoints`: ready, on this machine only, or not
    written. `freezes`: newest first."""

    standing: str
    checkpoints: str
    freezes: list[FreezeOut]


class CreditExposureOut(Schema):
    """One line by which something is owed. `held` is for goods not accepted yet; `due` is to be repaid, `overdue` of it is late."""

    credit: UUID
    seller: UUID
    buyer: UUID
    limit: MoneyOut
    owed: MoneyOut
    held: MoneyOut
    due: MoneyOut
    overdue: MoneyOut
