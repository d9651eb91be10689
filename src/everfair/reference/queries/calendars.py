"""Business days: weekends, public holidays and make-up working days of the countries that a deadline concerns.

Source: the library `holidays` (national public holidays; days of single states and provinces are left out). Holidays of years to come
are proclaimed late (China's every November) or wait for the moon, so that a newer release of the library may know better. A
contract therefore keeps the days off it was signed under: `frozen_days_off` gives them, and `days_off=` counts by them.

The library takes 0.2 s and 20 MB to load (1 s and 45 MB before Python has compiled it), so it is imported on first use: counting
by frozen days never loads it.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ..values import closest_language

if TYPE_CHECKING:
    from holidays import HolidayBase

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
# A country whose common holidays belong to its parts: the part that stands for the whole.
_PART = {"GB": "ENG"}
# Days on which banks and most offices close although the law leaves them to the employer or names them for the public service.
_ALSO_OFF = {"CA": "government", "HK": "optional", "ID": "government", "JP": "bank", "MO": "optional"}
# What the library calls our languages, the closest first. It writes English where it has no Chinese.
_LOCALES = {
    "en": ("en_US", "en_GB"),
    "zh-hant": ("zh_HK", "zh_TW", "zh_MO", "en_US", "en_GB"),
    "zh-hans": ("zh_CN", "en_US", "en_GB"),
}


def is_business_day(day: date, country: str) -> bool:
    """Whether people work on that day. A country that the library does not know works Monday to Friday and has no holidays.

    ValueError for a year that the library does not cover (for most countries it covers 1901 to 2100).
    """
    return _plain(day) not in _days_off(country, day.year)


def add_business_days(day: date, n: int, countries: Collection[str] = (), *, days_off: Collection[date] | None = None) -> date:
    """The n-th business day after `day` (before it for a negative n); a day off in any of the countries does not count.

    `day` itself is never counted; n = 0 gives it back, or the next business day when it is a day off. Counts either by
    `countries` or by the frozen `days_off`. ValueError where the calendar ends before the count does.
    """
    is_off = _calendar(countries, days_off)
    day = _plain(day)
    if n == 0:
        while is_off(day):
            day += _DAY
        return day
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= not is_off(day)
    return day


def business_days_between(
    start: date, end: date, countries: Collection[str] = (), *, days_off: Collection[date] | None = None
) -> int:
    """How many business days come after `start` up to and with `end`; negative when `end` lies before `start`.

    So `add_business_days(start, business_days_between(start, end))` is `end` whenever `end` is a business day.
    """
    is_off = _calendar(countries, days_off)
    start, end = _plain(start), _plain(end)
    step = 1 if end >= start else -1
    return step * sum(not is_off(start + _DAY * step * away) for away in range(1, abs((end - start).days) + 1))


def end_of_business(day: date, zone: str, closes: time = time(18)) -> datetime:
    """The moment, in UTC, when offices of the IANA time zone close on that day.

    A wall time that comes twice or never, because the clocks change, counts as the later moment: nobody loses an hour.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # three milliseconds that no other query needs

    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"not a time zone: {zone[:40]!r}") from unknown
    wall = datetime.combine(_plain(day), closes, tzinfo=where)
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def frozen_days_off(countries: Collection[str], start: date, end: date) -> list[date]:
    """Every day off, weekends included, in any of the countries from `start` to `end`, to be stored with a contract.

    The list begins with the last day off on or before `start` and closes with the first on or after `end`, so that the list
    itself says how far it reaches: whoever counts past it is refused, instead of taking every day for a business day.
    """
    is_off = _calendar(countries, None)
    day, last = _plain(start), _plain(end)
    if last < day:
        raise ValueError(f"a calendar cannot end ({last}) before it starts ({day})")
    while not is_off(day):
        day -= _DAY
    while not is_off(last):
        last += _DAY
    return [each for away in range((last - day).days + 1) if is_off(each := day + _DAY * away)]


def holiday_name(day: date, country: str, language: str) -> str:
    """What the public holiday is called, in the reader's language where the library has it, else in English or the country's own.

    Empty on every other day, weekends included, and for a country that the library does not know.
    """
    language = closest_language(language)
    return _names(country, _plain(day).year, language).get(day, "")


def _plain(day: date) -> date:
    if isinstance(day, datetime):
        raise TypeError("a moment is not a day: which day it is depends on the time zone")
    return day


def _calendar(countries: Collection[str], days_off: Collection[date] | None) -> Callable[[date], bool]:
    if isinstance(countries, str):
        raise TypeError("name the countries one by one, as in ('CN', 'DE')")
    if bool(countries) == (days_off is not None):
        raise ValueError("count either by countries or by days off")
    if days_off is None:
        return lambda day: any(day in _days_off(country, day.year) for country in countries)
    if not days_off:
        raise ValueError("a stored calendar without days off says nothing")
    stored = frozenset(days_off)
    first, last = min(stored), max(stored)

    def is_off(day: date) -> bool:
        if not first <= day <= last:
            raise ValueError(f"the stored calendar covers {first} to {last}, not {day}")
        return day in stored

    return is_off


@cache
def _known() -> frozenset[str]:
    from holidays.registry import COUNTRIES  # heavy: only when a calendar is asked for

    return frozenset(code for _, code, *_ in COUNTRIES.values())


def _library(country: str, year: int, language: str) -> "HolidayBase | None":
    """The library's calendar of that year; None for a country that it does not know."""
    if country not in _known():
        return None
    import holidays

    # The library would take the language of the server's environment for a missing one, so it always gets one.
    supported: tuple[str, ...] = getattr(holidays, country).supported_languages
    locale = next((each for each in _LOCALES[language] if each in supported), "en_US")
    categories = ("public", _ALSO_OFF[country]) if country in _ALSO_OFF else None
    found = holidays.country_holidays(country, subdiv=_PART.get(country), years=year, language=locale, categories=categories)
    if not found.start_year <= year <= found.end_year:
        raise ValueError(f"no calendar of {country} for {year}, only for {found.start_year} to {found.end_year}")
    return found


@lru_cache(maxsize=256)
def _days_off(country: str, year: int) -> frozenset[date]:
    calendar = _library(country, year, "en")
    days = (date(year, 1, 1) + _DAY * away for away in range((date(year, 12, 31) - date(year, 1, 1)).days + 1))
    if calendar is None:
        return frozenset(day for day in days if day.weekday() in (_SATURDAY, _SUNDAY))
    return frozenset(
        day
        for day in days
        if not calendar.is_working_day(day) or (_is_short_saturday(calendar, day) and day not in calendar.weekend_workdays)
    )


def _is_short_saturday(calendar: "HolidayBase", day: date) -> bool:
    """Where the law names Sunday alone as day of rest (Hong Kong), banks and clearing houses still do not settle on Saturdays."""
    return day.weekday() == _SATURDAY and calendar.weekend == {_SUNDAY}


@lru_cache(maxsize=256)
def _names(country: str, year: int, language: str) -> dict[date, str]:
    calendar = _library(country, year, language)
    return {} if calendar is None else dict(calendar.items())
