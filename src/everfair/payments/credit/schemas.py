"""What programs send and read about trade credit and the ways to pay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from everfair.base.api import MoneyOut, Schema
from everfair.payments.models import MOST_NET_DAYS
from everfair.payments.queries.ways import WAYS
from everfair.payments.schemas import AmountText, CurrencyCode


class WayOut(Schema):
    """`open`: it could be used for this payment now; `note` says more in words. `at_once`: `POST …/pay` pays by it, else a page goes on."""

    method: str
    title: str
    open: bool
    note: str
    proposed: bool
    at_once: bool


class PayByIn(Schema):
    model_config = ConfigDict(extra="forbid")
    method: Literal[tuple(WAYS)]  # type: ignore[valid-type]


class CreditIn(Schema):
    """`buyer`: the number of a company that you have business with."""

    model_config = ConfigDict(extra="forbid")
    buyer: int = Field(ge=1, lt=2**63, strict=True)
    limit: AmountText
    currency: CurrencyCode
    net_days: int = Field(ge=1, le=MOST_NET_DAYS, strict=True)


class LimitIn(Schema):
    model_config = ConfigDict(extra="forbid")
    limit: AmountText


class AgesOut(Schema):
    """What is due, by how late it is: not yet, 1–30, 31–60, 61–90 and more than 90 days."""

    current: MoneyOut
    days_1_30: MoneyOut
    days_31_60: MoneyOut
    days_61_90: MoneyOut
    older: MoneyOut


class AgeingOut(Schema):
    """All lines of one currency together: `held` is for goods not accepted yet, `ages` is what is due, `owed` both."""

    currency: str
    held: MoneyOut
    ages: AgesOut
    owed: MoneyOut


class CreditLimitOut(Schema):
    """A limit as it was set; the newest holds."""

    limit: MoneyOut
    set_at: datetime


class DrawOut(Schema):
    """A payment made on credit. Of its `amount` so much is `held` in escrow and so much `came_back`; the rest became a debt."""

    payment: UUID
    subject: str
    drawn_at: datetime
    amount: MoneyOut
    held: MoneyOut
    came_back: MoneyOut


class DrawPage(Schema):
    items: list[DrawOut]
    next_cursor: str | None = None


class CreditOut(Schema):
    """`state`: offered, agreed, paused, closed. `owed` is drawn in all; `held` of it is for goods not accepted yet. `held_back`:
    something is overdue for too long, nothing new is drawn."""

    id: UUID
    seller: UUID
    buyer: UUID
    state: Annotated[str, StringConstraints(max_length=20)]
    net_days: int
    limit: MoneyOut
    owed: MoneyOut
    held: MoneyOut
    left: MoneyOut
    ages: AgesOut
    held_back: bool
    oldest_on: date | None


class DueOut(Schema):
    """A debt to be repaid whole, by `due_on`. `state`: open, paid. `subject`: what it is for."""

    id: UUID
    credit: UUID
    subject: str
    amount: MoneyOut
    due_on: date
    late_days: int
    state: str
    paid_at: datetime | None


class DuePaidOut(Schema):
    """The payment of a debt, as `GET /payments/{payment}` shows it."""

    payment: UUID
