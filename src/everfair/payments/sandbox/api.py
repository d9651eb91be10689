"""The JSON API under /v1: bearer key, idempotent writes, scripted faults, errors as {"error": {"code", "message"}}."""

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from everfair.payments.providers.strict_json import BadJson, read_object
from everfair.payments.sandbox import checkouts, faults, payouts
from everfair.payments.sandbox.events import replay
from everfair.payments.sandbox.moments import written_moment
from everfair.payments.sandbox.refusals import Refusal, only
from everfair.payments.sandbox.service import Request, Response, Service, same_secret
from everfair.payments.sandbox.settlements import statement

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True)
class Call:
    service: Service
    db: sqlite3.Connection
    given: dict[str, Any]
    query: dict[str, str]
    id: str
    now: float


def _open_checkout(call: Call) -> dict[str, Any]:
    row = checkouts.open_checkout(call.db, call.given, call.service.settings.webhook_url, call.now)
    return checkouts.shown_checkout(row, call.service.public_url)


def _read_checkout(call: Call) -> dict[str, Any]:
    return checkouts.shown_checkout(checkouts.checkout(call.db, call.id), call.service.public_url)


def _find_checkouts(call: Call) -> dict[str, Any]:
    rows = _found(call, "checkouts", "merchant_reference")
    return {"items": [checkouts.shown_checkout(row, call.service.public_url) for row in rows]}


def _cancel_checkout(call: Call) -> dict[str, Any]:
    only(call.given, "")
    return checkouts.shown_checkout(checkouts.cancel_checkout(call.db, call.id), call.service.public_url)


def _create_refund(call: Call) -> dict[str, Any]:
    return checkouts.shown_refund(checkouts.create_refund(call.db, call.service.announcer, call.given, call.now))


def _read_refund(call: Call) -> dict[str, Any]:
    return checkouts.shown_refund(_one(call, "refunds"))


def _find_refunds(call: Call) -> dict[str, Any]:
    return {"items": [checkouts.shown_refund(row) for row in _found(call, "refunds", "reference")]}


def _send_payout(call: Call) -> dict[str, Any]:
    settings = call.service.settings
    row = payouts.send_payout(call.db, call.given, settings.webhook_url, settings.payout_after_s, call.now)
    return payouts.shown_payout(row)


def _read_payout(call: Call) -> dict[str, Any]:
    return payouts.shown_payout(_one(call, "payouts"))


def _find_payouts(call: Call) -> dict[str, Any]:
    return {"items": [payouts.shown_payout(row) for row in _found(call, "payouts", "reference")]}


def _read_statement(call: Call) -> dict[str, Any]:
    return statement(call.db, call.query.get("from", ""), call.query.get("to", ""), call.query.get("after", "0"))


def _list_faults(call: Call) -> dict[str, Any]:
    return {"items": faults.faults_on(call.db)}


def _add_fault(call: Call) -> dict[str, Any]:
    return faults.add_fault(call.db, call.given, call.now)


def _remove_fault(call: Call) -> dict[str, Any]:
    faults.remove_fault(call.db, int(call.id))
    return {}


def _remove_all_faults(call: Call) -> dict[str, Any]:
    faults.remove_all_faults(call.db)
    return {}


def _list_deliveries(call: Call) -> dict[str, Any]:
    """The newest hundred, for one merchant_reference where given."""
    reference = call.query.get("merchant_reference")
    rows = call.db.execute(
        "select d.*, e.type, e.merchant_reference from deliveries d join events e on e.id = d.event"
        " where ? is null or e.merchant_reference = ? order by d.id desc limit 100",
        (reference, reference),
    )
    keys = "id event type merchant_reference state attempts last_status last_error"
    return {"items": [{key: row[key] for key in keys.split()} | {"due_at": written_moment(row["due_at"])} for row in rows]}


def _replay_delivery(call: Call) -> dict[str, Any]:
    if not replay(call.db, int(call.id), call.now):
        raise Refusal(404, "not_found", "There is no such delivery.")
    return {}


@dataclass(frozen=True)
class Route:
    method: str
    path: str  # {id} stands for one id
    operation: str  # empty: about the sandbox itself, so no fault strikes it
    answer: Callable[[Call], dict[str, Any]]
    key_required: bool = False


# fmt: off
ROUTES = (
    Route("POST",   "/v1/checkouts",              "checkouts.open",   _open_checkout, key_required=True),
    Route("GET",    "/v1/checkouts",              "checkouts.find",   _find_checkouts),
    Route("GET",    "/v1/checkouts/{id}",         "checkouts.read",   _read_checkout),
    Route("POST",   "/v1/checkouts/{id}/cancel",  "checkouts.cancel", _cancel_checkout),
    Route("POST",   "/v1/refunds",                "refunds.create",   _create_refund, key_required=True),
    Route("GET",    "/v1/refunds",                "refunds.find",     _find_refunds),
    Route("GET",    "/v1/refunds/{id}",           "refunds.read",     _read_refund),
    Route("POST",   "/v1/payouts",                "payouts.send",     _send_payout, key_required=True),
    Route("GET",    "/v1/payouts",                "payouts.find",     _find_payouts),
    Route("GET",    "/v1/payouts/{id}",           "payouts.read",     _read_payout),
    Route("GET",    "/v1/statement",              "statement.read",   _read_statement),
    Route("GET",    "/v1/faults",                 "",                 _list_faults),
    Route("POST",   "/v1/faults",                 "",                 _add_fault),
    Route("DELETE", "/v1/faults",                 "",                 _remove_all_faults),
    Route("DELETE", "/v1/faults/{number}",        "",                 _remove_fault),
    Route("GET",    "/v1/deliveries",             "",                 _list_deliveries),
    Route("POST",   "/v1/deliveries/{number}/replay", "",             _replay_delivery),
)
# fmt: on
_PATTERNS = [
    (route, re.compile(route.path.replace("{id}", "([a-z]{3}_[0-9a-f]{8,64})").replace("{number}", "([1-9][0-9]{0,15})")))
    for route in ROUTES
]


def answer(service: Service, request: Request) -> Response:
    """One API call from key check to bytes. Every refusal is a clean 4xx."""
    try:
        return _answer(service, request)
    except Refusal as refusal:
        return refused(refusal)


def refused(refusal: Refusal) -> Response:
    return _json(refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}, refusal.headers)


def _answer(service: Service, request: Request) -> Response:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not same_secret(key, service.settings.api_key):
        raise Refusal(401, "unauthorized", "A valid API key is needed.", {"WWW-Authenticate": "Bearer"})
    route, thing_id = _route(request)
    given: dict[str, Any] = {}
    if request.method == "POST" and request.body:
        try:
            given = read_object(request.body)
        except BadJson as error:
            raise Refusal(400, "invalid_json", f"The body is {error}.") from error
    if route.operation:
        _suffer(service, route, given, request.query, thing_id)
    if request.method == "GET":
        with service.store.reading() as db:
            return _json(200, route.answer(Call(service, db, given, request.query, thing_id, time.time())))
    response, struck = _write(service, request, route, given, thing_id)
    service.courier.wake()
    if "timeout_after_commit" in struck:
        return Response(0, silent_s=struck["timeout_after_commit"])
    if "error_5xx_after_commit" in struck:
        return _json(struck["error_5xx_after_commit"], _trouble())
    return response


def _route(request: Request) -> tuple[Route, str]:
    allowed = set()
    for route, pattern in _PATTERNS:
        if found := pattern.fullmatch(request.path):
            if route.method == request.method:
                return route, found.group(1) if found.groups() else ""
            allowed.add(route.method)
    if allowed:
        raise Refusal(405, "method_not_allowed", "This address does not take that method.", {"Allow": ", ".join(sorted(allowed))})
    raise Refusal(404, "not_found", "There is nothing at this address.")


def _suffer(service: Service, route: Route, given: dict[str, Any], query: dict[str, str], thing_id: str) -> None:
    """The faults that strike before any work is done."""
    with service.store.writing() as db:
        references = _references(db, given, query, thing_id)
        struck = faults.firing(db, service.settings.seed, faults.API_FAULTS, references, route.operation)
    if "slow" in struck:
        time.sleep(struck["slow"])
    if "rate_limit_429" in struck:
        raise Refusal(429, "rate_limited", "Too many requests; come later.", {"Retry-After": str(struck["rate_limit_429"])})
    if "error_5xx" in struck:
        trouble = _trouble()["error"]
        raise Refusal(struck["error_5xx"], trouble["code"], trouble["message"])


def _write(
    service: Service, request: Request, route: Route, given: dict[str, Any], thing_id: str
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
            response = _json(status, route.answer(Call(service, db, given, request.query, thing_id, now)))
            if key:
                db.execute("insert into answers values (?, ?, ?, ?, ?)", (key, request_hash, response.status, response.body, now))
        if not route.operation:
            return response, {}
        references = _references(db, given, request.query, thing_id)
        return response, faults.firing(db, service.settings.seed, faults.WRITE_FAULTS, references, route.operation)


def _references(db: sqlite3.Connection, given: dict[str, Any], query: dict[str, str], thing_id: str) -> set[str]:
    """Every id of the merchant's that this call is about."""
    named = [
        *(given.get(name) for name in ("merchant_reference", "reference")),
        query.get("merchant_reference"),
        query.get("reference"),
    ]
    about = {name for name in named if isinstance(name, str)}
    for ref in (thing_id, given.get("checkout")):
        if isinstance(ref, str) and ref:
            try:
                about |= {row[0] for row in db.execute("select merchant_reference from checkouts where id = ?", (ref,))}
            except UnicodeEncodeError:
                pass  # a lone surrogate names nothing; the field's own check refuses it
    return about


def _found(call: Call, table: str, column: str) -> list[sqlite3.Row]:
    reference = call.query.get(column, "")
    if not 1 <= len(reference) <= 128:
        raise Refusal(400, "invalid_field", f"{column} must be a text of 1 to 128 characters.")
    return call.db.execute(f"select * from {table} where {column} = ?", (reference,)).fetchall()  # noqa: S608 - both are our words


def _one(call: Call, table: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.db.execute(f"select * from {table} where id = ?", (call.id,)).fetchone()  # noqa: S608 - our word
    if row is None:
        raise Refusal(404, "not_found", "There is nothing with this id.")
    return row


def _trouble() -> dict[str, Any]:
    return {"error": {"code": "scripted_trouble", "message": "A scripted fault of the sandbox."}}


def _json(status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", headers or {})
