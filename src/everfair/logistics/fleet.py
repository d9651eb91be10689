"""The carrier clients of this installation, made once per process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from everfair.logistics.carriers.port import Carrier, CarrierDown
from everfair.logistics.carriers.table import CARRIERS, open_carrier


@cache
def carrier(code: str) -> Carrier:
    """The client of that code. Raises CarrierDown where a setting is missing: one carrier that is set up badly stops no other."""
    try:
        return open_carrier(code, settings.CARRIERS.get(code, {}))
    except ValueError as error:
        raise CarrierDown(str(error)) from error


def books(code: str) -> bool:
    """Whether consignments of this carrier are booked by us."""
    return code in CARRIERS and CARRIERS[code].books


def carriers_here() -> tuple[str, ...]:
    """Which carriers a shipper may choose: those that report nothing always, the others where they are set up."""
    return tuple(code for code in CARRIERS if not books(code) or _opens(code))


def _opens(code: str) -> bool:
    try:
        carrier(code)
    except CarrierDown:
        return False
    return True
