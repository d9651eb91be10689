"""What a carrier says is believed only when it is signed by it and fits what we asked for; what fits nothing yet is parked."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from everfair.base.actor import CARRIER_ACTOR
from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.rows import ask, find, find_one
from everfair.base.together import all_or_nothing
from everfair.logistics.actions.booking import WAITING, confirm_by_event
from everfair.logistics.actions.tracking import misdated, take_scan
from everfair.logistics.carriers.port import BadEvent, CarrierError, CarrierSaid, Scan, Tracked
from everfair.logistics.fleet import carrier
from everfair.logistics.models import CarrierEvent, Consignment

log = logging.getLogger(__name__)
PARKED_FOR = timedelta(days=7)


def take_carrier_event(code: str, headers: Mapping[str, str], raw_body: bytes) -> str:
    """Verify, keep and apply one event; returns its outcome. A repeated event is answered by its first outcome.

    Raises BadSignature or BadEvent when it cannot be believed: nothing is kept then.
    """
    said = carrier(code).verify_event(headers, raw_body, timezone.now())
    with all_or_nothing():
        row = new_id()
        # Two deliveries at once: the second waits at the unique key, then reads the first one's outcome.
        if not ask(_KEEP, [row, code, said.account, said.event_id, raw_body]):
            known = ask(_KNOWN, [code, said.account, said.event_id])
            return str(known[0][0])
        return _settle(row, code, said, raw_body)


_KEEP = """
    INSERT INTO logistics_carrierevent (id, carrier_code, account, event_id, body, outcome, outcome_note)
    VALUES (%s, %s, %s, %s, %s, 'new', '') ON CONFLICT (carrier_code, account, event_id) DO NOTHING RETURNING 1
"""
_KNOWN = "SELECT outcome FROM logistics_carrierevent WHERE carrier_code = %s AND account = %s AND event_id = %s"
_OUTCOME = "UPDATE logistics_carrierevent SET outcome = %s, outcome_note = %s, consignment_id = %s WHERE id = %s"


def _settle(event_row: UUID, code: str, said: CarrierSaid, raw_body: bytes) -> str:
    subject = _subject(said)
    outcome, note = _apply(code, said, subject, hashlib.sha256(raw_body).hexdigest())
    if outcome == "mismatch":
        log.error("a carrier's event does not fit its consignment", extra={"event": said.event_id, "reason": note})
    ask(_OUTCOME, [outcome, note, subject, event_row])
    return outcome


def _subject(said: CarrierSaid) -> UUID | None:
    try:
        return UUID(said.consignment_id)
    except ValueError:
        return None


def _apply(code: str, said: CarrierSaid, subject: UUID | None, body_sha256: str) -> tuple[str, str]:
    row = find_one(Consignment, "id = %s AND carrier_code = %s FOR UPDATE", [subject, code]) if subject else None
    if row is None:
        log.warning("a carrier's event fits no consignment yet", extra={"event": said.event_id})
        return "parked", "no such consignment"
    if row.booking in ("none", "refused", "cancelled"):
        return "mismatch", "not booked"
    if row.carrier_ref and (said.ref, said.tracking_number) != (row.carrier_ref, row.tracking_number):
        return "mismatch", "another shipment"
    if row.booking in WAITING:
        confirm_by_event(row, said.ref, said.tracking_number, by=CARRIER_ACTOR)
    return _see(row, said.scan, body_sha256)


def _see(row: Consignment, scan: Scan, body_sha256: str) -> tuple[str, str]:
    scan, moment = _by_our_clock(scan)
    if misdated(row, scan.occurred_at, moment):
        return "mismatch", "an impossible moment"
    came = take_scan(row, scan, source="carrier", by=CARRIER_ACTOR, body_sha256=body_sha256)
    if came in ("applied", "known"):
        return ("applied", "") if came == "applied" else ("ignored", "known")
    return "mismatch", came


def _by_our_clock(scan: Scan) -> tuple[Scan, datetime]:
    """The outside knows nothing of a demonstration's clock that was moved on: what happens now happens at our now."""
    moment, ahead = ask("SELECT ef_now(), ef_now() - now()")[0]
    return replace(scan, occurred_at=scan.occurred_at + ahead), moment


def learn(consignment_id: UUID, found: Tracked) -> int:
    """What we asked for ourselves, because events may get lost: every sighting is taken like an event. Returns how many were new."""
    with all_or_nothing():
        row = find_one(Consignment, "id = %s FOR UPDATE", [consignment_id])
        if row is None or found.consignment_id != str(row.pk):
            raise BadEvent("the carrier answered about another consignment")
        if row.carrier_ref and found.booked.ref != row.carrier_ref:
            log.error("a looked-up shipment does not fit its consignment", extra={"consignment": str(row.pk)})
            return 0
        if row.booking in WAITING:
            confirm_by_event(row, found.booked.ref, found.booked.tracking_number, by=CARRIER_ACTOR)
        return sum(_see(row, scan, "")[0] == "applied" for scan in found.scans)


def place_parked(*, limit: int = 50) -> int:
    """Try again what fitted no consignment; after seven days it is a person's. Returns how many were dealt with."""
    rows = find(CarrierEvent, "outcome = 'parked' ORDER BY received_at LIMIT %s", [limit])
    return sum(_placed(row) for row in rows)


def _placed(row: CarrierEvent) -> bool:
    try:
        return _place(row)
    except CarrierError:
        # A carrier that is not set up any more, or an event of an older form: it waits for its seven days.
        log.warning("a parked event cannot be read", extra={"event": row.event_id})
        return False


def _place(row: CarrierEvent) -> bool:
    body = bytes(row.body)
    with all_or_nothing():
        if not ask("SELECT 1 FROM logistics_carrierevent WHERE id = %s AND outcome = 'parked' FOR UPDATE SKIP LOCKED", [row.pk]):
            return False
        known = ask("SELECT 1 FROM logistics_consignment WHERE id = %s", [row.consignment_id])
        if known:
            return _settle(row.pk, row.carrier_code, carrier(row.carrier_code).read_event(body), body) != "parked"
        if now() - row.received_at > PARKED_FOR:
            _give_up(row)
            return True
    return False


def _give_up(row: Any) -> None:
    log.error("a carrier's event was never placed", extra={"event": row.event_id})
    ask(_OUTCOME, ["unknown", "no such consignment", row.consignment_id, row.pk])
