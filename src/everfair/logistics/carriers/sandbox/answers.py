"""What the sandbox's answers and events say, read like anybody's input: every field has a form and a bound (API10).

LookupError, TypeError or ValueError for whatever has not.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from everfair.base.forms import clean_text
from everfair.logistics.carriers.port import Booked, CarrierSaid, Scan, Tracked
from everfair.logistics.values import TRACKING_CODES

PARCELS_MAX, SCANS_MAX = 1_000, 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}@]{1,480}", re.ASCII)
_STATES = ("booked", "moving", "over", "cancelled")


def booked(found: Mapping[str, Any]) -> Booked:
    parcels = _list(found, "packages", PARCELS_MAX)
    url = text(found, "label_url", most=500)
    if url and not _URL.fullmatch(url):
        raise ValueError("label_url is no address")
    state = text(found, "state", most=20)
    if state not in _STATES:
        raise ValueError("an unknown state")
    return Booked(
        ref=_id(found, "id"),
        tracking_number=_id(found, "tracking_number"),
        label_url=url,
        parcel_numbers={_whole(row, "n", 1, 100_000): _id(row, "tracking_number") for row in parcels},
        state=state,
    )


def tracked(found: Mapping[str, Any]) -> Tracked:
    scans = tuple(scan(row) for row in _list(found, "scans", SCANS_MAX))
    return Tracked(consignment_id=_id(found, "reference"), booked=booked(found), scans=scans)


def scan(found: Mapping[str, Any]) -> Scan:
    code = text(found, "code", most=20)
    if code not in TRACKING_CODES:
        raise ValueError("an unknown code")
    sha = text(found, "document_sha256", most=64)
    if sha and not _SHA256.fullmatch(sha):
        raise ValueError("document_sha256 is no SHA-256")
    return Scan(
        id=_id(found, "id"),
        code=code,
        place=text(found, "place", most=120),
        occurred_at=_moment(found, "occurred_at"),
        package_n=None if found["package"] is None else _whole(found, "package", 1, 100_000),
        note=text(found, "note", most=300),
        signed_by=text(found, "signed_by", most=140),
        document_sha256=sha,
    )


def said(event: Mapping[str, Any]) -> CarrierSaid:
    if event["type"] != "shipment.scanned":
        raise ValueError("another kind of event")
    inside = event["data"]
    return CarrierSaid(
        account=text(event, "account", most=80),
        event_id=_id(event, "id"),
        consignment_id=_id(inside, "reference"),
        ref=_id(inside, "id"),
        tracking_number=_id(inside, "tracking_number"),
        scan=scan(inside["scan"]),
    )


def text(found: Mapping[str, Any], name: str, *, most: int) -> str:
    value = found[name]
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{name} is not a text of at most {most} characters")
    return clean_text(value)


def _id(found: Mapping[str, Any], name: str) -> str:
    value = found[name]
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"{name} is not an id")
    return value


def _whole(found: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = found[name]
    if type(value) is not int or not least <= value <= most:  # a bool is an int in Python; not here
        raise ValueError(f"{name} is not a whole number in range")
    return value


def _list(found: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    value = found[name]
    if not isinstance(value, list) or len(value) > most or not all(isinstance(row, dict) for row in value):
        raise ValueError(f"{name} is not a list of at most {most} objects")
    return value


def _moment(found: Mapping[str, Any], name: str) -> datetime:
    value = datetime.fromisoformat(text(found, name, most=40))
    if value.tzinfo is None:
        raise ValueError(f"{name} has no time zone")
    return value.astimezone(UTC)
