"""The days on which euro payments settle and reference rates are published (TARGET), and how old a rate is by them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_FAR = 60


@cache
def _closed(year: int) -> frozenset[date]:
    import holidays  # heavy: only when a year is asked for

    return frozenset(holidays.financial_holidays("ECB", years=year))


def is_target_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _closed(day.year)


def target_days_since(day: date, today: date) -> int:
    """How many publications later than that of `day` there can have been up to the end of `today`; 0 on the day itself."""
    if (today - day).days > _FAR:
        return _FAR
    return sum(is_target_day(day + timedelta(days=n)) for n in range(1, (today - day).days + 1))
