"""How many applications are admitted in a day, who of the line, and what a campaign would do to it. Pure arithmetic; no Django.

A day is a working day, Monday to Friday in UTC; what happens at a weekend counts to the Friday before it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from math import sqrt
from random import Random
from statistics import median
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

LANES = ("arrival", "renewal")
LANE_WORDS = name_codes("trust lane", {"arrival": _("By order of arrival"), "renewal": _("Kept for renewals")})
# A forecast looks no further: about a year of working days.
HORIZON = 250
MOST_REVIEWERS = 500


@dataclass(frozen=True, slots=True)
class Brake:
    """The dated numbers `trust.admission_…`, under their own names."""

    window: int
    least_days: int
    begin: int
    floor: int
    in_hand: int
    in_hand_days: int
    renewals: Decimal
    threshold: Decimal
    fraud_days: int
    prior: Decimal
    weight: int
    patience: int


def brake_of(rules: Mapping[str, Decimal]) -> Brake:
    def number(name: str) -> Decimal:
        return rules[f"trust.admission_{name}"]

    whole = ("window", "least_days", "begin", "floor", "in_hand", "in_hand_days", "fraud_days", "weight", "patience")
    shares = ("renewals", "threshold", "prior")
    return Brake(**{name: int(number(name)) for name in whole}, **{name: number(name) for name in shares})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Load:
    """What was counted. `decided`: for each day of the window on which anything was, what those now on duty decided (half for each of
    the two who did); `granted` companies of the last year, `bad` of them; `decided_today`, `in_hand` as of now."""

    on_duty: int
    decided: tuple[Decimal, ...]
    granted: int
    bad: int
    decided_today: Decimal = Decimal(0)
    in_hand: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """`total` of a day, of which `kept` go to renewals first and at most `beyond` to the rest; nothing while `in_hand_most` lie with
    reviewers. `steady` is what a day brings that nobody knows anything of yet."""

    capacity: Decimal
    is_measured: bool
    estimate: Decimal
    factor: Decimal
    steady: int
    total: int
    kept: int
    beyond: int
    in_hand_most: int


def capacity_of(load: Load, brake: Brake) -> tuple[Decimal, bool]:
    """Decisions per working day: the median; until enough days are known the number to begin with. And whether it was measured."""
    if len(load.decided) < brake.least_days:
        return Decimal(brake.begin), False
    return median(load.decided), True


def fraud_estimate(granted: int, bad: int, brake: Brake) -> Decimal:
    """The share of lately granted companies that turned out bad, drawn to the usual share with the weight of so many companies."""
    return (bad + brake.prior * brake.weight) / Decimal(granted + brake.weight)


def fraud_factor(estimate: Decimal, brake: Brake) -> Decimal:
    """threshold / estimate above the threshold: twice the fraud, half the admissions, so that no more frauds come in a day than at it."""
    return Decimal(1) if estimate <= brake.threshold else brake.threshold / estimate


def allowance(load: Load, brake: Brake) -> Allowance:
    """Of a day. What was decided today already, with what each on duty may have in hand, counts where it is more than usual: whoever
    is quicker than the median is given more, and the line never stands before idle people."""
    capacity, is_measured = capacity_of(load, brake)
    estimate = fraud_estimate(load.granted, load.bad, brake)
    factor = fraud_factor(estimate, brake)
    steady = max(brake.floor, int(capacity))
    at_hand = brake.in_hand * load.on_duty
    total = max(steady, int(load.decided_today) + at_hand)
    return Allowance(
        capacity=capacity, is_measured=is_measured, estimate=estimate, factor=factor, steady=steady, total=total,
        kept=_up(total * brake.renewals), beyond=max(1, int(total * factor)), in_hand_most=max(brake.in_hand_days * steady, at_hand),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of the line. `renews`: the company carries a level of this market already."""

    id: UUID
    renews: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """Admitted so far on the day, by lane."""

    arrival: int = 0
    renewal: int = 0


def admitted_next(line: Sequence[Waiting], given: Allowance, taken: Taken, in_hand: int) -> list[tuple[UUID, str]]:
    """Who of the line, which stands in order of arrival, comes now, and in which lane: renewals while some are kept for them, then
    everybody in order."""
    room = max(0, min(given.total - taken.arrival - taken.renewal, given.in_hand_most - in_hand))
    renewing = [one for one in line if one.renews][: max(0, min(room, given.kept - taken.renewal))]
    first = {one.id for one in renewing}
    left = max(0, min(room - len(renewing), given.beyond - taken.arrival))
    rest = [one for one in line if one.id not in first][:left]
    return [(one.id, "renewal") for one in renewing] + [(one.id, "arrival") for one in rest]


def wait_of(place: int, room: int, too_much: int, per_day: int) -> int:
    """Working days until number `place` of the line comes: 0 today. `too_much`: what lies with reviewers beyond what may."""
    return max(0, _up(Decimal(place + too_much - room) / per_day))


def admission_day(day: date) -> date:
    """The working day to which a day counts."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def days_before(day: date, count: int) -> date:
    """The working day so many working days before a working day."""
    weeks, days = divmod(count, 5)
    back = days + (2 if days > day.weekday() else 0)
    return day - timedelta(days=7 * weeks + back)


def days_after(day: date, count: int) -> date:
    """The working day so many working days after a working day."""
    weeks, days = divmod(count, 5)
    ahead = days + (2 if days + day.weekday() > 4 else 0)
    return day + timedelta(days=7 * weeks + ahead)


@dataclass(frozen=True, slots=True)
class Campaign:
    """So many applicants more, evenly over so many working days; `fraud` is the share of frauds that is guessed among them."""

    applicants: int
    days: int
    fraud: Decimal
    reviewers: int


@dataclass(frozen=True, slots=True)
class Start:
    """How things stand: the line, what usually comes in a working day, what one reviewer decides in one, the fraud estimate."""

    waiting: int
    usual: Decimal
    per_reviewer: Decimal
    estimate: Decimal


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """`waiting` at its end; `wait` in working days of who came last on it; `frauds` expected among all admitted so far."""

    day: int
    arrived: int
    admitted: int
    waiting: int
    wait: int
    frauds: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """`ends`: whether the line is over within the horizon."""

    days: tuple[SimulatedDay, ...]
    per_day: int
    factor: Decimal
    ends: bool

    @property
    def longest_line(self) -> int:
        return max(day.waiting for day in self.days)

    @property
    def longest_wait(self) -> int:
        return max(day.wait for day in self.days)

    @property
    def frauds(self) -> Decimal:
        return self.days[-1].frauds


def admitted_per_day(reviewers: int, start: Start, fraud: Decimal, brake: Brake) -> tuple[int, Decimal]:
    """The allowance with so many reviewers, braked as if those granted turned out as is guessed (or as they did, where that is worse)."""
    factor = fraud_factor(max(start.estimate, fraud), brake)
    return max(1, int(max(brake.floor, int(start.per_reviewer * reviewers)) * factor)), factor


def simulate(campaign: Campaign, start: Start, brake: Brake, arrivals: Sequence[int] = ()) -> Forecast:
    """Day by day until the line is over, a year at most. Nothing by chance; `arrivals` of the campaign by day where they are not even."""
    per_day, factor = admitted_per_day(campaign.reviewers, start, campaign.fraud, brake)
    brought = list(arrivals) or [_share(campaign.applicants, campaign.days, n) for n in range(campaign.days)]
    line: deque[tuple[int, Decimal]] = deque([(start.waiting, start.estimate)] if start.waiting else [])
    waiting, frauds, days = start.waiting, Decimal(0), []
    for n in range(HORIZON):
        more, usual = brought[n] if n < len(brought) else 0, int(start.usual * (n + 1)) - int(start.usual * n)
        if more + usual:
            line.append((more + usual, (more * campaign.fraud + usual * start.estimate) / (more + usual)))
        waiting += more + usual
        admitted = min(waiting, per_day)
        frauds += _taken(line, admitted)
        waiting -= admitted
        days.append(SimulatedDay(n + 1, more + usual, admitted, waiting, _up(Decimal(waiting) / per_day), frauds))
        if n + 1 >= len(brought) and not waiting:
            break
    return Forecast(tuple(days), per_day, factor, ends=not waiting)


def _taken(line: deque[tuple[int, Decimal]], count: int) -> Decimal:
    """The first so many of the line, who came first: the frauds expected among them."""
    found = Decimal(0)
    while count:
        size, share = line.popleft()
        now = min(size, count)
        found += now * share
        count -= now
        if size > now:
            line.appendleft((size - now, share))
    return found


def spread(campaign: Campaign, start: Start, brake: Brake, seed: int, runs: int = 100) -> tuple[int, int]:
    """The longest wait in nine of ten runs, from and to, when each applicant chooses a day by chance. The same for the same seed."""
    lots = Random(seed)  # noqa: S311  a picture of chance, no secret
    waits = sorted(simulate(campaign, start, brake, _by_chance(campaign, lots)).longest_wait for _run in range(runs))
    return waits[runs // 20], waits[runs - 1 - runs // 20]


def _by_chance(campaign: Campaign, lots: Random) -> list[int]:
    found, left = [], campaign.applicants
    for n in range(campaign.days):
        share = 1 / (campaign.days - n)
        # Of a binomial lot the normal one near to it, so that a large campaign costs no more than a small one.
        here = left if share == 1 else min(left, max(0, round(lots.gauss(left * share, sqrt(left * share * (1 - share))))))
        found.append(here)
        left -= here
    return found


@dataclass(frozen=True, slots=True)
class Advice:
    """Where somebody would wait longer than `trust.admission_patience`: with how many reviewers nobody would, and over how many days;
    None where no number helps."""

    fits: bool
    reviewers: int | None = None
    days: int | None = None


def advise(campaign: Campaign, start: Start, brake: Brake) -> Advice:
    def fits(other: Campaign) -> bool:
        found = simulate(other, start, brake)
        return found.ends and found.longest_wait <= brake.patience

    if fits(campaign):
        return Advice(fits=True)
    low, high = campaign.reviewers, MOST_REVIEWERS
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(replace(campaign, reviewers=middle)) else (middle, high)
    enough = high if high > campaign.reviewers and fits(replace(campaign, reviewers=high)) else None
    longer = (days for days in range(campaign.days + 1, HORIZON + 1) if fits(replace(campaign, days=days)))
    return Advice(fits=False, reviewers=enough, days=next(longer, None))


def _share(whole: int, parts: int, n: int) -> int:
    """Part n of a whole that is shared as evenly as whole numbers allow."""
    return whole * (n + 1) // parts - whole * n // parts


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


__all__ = [
    "HORIZON",
    "LANES",
    "LANE_WORDS",
    "MOST_REVIEWERS",
    "Advice",
    "Allowance",
    "Brake",
    "Campaign",
    "Forecast",
    "Load",
    "SimulatedDay",
    "Start",
    "Taken",
    "Waiting",
    "admission_day",
    "admitted_next",
    "admitted_per_day",
    "advise",
    "allowance",
    "brake_of",
    "capacity_of",
    "days_after",
    "days_before",
    "fraud_estimate",
    "fraud_factor",
    "simulate",
    "spread",
    "wait_of",
]
