"""Shipments and their scans: what they are, and every way they change. All functions run in the caller's transaction."""

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox import refusals
from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal

SERVICES = ("express", "air", "land", "sea")
PACKAGES_MAX, SCANS_MAX = 1_000, 500
# What may be scanned, in the order of a journey; which of them end it, and which the console offers while it stands still.
CODES = (
    "picked_up", "departed", "arrived", "customs", "out_for_delivery", "attempt_failed", "exception", "lost", "returned", "delivered",
)  # fmt: skip
LAST = ("returned", "delivered")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def book(db: sqlite3.Connection, given: Mapping[str, Any], webhook_url: str, now: float) -> sqlite3.Row:
    """Refuses a reference that already has a shipment: one consignment travels under one number."""
    refusals.only(
        given,
        "reference service shipper consignee from_place to_place package_count gross_weight_g handed_over_on packages webhook_url",
    )
    reference = refusals.text(given, "reference", most=128)
    if db.execute("select 1 from shipments where reference = ?", (reference,)).fetchone():
        raise Refusal(409, "reference_taken", "This reference already has a shipment.")
    if given.get("service") not in SERVICES:
        raise Refusal(400, "unknown_service", f"service must be one of: {', '.join(SERVICES)}.")
    day = refusals.text(given, "handed_over_on", most=10)
    if not _DAY.fullmatch(day):
        raise Refusal(400, "invalid_field", "handed_over_on must be a day such as 2026-01-31.")
    number = _new_number(db)
    row: sqlite3.Row = db.execute(
        "insert into shipments values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'booked', ?) returning *",
        (
            "shp_" + secrets.token_hex(16),  # knowing it is enough to see the label, so it cannot be guessed
            reference,
            number,
            given["service"],
            refusals.text(given, "shipper", most=200),
            refusals.text(given, "consignee", most=200),
            refusals.text(given, "from_place", most=120, least=0),
            refusals.text(given, "to_place", most=120, least=0),
            refusals.whole(given, "package_count", 1, 1, 100_000),
            refusals.whole(given, "gross_weight_g", None, 1, 10**12),
            day,
            refusals.address(given, "webhook_url", required=False) or webhook_url,
            now,
        ),
    ).fetchone()
    listed = given.get("packages") or []
    if not isinstance(listed, list) or len(listed) > PACKAGES_MAX:
        raise Refusal(400, "invalid_field", f"packages must be a list of at most {PACKAGES_MAX}.")
    for package in listed:
        if not isinstance(package, dict):
            raise Refusal(400, "invalid_field", "packages must be a list of objects.")
        refusals.only(package, "n kind marks")
        n = refusals.whole(package, "n", None, 1, 100_000)
        if n is None or db.execute("select 1 from packages where shipment = ? and n = ?", (row["id"], n)).fetchone():
            raise Refusal(400, "invalid_field", "Every package needs an n of its own.")
        kind, marks = refusals.text(package, "kind", most=40, least=0), refusals.text(package, "marks", most=200, least=0)
        db.execute("insert into packages values (?, ?, ?, ?, ?)", (row["id"], n, kind, marks, f"{number}-{n}"))
    return row


def _new_number(db: sqlite3.Connection) -> str:
    """Nine digits, the last a check digit (mod 10 of the weighted others), like the numbers of parcel services."""
    while True:
        digits = f"{secrets.randbelow(10**8):08d}"
        check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
        number = f"SBX{digits}{check}"
        if number != "SBX000000000" and not db.execute("select 1 from shipments where tracking_number = ?", (number,)).fetchone():
            return number


def shipment(db: sqlite3.Connection, shipment_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("select * from shipments where id = ?", (shipment_id,)).fetchone()
    if row is None:
        raise Refusal(404, "not_found", "There is no such shipment.")
    return row


def cancel(db: sqlite3.Connection, shipment_id: str) -> sqlite3.Row:
    """Refuses one that moves or is over; one that is cancelled already stays so."""
    row = shipment(db, shipment_id)
    if row["state"] == "cancelled":
        return row
    if row["state"] != "booked":
        raise Refusal(409, "already_moving", f"This shipment is {row['state']}.")
    db.execute("update shipments set state = 'cancelled' where id = ?", (shipment_id,))
    return shipment(db, shipment_id)


def scan(db: sqlite3.Connection, announcer: Announcer, shipment_id: str, given: Mapping[str, Any], now: float) -> sqlite3.Row:
    """Somebody at the carrier saw the goods: kept, and told by webhook. Refuses a cancelled shipment and one whose way is over."""
    refusals.only(given, "code place package note signed_by")
    row = shipment(db, shipment_id)
    code = given.get("code")
    if code not in CODES:
        raise Refusal(400, "unknown_code", f"code must be one of: {', '.join(CODES)}.")
    if row["state"] in ("cancelled", "over"):
        raise Refusal(409, "shipment_over", f"This shipment is {row['state']}.")
    n = 1 + db.execute("select count(*) from scans where shipment = ?", (shipment_id,)).fetchone()[0]
    if n > SCANS_MAX:
        raise Refusal(409, "too_many_scans", f"A shipment has at most {SCANS_MAX} scans.")
    package = refusals.whole(given, "package", None, 1, 100_000)
    if (
        package is not None
        and not db.execute("select 1 from packages where shipment = ? and n = ?", (shipment_id, package)).fetchone()
    ):
        raise Refusal(400, "unknown_package", "This shipment has no such package.")
    signed_by = refusals.text(given, "signed_by", most=140, least=0)
    seen: sqlite3.Row = db.execute(
        "insert into scans values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *",
        (
            "scn_" + secrets.token_hex(12),
            shipment_id,
            n,
            code,
            refusals.text(given, "place", most=120, least=0) or _usual_place(row, str(code)),
            package,
            refusals.text(given, "note", most=300, least=0),
            signed_by,
            slip_hash(row, signed_by, now) if code == "delivered" else "",
            now,
        ),
    ).fetchone()
    over = code in LAST and (package is None or _all_over(db, row))
    db.execute("update shipments set state = ? where id = ?", ("over" if over else "moving", shipment_id))
    told = {
        "id": row["id"],
        "reference": row["reference"],
        "tracking_number": row["tracking_number"],
        "scan": shown_scan(seen),
    }
    announcer.announce(db, "shipment.scanned", told, row["webhook_url"], now)
    return seen


def _usual_place(row: sqlite3.Row, code: str) -> str:
    place: str = row["from_place"] if code in ("picked_up", "departed", "returned") else row["to_place"]
    return place


def _all_over(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    done = "select count(distinct package) from scans where shipment = ? and package is not null and code in ('delivered', 'returned')"
    count: int = db.execute(done, (row["id"],)).fetchone()[0]
    return count >= row["package_count"]


def slip(row: sqlite3.Row, signed_by: str, at: float) -> bytes:
    """The delivery slip, byte for byte: its hash stands in the event, so that either side can show later what was signed."""
    said = {"tracking_number": row["tracking_number"], "signed_by": signed_by, "delivered_at": written_moment(at)}
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def slip_hash(row: sqlite3.Row, signed_by: str, at: float) -> str:
    return hashlib.sha256(slip(row, signed_by, at)).hexdigest()


def delivery_slip(db: sqlite3.Connection, shipment_id: str) -> bytes:
    row = shipment(db, shipment_id)
    last = db.execute(
        "select * from scans where shipment = ? and code = 'delivered' order by n desc limit 1", (shipment_id,)
    ).fetchone()
    if last is None:
        raise Refusal(404, "not_delivered", "This shipment has not been delivered.")
    return slip(row, last["signed_by"], last["occurred_at"])


def shown(db: sqlite3.Connection, row: sqlite3.Row, public_url: str) -> dict[str, Any]:
    keys = "id reference tracking_number service from_place to_place package_count handed_over_on state"
    packages = db.execute("select n, tracking_number from packages where shipment = ? order by n", (row["id"],))
    scans = db.execute("select * from scans where shipment = ? order by n", (row["id"],))
    return {key: row[key] for key in keys.split()} | {
        "label_url": f"{public_url}/labels/{row['id']}",
        "packages": [{"n": package["n"], "tracking_number": package["tracking_number"]} for package in packages],
        "scans": [shown_scan(seen) for seen in scans],
        "created_at": written_moment(row["created_at"]),
    }


def shown_scan(seen: sqlite3.Row) -> dict[str, Any]:
    keys = "id code place package note signed_by document_sha256"
    return {key: seen[key] for key in keys.split()} | {"occurred_at": written_moment(seen["occurred_at"])}
