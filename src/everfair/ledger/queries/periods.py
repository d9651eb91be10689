"""The months of the books: which are open, which are closed, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.sql import ask
from everfair.ledger.models import Period
from everfair.ledger.states import PERIOD


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def after_month(month: date) -> date:
    """The first day of the next."""
    return (month_of(month) + timedelta(days=32)).replace(day=1)


def is_over(month: date, today: date | None = None) -> bool:
    """From the second day of the next month on: what began at its last second has ended by then."""
    return (today or now().date()) > after_month(month)


def is_open(day: date) -> bool:
    """Whether an entry may be dated to this day."""
    return not ask("SELECT 1 FROM ledger_period WHERE month = %s AND state = 'closed'", [month_of(day)])


def month_before_is_open(month: date) -> bool:
    """Whether an entry stands before this month in a month that is not closed."""
    return bool(ask(_OPEN_BEFORE, [month_of(month)]))


_OPEN_BEFORE = """
    SELECT 1 FROM (SELECT DISTINCT date_trunc('month', booked_on)::date AS month FROM ledger_entry WHERE booked_on < %s) m
    WHERE NOT EXISTS (SELECT FROM ledger_period p WHERE p.month = m.month AND p.state = 'closed') LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One month. `id` is None while nobody has begun to close it."""

    month: date
    state: str
    entries: int
    over: bool
    id: UUID | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    checks: tuple[Any, ...] = ()

    def moves(self, actor: Actor) -> list[str]:
        """What this actor may do with it now."""
        return PERIOD.allowed(self, actor)


def months() -> list[PeriodRow]:
    """Every month with entries, and the present one; the newest first."""
    periods = {period.month: period for period in Period.objects.all()}
    counted: dict[date, int] = dict(ask(_COUNTED))  # type: ignore[arg-type]
    today = now().date()
    every = sorted({*periods, *counted, month_of(today)}, reverse=True)
    return [_row(month, periods.get(month), counted.get(month, 0), is_over(month, today)) for month in every]


_COUNTED = "SELECT date_trunc('month', booked_on)::date, count(*) FROM ledger_entry GROUP BY 1"


def _row(month: date, period: Period | None, entries: int, over: bool) -> PeriodRow:
    if period is None:
        return PeriodRow(month, PERIOD.initial, entries, over)
    return PeriodRow(
        month, period.state, entries, over, period.pk, period.closed_by, period.closed_at, period.confirmed_by, period.confirmed_at,
        tuple(period.checks),
    )  # fmt: skip


def period_of(month: date) -> PeriodRow:
    """One month; NotVisible for one to come or without an entry."""
    found = next((row for row in months() if row.month == month_of(month)), None)
    if found is None:
        raise NotVisible
    return found
