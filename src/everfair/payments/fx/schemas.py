"""What programs send and read about exchanging."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from everfair.base.api import MoneyOut, Schema
from everfair.payments.schemas import AmountText, CurrencyCode


class RatesOut(Schema):
    """One euro in each currency, as published. `stale`: no price is made of them any more."""

    source: str
    published_on: date
    stale: bool
    rates: dict[str, str]


class FxQuoteIn(Schema):
    """`amount` in `give` when it leaves the wallet (`side` give), in `get` when it must come out (`side` get)."""

    model_config = ConfigDict(extra="forbid")
    give: CurrencyCode
    get: CurrencyCode
    amount: AmountText
    side: Literal["give", "get"] = "give"


class PaymentQuoteIn(Schema):
    """A price locked to one payment, out of the wallet of `give`."""

    model_config = ConfigDict(extra="forbid")
    give: CurrencyCode


class FxQuoteOut(Schema):
    """`give` leaves the wallet, `spread` of it is the platform's, `get` comes out. `give_rate`, `get_rate`: one euro in either currency.
    `held`: at the rate that a contract holds. `state`: open, taken, expired, replaced (by a newer one)."""

    id: UUID
    payment: UUID | None
    give: MoneyOut
    spread: MoneyOut
    get: MoneyOut
    give_rate: str
    get_rate: str
    rated_on: date
    source: str
    held: bool
    expires_at: datetime
    taken_at: datetime | None
    state: str
