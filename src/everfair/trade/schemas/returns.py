"""Money that a seller gives back."""

from __future__ import annotations

from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import MoneyOut, Schema
from everfair.trade.schemas.orders import AmountText


class ReturnIn(Schema):
    """`amount` in the order's currency."""

    model_config = ConfigDict(extra="forbid")
    amount: AmountText
    reason: str = Field(min_length=1, max_length=2000)


class ReturnOut(Schema):
    id: UUID
    amount: MoneyOut
    reason: str
