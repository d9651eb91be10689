"""The JSON API under /v1: bearer key, idempotent writes, scripted faults, errors as {"error": {"code", "message"}}."""

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from everfair.base.sandbox import faults
from everfair.base.sandbox.events import replay
from everfair.base.sandbox.moments import written_moment
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.service import Request, Response, Service, json_answer, refused, same_secret
from everfair.base.strict_json import BadJson, read_object

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TROUBLE = {"code": "scripted_trouble", "message": "A scripted fault of the sandbox."}


@dataclass(frozen=True)
class Call:
    service: Service
    db: sqlite3.Connection
    given: dict[str, Any]
    query: dict[str, str]
    id: str
    now: float


@dataclass(frozen=True)
class Route:
    method: str
    path: str  # {id} stands for one id
    operation: str  # empty: about the sandbox itself, so no fault strikes it
    answer: Callable[[Call], dict[str, Any]]
    key_required: bool = False


# Every id of the customer's that a call is about: (db, what was sent, the query, the id in the path).
References = Callable[[sqlite3.Connection, dict[str, Any], dict[str, str], str], set[str]]


class Api:
    """A product's own routes, beside those for faults and deliveries that every sandbox has."""

    def __init__(self, routes: Sequence[Route], references: References) -> None:
        self._references = references
        self._patterns = [(route, _pattern(route)) for route in (*routes, *_COMMON)]

    def answer(self, service: Service, request: Request) -> Response:
        """One API call from key check to bytes. Every refusal is a clean 4xx."""
        try:
            return self._answer(service, request)
        except Refusal as refusal:
            return refused(refusal)

    def _answer(self, service: Service, request: Request) -> Response:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not same_secret(key, service.settings.api_key):
            raise Refusal(401, "unauthorized", "A valid API key is needed.", {"WWW-Authenticate": "Bearer"})
        route, thing_id = self._route(request)
        given: dict[str, Any] = {}
        if request.method == "POST" and request.body:
            try:
                given = read_object(request.body)
            except BadJson as error:
                raise Refusal(400, "invalid_json", f"The body is {error}.") from error
        if route.operation:
            self._suffer(service, route, given, request.query, thing_id)
        if request.method == "GET":
            with service.store.reading() as db:
                return json_answer(200, route.answer(Call(service, db, given, request.query, thing_id, time.time())))
        response, struck = self._write(service, request, route, given, thing_id)
        service.courier.wake()
        if "timeout_after_commit" in struck:
            return Response(0, silent_s=struck["timeout_after_commit"])
        if "error_5xx_after_commit" in struck:
            return json_answer(struck["error_5xx_after_commit"], {"error": _TROUBLE})
        return response

    def _route(self, request: Request) -> tuple[Route, str]:
        allowed = set()
        for route, pattern in self._patterns:
            if found := pattern.fullmatch(request.path):
                if route.method == request.method:
                    return route, found.group(1) if found.groups() else ""
                allowed.add(route.method)
        if allowed:
            methods = {"Allow": ", ".join(sorted(allowed))}
            raise Refusal(405, "method_not_allowed", "This address does not take that method.", methods)
        raise Refusal(404, "not_found", "There is nothing at this address.")

    def _suffer(self, service: Service, route: Route, given: dict[str, Any], query: dict[str, str], thing_id: str) -> None:
        """The faults that strike before any work is done."""
        with service.store.writing() as db:
            about = self._references(db, given, query, thing_id)
            struck = service.firing(db, faults.API_FAULTS, about, route.operation)
        if "slow" in struck:
            time.sleep(struck["slow"])
        if "rate_limit_429" in struck:
            raise Refusal(429, "rate_limited", "Too many requests; come later.", {"Retry-After": str(struck["rate_limit_429"])})
        if "error_5xx" in struck:
            raise Refusal(struck["error_5xx"], _TROUBLE["code"], _TROUBLE["message"])

    def _write(
        self, service: Service, request: Request, route: Route, given: dict[str, Any], thing_id: str
    ) -> tuple[Response, dict[str, int]]:
        """Do it once per key: the same key and body get the same answer for 30 days, another body is refused."""
        key = request.headers.get("idempotency-key", "") if route.key_required else ""
        if route.key_required and not _KEY.fullmatch(key):
            raise Refusal(400, "idempotency_key_required", "Idempotency-Key must hold 1 to 255 visible ASCII characters.")
        asked = json.dumps([request.method, request.path, given], sort_keys=True).encode()
        request_hash = hashlib.sha256(asked).digest()
        now = time.time()
        status = 201 if route.key_required or (not route.operation and request.path == "/v1/faults") else 200
        with service.store.writing() as db:
            row = db.execute("select * from answers where key = ?", (key,)).fetchone() if key else None
            if row is not None and row["request_hash"] != request_hash:
                raise Refusal(422, "idempotency_key_reused", "This Idempotency-Key was used with another request.")
            if row is not None:
                response = Response(row["status"], row["body"], "application/json", {"Idempotent-Replayed": "true"})
            else:
                response = json_answer(status, route.answer(Call(service, db, given, request.query, thing_id, now)))
                if key:
                    kept = (key, request_hash, response.status, response.body, now)
                    db.execute("insert into answers values (?, ?, ?, ?, ?)", kept)
            if not route.operation:
                return response, {}
            about = self._references(db, given, request.query, thing_id)
            return response, service.firing(db, faults.WRITE_FAULTS, about, route.operation)


def _pattern(route: Route) -> re.Pattern[str]:
    return re.compile(route.path.replace("{id}", "([a-z]{3}_[0-9a-f]{8,64})").replace("{number}", "([1-9][0-9]{0,15})"))


def references_in(db: sqlite3.Connection, values: Sequence[Any], lookups: Sequence[tuple[str, Any]]) -> set[str]:
    """The texts among `values`, and what each (query, id) finds in the first column."""
    about = {name for name in values if isinstance(name, str)}
    for query, ref in lookups:
        if isinstance(ref, str) and ref:
            try:
                about |= {row[0] for row in db.execute(query, (ref,))}
            except UnicodeEncodeError:
                pass  # a lone surrogate names nothing; the field's own check refuses it
    return about


def found(call: Call, table: str, column: str, named: str = "") -> list[sqlite3.Row]:
    """The rows of a table whose column is what the query names (the column's own name where none is given)."""
    reference = call.query.get(named or column, "")
    if not 1 <= len(reference) <= 128:
        raise Refusal(400, "invalid_field", f"{named or column} must be a text of 1 to 128 characters.")
    return call.db.execute(f"select * from {table} where {column} = ?", (reference,)).fetchall()  # noqa: S608 - both are our words


def one(call: Call, table: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.db.execute(f"select * from {table} where id = ?", (call.id,)).fetchone()  # noqa: S608 - our word
    if row is None:
        raise Refusal(404, "not_found", "There is nothing with this id.")
    return row


# What every sandbox answers about itself


def _list_faults(call: Call) -> dict[str, Any]:
    return {"items": call.service.product.faults.switched_on(call.db)}


def _add_fault(call: Call) -> dict[str, Any]:
    return call.service.product.faults.add(call.db, call.given, call.now)


def _remove_fault(call: Call) -> dict[str, Any]:
    faults.remove_fault(call.db, int(call.id))
    return {}


def _remove_all_faults(call: Call) -> dict[str, Any]:
    faults.remove_all_faults(call.db)
    return {}


def _list_deliveries(call: Call) -> dict[str, Any]:
    """The newest hundred, for one reference where given."""
    name = call.service.product.faults.reference
    reference = call.query.get(name)
    rows = call.db.execute(
        "select d.*, e.type, e.reference from deliveries d join events e on e.id = d.event"
        " where ? is null or e.reference = ? order by d.id desc limit 100",
        (reference, reference),
    )
    keys = "id event type state attempts last_status last_error"
    return {
        "items": [
            {key: row[key] for key in keys.split()} | {name: row["reference"], "due_at": written_moment(row["due_at"])}
            for row in rows
        ]
    }


def _replay_delivery(call: Call) -> dict[str, Any]:
    if not replay(call.db, int(call.id), call.now):
        raise Refusal(404, "not_found", "There is no such delivery.")
    return {}


# fmt: off
_COMMON = (
    Route("GET",    "/v1/faults",                     "", _list_faults),
    Route("POST",   "/v1/faults",                     "", _add_fault),
    Route("DELETE", "/v1/faults",                     "", _remove_all_faults),
    Route("DELETE", "/v1/faults/{number}",            "", _remove_fault),
    Route("GET",    "/v1/deliveries",                 "", _list_deliveries),
    Route("POST",   "/v1/deliveries/{number}/replay", "", _replay_delivery),
)
# fmt: on
