"""The line for everybody, and the brake for who reviews."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.roles import EVERYONE
from everfair.trust import queries
from everfair.trust.queries.admission import brake, counted
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas.admission import AdmissionOut, CampaignIn, ForecastOut, SimulatedDayOut, VerificationLineOut
from everfair.trust.values.admission import Campaign, advise, allowance, simulate

router = Router(tags=["Verification"])


@router.get("/verification-line", response=VerificationLineOut)
@allow(EVERYONE)
def get_verification_line(request: HttpRequest) -> Any:
    """How many wait for their turn, how many are admitted on a working day, and how long who hands in now waits."""
    line = queries.public_line()
    return VerificationLineOut(waiting=line.waiting, per_day=line.per_day, newcomer_days=line.newcomer_days)


@router.get("/office/admission", response=AdmissionOut)
@allow(REVIEWER)
def get_admission(request: HttpRequest) -> Any:
    """What today allows, with every number it is made of."""
    numbers = brake()
    found = counted(numbers)
    load, given = found.load, allowance(found.load, numbers)
    return AdmissionOut(
        day=found.day, waiting=found.waiting, in_hand=load.in_hand, admitted=found.taken.arrival + found.taken.renewal,
        on_duty=load.on_duty, measured_days=len(load.decided), capacity=_text(given.capacity), is_measured=given.is_measured,
        granted=load.granted, bad=load.bad, estimate=_text(given.estimate), threshold=_text(numbers.threshold), factor=_text(given.factor),
        total=given.total, kept=given.kept, beyond=given.beyond, in_hand_most=given.in_hand_most,
    )  # fmt: skip


@router.get("/office/admission/forecast", response=ForecastOut)
@allow(REVIEWER)
def simulate_campaign(request: HttpRequest, asked: Query[CampaignIn]) -> Any:
    """What a campaign would do to the line. Nothing is changed."""
    numbers = brake()
    start = queries.campaign_start(numbers)
    campaign = Campaign(asked.applicants, asked.days, asked.fraud, asked.reviewers)
    found, advice = simulate(campaign, start, numbers), advise(campaign, start, numbers)
    days = [
        SimulatedDayOut(day=d.day, arrived=d.arrived, admitted=d.admitted, waiting=d.waiting, wait=d.wait, frauds=_text(d.frauds))
        for d in found.days
    ]
    return ForecastOut(
        longest_line=found.longest_line, longest_wait=found.longest_wait, frauds=_text(found.frauds), per_day=found.per_day,
        ends=found.ends, fits=advice.fits, enough_reviewers=advice.reviewers, enough_days=advice.days, days=days,
    )  # fmt: skip


def _text(number: Decimal) -> str:
    return f"{round(number, 4):f}"
