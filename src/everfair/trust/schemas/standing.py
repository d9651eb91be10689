"""What programs read about standings."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict

from everfair.base.api import Schema
from everfair.trust.schemas.verification import MarketName
from everfair.trust.values.standing import MEASURE_WORDS, PILLARS

PillarName = Literal[(*PILLARS,)]  # type: ignore[valid-type]
MeasureName = Literal[(*MEASURE_WORDS,)]  # type: ignore[valid-type]


class StandingReason(Schema):
    """`points` of 100, `weight` in its pillar (a fraction of one), and the sentence with the facts in the language asked for."""

    measure: MeasureName
    points: int
    weight: str
    sentence: str


class StandingPillar(Schema):
    pillar: PillarName
    points: int
    reasons: list[StandingReason]


class StandingDay(Schema):
    day: date
    stars: int | None
    goods: int
    delivery: int
    service: int
    honesty: int


class CompanyStandingOut(Schema):
    """`stars`: 0 to 5, null while it is new here (fewer than `least_orders` in either window); the lowest pillar decides. `days` is the
    window that counts. `day` is null and everything empty before the first counting. `history`: the newest day first."""

    company_number: int
    market: MarketName
    day: date | None
    stars: int | None
    days: int
    orders: int
    least_orders: int
    verdict: str
    pillars: list[StandingPillar]
    history: list[StandingDay]


class OwnStandingOut(CompanyStandingOut):
    """With what would raise the lowest pillar to its next star, the least first."""

    hints: list[str]


class CountStandingIn(Schema):
    model_config = ConfigDict(extra="forbid")

    market: MarketName
