"""Moments as the API writes them: UTC, milliseconds, with the zone."""

from datetime import UTC, datetime


def written_moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
