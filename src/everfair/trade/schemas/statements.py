"""What programs read of an order's money."""

from __future__ import annotations

from datetime import date, datetime

from everfair.base.api import MoneyOut, Schema


class StageSumsOut(Schema):
    """The escrow of stage `n`: what was paid in is what is held, went to the seller, was taken as fees, went back or was lost."""

    n: int
    funded: MoneyOut
    held: MoneyOut
    released: MoneyOut
    fees: MoneyOut
    refunded: MoneyOut
    lost: MoneyOut


class MovementOut(Schema):
    """`amount` is above zero when it came into the escrow. `purpose`: fund, release (to the seller), fee, refund (to the buyer), or empty
    where the kind says it. `booked_on` is the accounting day."""

    id: int
    stage: int
    booked_on: date
    posted_at: datetime
    kind: str
    words: str
    purpose: str
    amount: MoneyOut


class OrderStatementOut(Schema):
    stages: list[StageSumsOut]
    items: list[MovementOut]
    next_cursor: str | None = None


class EscrowSumsOut(Schema):
    currency: str
    bought: MoneyOut
    sold: MoneyOut
