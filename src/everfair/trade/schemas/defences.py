"""What a seller hands in against a chargeback."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field

from everfair.base.api import MoneyOut, Schema, Words
from everfair.trade.schemas.orders import Strict

PaperCode = Literal["contract", "shipping", "delivery", "acceptance", "inspection", "talk"]


class DefenceIn(Strict):
    """`relies_on`: of the `papers` that are there. `files`: ids of files the company has added on the pages. The first needs its
    `statement`."""

    statement: Words = Field("", max_length=5000)
    relies_on: list[PaperCode] = Field([], max_length=6)
    files: list[UUID] = Field([], max_length=10)


class DefencePaperOut(Schema):
    """What the platform holds that speaks for the seller, in English as the provider gets it."""

    code: PaperCode
    text: str


class DefenceFileOut(Schema):
    id: UUID
    sha256: str
    name: str
    size: int


class DefencePartOut(Schema):
    n: int
    at: datetime
    statement: str
    relies_on: list[PaperCode]
    files: list[DefenceFileOut]


class DefenceOut(Schema):
    """`open`: more can be handed in, until `until`. `papers`: what may be relied on; `sent`: what was handed in, oldest first."""

    chargeback: UUID
    order: UUID
    amount: MoneyOut
    reason_code: str
    state: str
    open: bool
    until: datetime | None
    papers: list[DefencePaperOut]
    sent: list[DefencePartOut]
