"""How a contract counts its time: which days are off, when a business day ends, which day to ship by is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from everfair.base.clock import now
from everfair.base.rows import ask
from everfair.markets.rules import BUSINESS_DAYS, RULES
from everfair.reference.queries import add_business_days, end_of_business, frozen_days_off
from everfair.trade.models import Order
from everfair.trade.values import CalendarClause

# A contract may run a good year past the day to ship by (payment, extensions, the way, an issue); whole years let contracts share a
# calendar.
_RUNS_ON = timedelta(days=400)


def number(order: Order, rule: str) -> Decimal:
    """A number this contract was signed under; its declared default where the contract is older than the rule."""
    return Decimal(order.rules.get(rule, RULES[rule].default))


def calendar_clause(countries: Iterable[str], zones: Iterable[str], signed_on: date, ship_by: date) -> CalendarClause:
    """By which days a contract between these countries counts, from the year it is signed in to the one in which it can still run."""
    both = tuple(sorted(set(countries)))
    sha256, days_off = _frozen(both, signed_on.year, (ship_by + _RUNS_ON).year)
    return CalendarClause(sha256, both, tuple(zones) or ("UTC",), BUSINESS_DAYS, days_off)


@lru_cache(maxsize=512)
def _frozen(countries: tuple[str, ...], first: int, last: int) -> tuple[str, tuple[str, ...]]:
    days_off = tuple(day.isoformat() for day in frozen_days_off(countries, date(first, 1, 1), date(last, 12, 31)))
    return hashlib.sha256(json.dumps([countries, days_off], separators=(",", ":")).encode()).hexdigest(), days_off


@lru_cache(maxsize=512)
def _days_off(sha256: str) -> frozenset[date]:
    """The stored days: what the library says today does not matter to a contract that is signed."""
    [(days,)] = ask("SELECT days_off FROM trade_calendar WHERE sha256 = %s", [sha256])
    return frozenset(date.fromisoformat(day) for day in (json.loads(days) if isinstance(days, str) else days))


def due(order: Order, rule: str) -> datetime | timedelta:
    """When so many days from now are over: a moment where the contract counts business days, else a span."""
    return due_at(order, rule, now()) if _counts(order, rule) else timedelta(days=float(number(order, rule)))


def due_at(order: Order, rule: str, start: datetime) -> datetime:
    """The same as a moment. A contract that outlives its stored calendar goes on by the calendar of the day."""
    if _counts(order, rule):
        return business_end(order.terms["calendar"], start, int(number(order, rule)))
    return start + timedelta(days=float(number(order, rule)))


def _counts(order: Order, rule: str) -> bool:
    clause = order.terms.get("calendar")
    return clause is not None and rule in clause["counts"]


def business_end(clause: dict[str, object], start: datetime, count: int) -> datetime:
    """The end of the n-th business day after the day of `start` (in UTC): the latest of the contract's zones, so that nobody has less."""
    day = start.astimezone(UTC).date()
    try:
        last = add_business_days(day, count, days_off=_days_off(str(clause["sha256"])))
    except ValueError:
        last = add_business_days(day, count, list(clause["countries"]))  # type: ignore[call-overload]
    closes = time.fromisoformat(str(clause["closes"]))
    return max(end_of_business(last, zone, closes) for zone in clause["zones"])  # type: ignore[attr-defined]


def ship_day(order: Order) -> date:
    """The day to ship by that is in force: the signed one, and what the buyer granted on top of it."""
    return order.ship_by + timedelta(days=order.ship_extended_days)


def end_of_day(day: date) -> datetime:
    """The last second of a day, in UTC: what «by this day» means."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


def ship_end(order: Order) -> datetime:
    return end_of_day(ship_day(order))


def falls_due(order: Order, day: date) -> datetime:
    """When a stage of this day falls due: as the day begins, in UTC; never after the day to ship by that is in force."""
    return datetime.combine(min(day, ship_day(order)), time(), tzinfo=UTC)


def late_from(order: Order) -> datetime:
    """From this moment the buyer may take the money back."""
    return ship_end(order) + timedelta(days=float(number(order, "trade.ship_grace_days")))
