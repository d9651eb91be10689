"""What is seen of goods on their way: kept for ever, and from all of it the state they stand in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.base.rows import ask, find, insert
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.events.logistics import ConsignmentDelivered, ConsignmentLost, ConsignmentMoved, ConsignmentReturned
from everfair.logistics.actions.reading import read_line
from everfair.logistics.carriers.port import Scan
from everfair.logistics.models import Consignment, Package, ProofOfDelivery
from everfair.logistics.queries import consignments_visible_to, proof_of, sayable
from everfair.logistics.states import CONSIGNMENT, PARCEL, VERB_TO
from everfair.logistics.values import state_after

MOST_SCANS = 1_000  # of one consignment: what says more says it to no purpose
EARLIEST = timedelta(days=2)  # before the day of handing over: time zones, and goods picked up the evening before
LATEST = timedelta(hours=1)  # after now: a clock that is a little fast


def record_tracking(
    consignment_id: UUID, code: str, *, place: str = "", note: str = "", occurred_at: datetime | None = None, by: Actor
) -> Consignment:
    """Say where the goods are: the shipper of a carrier that tells nothing, or the operator.

    Refuses «delivered» (`record_proof` is for that), «lost» by the shipper, a moment in the future or before the goods left, and
    anybody else (403).
    """
    with part():
        row = lock(consignments_visible_to(by), consignment_id)
        allowed = sayable(by, row)
        if not allowed:
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if code not in allowed:
            raise Refused("logistics.code", _("Please choose what happened."), field="code", status=422)
        moment = now()
        happened = occurred_at or moment
        if misdated(row, happened, moment):
            raise Refused(
                "logistics.moment", _("Please give a moment between the handing over and now."), field="occurred_at", status=422
            )
        scan = Scan(f"own-{new_id()}", code, read_line(place, "place", 120), happened, note=read_line(note, "note", 300))
        source = "operator" if by.kind == "operator" else "shipper"
        take_scan(row, scan, source=source, by=by)
    return row


def misdated(row: Consignment, happened: datetime, moment: datetime) -> bool:
    first = datetime.combine(row.handed_over_on, datetime.min.time(), tzinfo=moment.tzinfo) - EARLIEST
    return not first <= happened <= moment + LATEST


def take_scan(row: Consignment, scan: Scan, *, source: str, by: Actor, body_sha256: str = "") -> str:
    """Keep one sighting of a locked consignment and let its state follow. Returns what came of it: «applied», or why not.

    The same id again changes nothing, and neither does news that is older than what is known, except that it stands in the timeline.
    """
    package = _package(row, scan.package_n)
    if scan.package_n is not None and package is None:
        return "no such package"
    if ask("SELECT count(*) FROM logistics_trackingevent WHERE consignment_id = %s", [row.pk])[0][0] >= MOST_SCANS:
        return "too many"
    kept = ask(
        _KEEP,
        [
            new_id(), row.pk, package.pk if package else None, scan.code, scan.place, scan.note, scan.occurred_at, source, by.person_id,
            row.carrier_code, scan.id, body_sha256,
        ],
    )  # fmt: skip
    if not kept:
        return "known"
    _time_legs(row, scan)
    if package is not None:
        package.consignment = row
        _follow_package(package, scan, by=by)
    said = ask(_SAID, [row.pk])
    state = state_after((code, at, event_id) for code, at, event_id, of_package in said if of_package is None)
    delivered = state == "delivered" or _all_delivered(row, said)
    if delivered:
        at = max(at for code, at, _id, _p in said if code == "delivered")
        proof = _carriers_proof(row, scan, at) if source == "carrier" and scan.code == "delivered" else None
        return settle_delivery(row, at, proof or proof_of(row.pk), by=by)
    return _move(row, state, scan.occurred_at, by=by)


_KEEP = """
    INSERT INTO logistics_trackingevent (id, consignment_id, package_id, code, place, note, occurred_at, source, said_by, carrier_code,
        carrier_event_id, body_sha256)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (carrier_code, carrier_event_id) DO NOTHING RETURNING 1
"""
_SAID = "SELECT code, occurred_at, carrier_event_id, package_id FROM logistics_trackingevent WHERE consignment_id = %s"
_DEPARTED = """
    UPDATE logistics_leg SET departed_at = %s WHERE id = (SELECT id FROM logistics_leg
        WHERE consignment_id = %s AND lower(from_place) = lower(%s) AND departed_at IS NULL ORDER BY n LIMIT 1)
"""
_ARRIVED = """
    UPDATE logistics_leg SET arrived_at = %s WHERE id = (SELECT id FROM logistics_leg
        WHERE consignment_id = %s AND lower(to_place) = lower(%s) AND arrived_at IS NULL ORDER BY n LIMIT 1)
"""


def _time_legs(row: Consignment, scan: Scan) -> None:
    """A departure or an arrival at a place of the plan is that leg's own."""
    if scan.place and scan.code in ("departed", "arrived"):
        ask(_DEPARTED if scan.code == "departed" else _ARRIVED, [scan.occurred_at, row.pk, scan.place])


def _package(row: Consignment, n: int | None) -> Package | None:
    if n is None:
        return None
    found = find(Package, "consignment_id = %s AND n = %s FOR UPDATE", [row.pk, n])
    return found[0] if found else None


def _follow_package(package: Package, scan: Scan, *, by: Actor) -> None:
    verb = {"delivered": "hand_in", "lost": "miss"}.get(scan.code)
    if verb is None or PARCEL.find(verb, package.state) is None:
        return
    with stepping(package, verb, by=by):
        if verb == "hand_in":
            package.delivered_at = scan.occurred_at


def _all_delivered(row: Consignment, said: list[tuple[str, datetime, str, UUID | None]]) -> bool:
    """Every package by itself, and all that were sent are listed."""
    handed_in = {package for code, _at, _id, package in said if code == "delivered" and package is not None}
    return len(handed_in) >= row.package_count


def _move(row: Consignment, state: str, at: datetime, *, by: Actor) -> str:
    if state == "handed_over" or CONSIGNMENT.find(VERB_TO[state], row.state) is None:
        # Where they stand already, or arrived by the consignee's own word: the timeline knows it, and nothing moves back.
        return "applied"
    with stepping(row, VERB_TO[state], by=by):
        emit(ConsignmentMoved(row.pk, row.subject, state, at), by=by)
        if state == "lost":
            emit(ConsignmentLost(row.pk, row.subject), by=by)
        if state == "returned":
            emit(ConsignmentReturned(row.pk, row.subject), by=by)
    return "applied"


def settle_delivery(row: Consignment, at: datetime, proof: ProofOfDelivery | None, *, by: Actor) -> str:
    """The goods have arrived and a row proves it: told once, whatever other proofs come later."""
    if proof is None:
        return "no proof"
    if row.state == "delivered":
        return "applied"
    with stepping(row, "deliver", by=by):
        row.delivered_at = at
        emit(ConsignmentMoved(row.pk, row.subject, "delivered", at), by=by)
        emit(ConsignmentDelivered(row.pk, row.subject, proof.pk, at), by=by)
    return "applied"


def _carriers_proof(row: Consignment, scan: Scan, at: datetime) -> ProofOfDelivery | None:
    return keep_proof(
        ProofOfDelivery(
            consignment=row, source="carrier", delivered_at=at, signed_by=scan.signed_by, place=scan.place, note=scan.note,
            document_sha256=scan.document_sha256, entered_as="carrier", carrier_event_id=scan.id,
        )
    )  # fmt: skip


def keep_proof(proof: ProofOfDelivery) -> ProofOfDelivery | None:
    """Insert it, once for each source; None when there is one already. The consignment is locked by the caller."""
    if ask(
        "SELECT 1 FROM logistics_proofofdelivery WHERE consignment_id = %s AND source = %s", [proof.consignment.pk, proof.source]
    ):
        return None
    insert(proof)
    return proof
