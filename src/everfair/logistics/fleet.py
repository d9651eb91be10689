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
