"""The trouble that only a carrier makes: scanners whose clock is wrong, scans under somebody else's number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from everfair.base.sandbox.faults import Faults, Kind
from everfair.base.sandbox.moments import written_moment

FAULTS = Faults(
    operations=("shipments.book", "shipments.find", "shipments.read", "shipments.cancel"),
    in_events={
        "scan_clock_offset": Kind("s", default=-86_400, least=-30 * 86_400, most=30 * 86_400, never_zero=True),
        "wrong_number": Kind(),
        "unknown_reference": Kind(),
    },
)


def lie(told: dict[str, Any], struck: Mapping[str, int]) -> None:
    """Make an event tell what these faults want. The carrier's own books stay true."""
    if "scan_clock_offset" in struck:
        said = datetime.fromisoformat(told["scan"]["occurred_at"]) + timedelta(seconds=struck["scan_clock_offset"])
        told["scan"] = told["scan"] | {"occurred_at": written_moment(said.timestamp())}
    if "wrong_number" in struck:
        told["tracking_number"] = "SBX000000000"
    if "unknown_reference" in struck:
        told["reference"] = "00000000-0000-7000-8000-000000000000"
