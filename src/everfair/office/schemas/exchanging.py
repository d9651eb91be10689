"""Exchange rates and what covers our own positions, as the operator's programs send and read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from everfair.base.api import MoneyOut, Schema, Words
from everfair.office.schemas.plain import In


class CoverSumIn(In):
    """An amount in main units, digits and one point."""

    amount: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]


class RatesTakenOut(Schema):
    """How many of the file's rates are new, and how many stood already."""

    source: str
    first_on: date
    last_on: date
    new: int
    known: int


class CoverIn(In):
    """An exchange at our bank: `sold` left our account, `bought` came; one of them is in euro."""

    sold: CoverSumIn
    bought: CoverSumIn
    traded_on: date
    bank_ref: Words = Field(min_length=1, max_length=60)


class CoverOut(Schema):
    """`state`: proposed (another person books it), booked, withdrawn. `result`, once it is booked: what was gained, below zero lost."""

    id: UUID
    sold: MoneyOut
    bought: MoneyOut
    traded_on: date
    bank_ref: str
    state: str
    result: MoneyOut | None


class CoversOut(Schema):
    covers: list[CoverOut]
