"""Chargebacks as an operator's program reads and answers them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from everfair.base.api import MoneyOut, Schema, Words
from everfair.office.schemas.plain import In


class DeskChargebackOut(Schema):
    """`state` as in `ChargebackOut`. `ref` is its number at the provider. What was answered is with the provider since `sent_at`;
    `failure` says why the provider did not take it."""

    id: UUID
    rail: str
    ref: str
    payment: UUID
    payer: UUID
    payee: UUID | None
    amount: MoneyOut
    fee: MoneyOut
    reason_code: str
    state: str
    answer: str
    failure: str
    opened_at: datetime
    evidence_due_at: datetime | None
    answered_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None


class TakeOut(Schema):
    """From whom it was taken, in this order. `source`: escrow, refund, reserve, debt; `returned` of it went back when it was won."""

    n: int
    source: str
    company: UUID | None
    amount: MoneyOut
    returned: MoneyOut


class DeskDefenceFileOut(Schema):
    id: UUID
    sha256: str
    name: str
    size: int


class DeskDefenceOut(Schema):
    """`relies_on`: papers of the order: contract, shipping, delivery, acceptance, inspection, talk."""

    n: int
    at: datetime
    statement: str
    relies_on: list[str]
    files: list[DeskDefenceFileOut]


class ChargebackFileOut(DeskChargebackOut):
    """`proposal`: what the seller handed in and what the file of the order says for it, as a draft for the evidence. `defence`: what the
    seller handed in, oldest first."""

    description: str
    evidence: str
    proposal: str
    takes: list[TakeOut]
    defence: list[DeskDefenceOut]


class DeskChargebackPage(Schema):
    items: list[DeskChargebackOut]
    next_cursor: str | None = None


class ChargebackAnswerIn(In):
    """A contest needs its evidence, in English."""

    answer: Literal["accept", "contest"]
    evidence: Annotated[Words, Field(max_length=20_000)] = ""


class OpenChargebacksOut(Schema):
    """Open ones of a rail, or of a seller's payments (`company` null: nobody's but the platform's)."""

    rail: str | None
    company: UUID | None
    count: int
    amount: MoneyOut


class RatioOut(Schema):
    """Of a rail's payments of the last `days` so much was charged back, those that were won left out; fractions of one."""

    rail: str
    days: int
    payments: int
    charged: int
    by_count: str
    by_amount: str
    paid: MoneyOut
    back: MoneyOut
    alarm: bool


class CoveredOut(Schema):
    """Of a currency: what can still be charged back (`ages`: paid up to 30, 60, 90 days ago, and before), and what stands against it."""

    currency: str
    at_risk: MoneyOut
    ages: list[MoneyOut]
    reserve: MoneyOut
    debts: MoneyOut
    debt_count: int


class ChargebackExposureOut(Schema):
    """`alarm`: the fraction above which a rail's chargebacks are too many; `days`: how long a payment can be charged back."""

    by_rail: list[OpenChargebacksOut]
    by_seller: list[OpenChargebacksOut]
    ratios: list[RatioOut]
    covered: list[CoveredOut]
    alarm: str
    days: int
