"""The JSON API under /v1: shipments, and the scans of whoever plays the carrier."""

import sqlite3
from typing import Any

from everfair.base.sandbox.api import Api, Call, Route, found, references_in
from everfair.base.sandbox.refusals import only
from everfair.logistics.sandbox import shipments


def _book(call: Call) -> dict[str, Any]:
    row = shipments.book(call.db, call.given, call.service.settings.webhook_url, call.now)
    return shipments.shown(call.db, row, call.service.public_url)


def _read(call: Call) -> dict[str, Any]:
    return shipments.shown(call.db, shipments.shipment(call.db, call.id), call.service.public_url)


def _find(call: Call) -> dict[str, Any]:
    rows = found(call, "shipments", "reference")
    return {"items": [shipments.shown(call.db, row, call.service.public_url) for row in rows]}


def _cancel(call: Call) -> dict[str, Any]:
    only(call.given, "")
    return shipments.shown(call.db, shipments.cancel(call.db, call.id), call.service.public_url)


def _scan(call: Call) -> dict[str, Any]:
    return shipments.shown_scan(shipments.scan(call.db, call.service.announcer, call.id, call.given, call.now))


# fmt: off
ROUTES = (
    Route("POST", "/v1/shipments",             "shipments.book",   _book, key_required=True),
    Route("GET",  "/v1/shipments",             "shipments.find",   _find),
    Route("GET",  "/v1/shipments/{id}",        "shipments.read",   _read),
    Route("POST", "/v1/shipments/{id}/cancel", "shipments.cancel", _cancel),
    # What people at the carrier do with the goods: no call of the customer's, so no fault strikes it.
    Route("POST", "/v1/shipments/{id}/scans",  "",                 _scan),
)
# fmt: on


def _references(db: sqlite3.Connection, given: dict[str, Any], query: dict[str, str], thing_id: str) -> set[str]:
    named = [given.get("reference"), query.get("reference")]
    return references_in(db, named, [("select reference from shipments where id = ?", thing_id)])


API = Api(ROUTES, _references)
