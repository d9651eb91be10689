"""The console for whoever plays the carrier, the label of a shipment, and its delivery slip."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from everfair.base.sandbox.pages import ROWS_MAX, Pages, act, back_to_console, console_rows, form_of, styles
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.service import Request, Response, Service
from everfair.base.sandbox.words import language_of
from everfair.logistics.sandbox import shipments
from everfair.logistics.sandbox.words import WORDS

PAGES = Pages(Path(__file__).parent, WORDS, "carrier_console")


def answer(service: Service, request: Request) -> Response:
    """Any page; a refusal becomes a page too."""
    language = language_of(request.query.get("lang") or request.headers.get("accept-language", "").split(",")[0])
    try:
        return _answer(service, request, language)
    except Refusal as refusal:
        return PAGES.refused(refusal, language, request)


def _answer(service: Service, request: Request, language: str) -> Response:
    path = request.path
    if path == "/console" or path.startswith("/console/"):
        return console(service, request, language)
    if request.method == "GET" and path == "/static/sandbox.css":
        return styles()
    if request.method == "GET" and path.startswith("/labels/"):
        return label(service, request, path.removeprefix("/labels/"), language)
    if request.method == "GET" and path == "/":
        return Response(303, headers={"Location": "/console"})
    raise Refusal(404, "missing", PAGES.words(language)["missing_text"])


def label(service: Service, request: Request, rest: str, language: str) -> Response:
    """What is stuck on the goods; under `/slip` what was signed for them, byte for byte."""
    shipment_id, _, part = rest.partition("/")
    with service.store.reading() as db:
        if part == "slip":
            return Response(200, shipments.delivery_slip(db, shipment_id), "application/json")
        row = shipments.shipment(db, shipment_id)
        packages = db.execute("select * from packages where shipment = ? order by n", (row["id"],)).fetchall()
    if part:
        raise Refusal(404, "missing", "")
    return PAGES.page("label.html", language, request, row=row, packages=packages)


def console(service: Service, request: Request, language: str) -> Response:
    """The shipments and what may be done with each; faults and repeated deliveries by their buttons."""
    if closed := PAGES.enter(service, request):
        return closed
    if request.method == "POST":
        form = form_of(request)
        with service.store.writing() as db:
            if request.path == "/console/scan":
                shipments.scan(db, service.announcer, form.get("id", ""), _scan_asked(form), time.time())
            elif not act(service, db, request.path, form):
                raise Refusal(404, "missing", "")
        service.courier.wake()
        return back_to_console(language)
    if request.path != "/console":
        raise Refusal(404, "missing", "")
    with service.store.reading() as db:
        rows = db.execute("select * from shipments order by created_at desc limit ?", (ROWS_MAX,)).fetchall()
        last = {
            row["shipment"]: row
            for row in db.execute(
                "select s.* from scans s join (select shipment, max(n) as n from scans group by shipment) m"
                " on m.shipment = s.shipment and m.n = s.n"
            )
        }
        shown: dict[str, Any] = console_rows(service, db) | {
            "shipments": rows,
            "last": last,
            "codes": shipments.CODES,
            "likely": _LIKELY,
        }
    return PAGES.page("console_shipments.html", language, request, **shown)


# What usually comes next, so that a whole journey is a row of clicks.
_LIKELY = {
    "": "picked_up", "picked_up": "departed", "departed": "arrived", "arrived": "out_for_delivery", "customs": "out_for_delivery",
    "out_for_delivery": "delivered", "attempt_failed": "out_for_delivery", "exception": "departed", "lost": "arrived",
    "returned": "delivered", "delivered": "delivered",
}  # fmt: skip


def _scan_asked(form: Mapping[str, str]) -> dict[str, Any]:
    return {name: form.get(name, "").strip() for name in ("code", "place", "signed_by")}
