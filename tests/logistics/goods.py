"""Consignments and carriers' words for the tests of this package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.signature import signed_headers
from everfair.companies.models import Company
from everfair.logistics.actions import hand_over, take_carrier_event
from everfair.logistics.actions.booking import note_booked
from everfair.logistics.carriers.port import Booked
from everfair.logistics.models import Consignment
from tests import make
from tests.make import next_number

SECRET = settings.CARRIERS["sandbox"]["EVERFAIR_CARRIER_SANDBOX_WEBHOOK_SECRET"]
OTHER_SECRET = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@dataclass
class Goods:
    """One consignment with the companies at its ends."""

    row: Consignment
    shipper: Actor
    consignee: Actor
    sender: Company
    receiver: Company

    def fresh(self) -> Consignment:
        self.row.refresh_from_db()
        return self.row


def goods(packages: int = 0, **changes: Any) -> Goods:
    """Handed over to a carrier that reports nothing; `packages` of them listed one by one."""
    sender, receiver = make.company(), make.company()
    shipper, consignee = make.actor(sender, who=make.member(sender)), make.actor(receiver, who=make.member(receiver))
    values: dict[str, Any] = {
        "mode": "sea", "carrier": "Evergreen", "tracking_number": "EGLV1234567", "handed_over_on": now().date() - timedelta(days=9),
        "package_count": packages or 2, "packages": [{"kind": "carton", "marks": f"{n + 1}/{packages}"} for n in range(packages)],
    } | changes  # fmt: skip
    row = hand_over(subject=new_id(), shipper_id=sender.pk, consignee_id=receiver.pk, by=shipper, **values)
    return Goods(row, shipper, consignee, sender, receiver)


def booked(packages: int = 0, **changes: Any) -> Goods:
    """The same with the sandbox carrier, which has taken it."""
    made = goods(packages, carrier_code="sandbox", **changes)
    number = f"SBX{next_number():09d}"
    made.row = note_booked(
        made.row.pk, Booked(f"shp_{made.row.pk.hex}", number, "http://localhost:1/label", {}, "booked"), by=system()
    )
    return made


def system() -> Actor:
    return Actor(kind="system", door="command")


def said(
    row: Consignment, code: str, *, hours_ago: float = 1, event_id: str = "", **changes: Any
) -> tuple[dict[str, str], bytes]:
    """A carrier's event about these goods, truly signed: headers and body. `changes` falsify what it says."""
    event_id = event_id or f"evt_{next_number()}"
    scan = {
        "id": changes.pop("scan_id", f"scn_{event_id}"),
        "code": code,
        "place": changes.pop("place", "DEHAM"),
        "occurred_at": changes.pop("occurred_at", (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat()),
        "package": changes.pop("package", None),
        "note": "",
        "signed_by": changes.pop("signed_by", "A. Meyer" if code == "delivered" else ""),
        "document_sha256": "",
    }
    inside = {
        "id": row.carrier_ref or f"shp_{row.pk.hex}",
        "reference": str(row.pk),
        "tracking_number": row.tracking_number or "SBX1",
    }
    event = {
        "id": event_id,
        "type": "shipment.scanned",
        "created_at": datetime.now(UTC).isoformat(),
        "account": changes.pop("account", "acct_everfair"),
        "data": inside | {"scan": scan} | changes,
    }
    body = json.dumps(event).encode()
    return signed_headers([SECRET], event_id, int(datetime.now(UTC).timestamp()), body), body


def tell(row: Consignment, code: str, **changes: Any) -> str:
    """The carrier says so; what came of it."""
    return take_carrier_event("sandbox", *said(row, code, **changes))
