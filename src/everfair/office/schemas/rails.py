"""Payment rails as an operator's program reads them, and opens or closes one."""

from __future__ import annotations

from datetime import date, datetime

from everfair.base.api import MoneyOut, Schema
from everfair.office.schemas.plain import WhyIn


class RailOut(Schema):
    """`open`, `ends_on`, `reason`: what an operator said last. `breaker`: closed (it answers), open (it does not, and is left alone) or
    probing. `error_rate` (0 to 1) and `latency_ms` are of its newest `calls`. `share` (0 to 1) is its counterparty's of what was
    captured; `over`: above the ceiling. `test`: no real money moves by it."""

    code: str
    method: str
    counterparty: str
    test: bool
    open: bool
    ends_on: date | None
    ended: bool
    reason: str
    breaker: str
    calls: int
    error_rate: str
    latency_ms: int
    carried: MoneyOut
    share: str
    over: bool
    cost_fixed: str
    cost_rate: str


class ShareAlarmOut(Schema):
    counterparty: str
    currency: str
    share: str
    counted: int
    raised_at: datetime


class RailsOut(Schema):
    """In one currency, over the last `days`: shares are of `counted` payments, and none should be above `ceiling`."""

    currency: str
    currencies: list[str]
    counted: int
    ceiling: str
    days: int
    rails: list[RailOut]
    alarms: list[ShareAlarmOut]


class RailOrderOut(Schema):
    open: bool
    ends_on: date | None
    reason: str
    by: str
    said_at: datetime


class RailFileOut(RailOut):
    """`orders`: what operators said of it, newest first."""

    orders: list[RailOrderOut]


class RailOrderIn(WhyIn):
    """`ends_on`: from this day on it carries nothing new."""

    open: bool
    ends_on: date | None = None
