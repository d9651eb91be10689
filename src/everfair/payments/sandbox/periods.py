"""The days of a statement."""

from datetime import UTC, date, datetime, timedelta

from everfair.base.sandbox.refusals import Refusal


def day_bounds(from_on: str, to_on: str) -> tuple[float, float]:
    """The first second of one UTC day and the last of another, as [start, end)."""
    try:
        first, last = date.fromisoformat(from_on), date.fromisoformat(to_on)
        if len(from_on) != 10 or len(to_on) != 10 or not 2000 <= first.year <= last.year <= 2999 or first > last:
            raise ValueError
    except ValueError as error:
        raise Refusal(400, "invalid_period", "from and to must be days such as 2026-01-31, from not after to.") from error
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return start.timestamp(), end.timestamp()
