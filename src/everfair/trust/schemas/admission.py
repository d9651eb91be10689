"""What programs read of admission."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema
from everfair.trust.admission_forms import MOST_APPLICANTS
from everfair.trust.values.admission import HORIZON, MOST_REVIEWERS

Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=7, decimal_places=6)]


class VerificationLineOut(Schema):
    """`per_day`: admitted on a working day. `newcomer_days`: working days until who hands in now is admitted."""

    waiting: int
    per_day: int | None
    newcomer_days: int | None


class AdmissionOut(Schema):
    """What today allows and why; shares as decimals of one."""

    day: date
    waiting: int
    in_hand: int
    admitted: int
    on_duty: int
    measured_days: int
    capacity: str
    is_measured: bool
    granted: int
    bad: int
    estimate: str
    threshold: str
    factor: str
    total: int
    kept: int
    beyond: int
    in_hand_most: int


class CampaignIn(Schema):
    """`fraud`: the share that is guessed, 0 to 1; `reviewers` on duty while it lasts."""

    model_config = ConfigDict(extra="forbid")

    applicants: int = Field(ge=1, le=MOST_APPLICANTS)
    days: int = Field(ge=1, le=HORIZON)
    fraud: Share
    reviewers: int = Field(ge=1, le=MOST_REVIEWERS)


class SimulatedDayOut(Schema):
    day: int
    arrived: int
    admitted: int
    waiting: int
    wait: int
    frauds: str


class ForecastOut(Schema):
    """`wait` in working days. Where `fits` is false: with how many reviewers, or over how many days, nobody would wait too long."""

    longest_line: int
    longest_wait: int
    frauds: str
    per_day: int
    ends: bool
    fits: bool
    enough_reviewers: int | None
    enough_days: int | None
    days: list[SimulatedDayOut]
