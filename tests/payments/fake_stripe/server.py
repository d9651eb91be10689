"""The HTTP of the fake Stripe: keys, parameters, pages of lists, idempotency by key, and scripted failures."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payments.fake_stripe.state import Error, Obj, State, missing, shown

ACCOUNT = "acct_1Everfair"
API_KEY = "sk_test_51FakeKeyForTests"
SECRET = "whsec_FakeSigningSecretOfTests"
# What each write takes; Stripe refuses every parameter that it does not know.
TAKES = {
    "/v1/checkout/sessions": {
        "mode", "payment_method_types", "line_items", "client_reference_id", "metadata", "payment_intent_data", "adaptive_pricing",
        "success_url", "cancel_url", "locale",
    },
    "/v1/refunds": {"payment_intent", "amount", "metadata"},
    "/v1/transfers": {"amount", "currency", "destination", "transfer_group", "metadata"},
}  # fmt: skip
FILTERS = {
    "/v1/checkout/sessions": {"created", "status", "payment_intent"},
    "/v1/refunds": {"created", "payment_intent"},
    "/v1/transfers": {"created", "transfer_group"},
    "/v1/balance_transactions": {"created"},
}


@dataclass
class Trouble:
    """`kind`: 500_after (done, then a 500), 500 (nothing done, then a 500), silent (done, no answer for `value` s), hang_up (done, the line
    goes dead), 429 (nothing done; Retry-After `value`), 409 (the key is in use), nonsense (done, and no JSON), 403. `on`: how the path begins."""

    kind: str
    count: int = 1
    value: int = 0
    on: str = "/v1/"
    method: str = ""


@dataclass
class FakeStripe:
    state: State
    url: str = ""
    api_key: str = API_KEY
    secret: str = SECRET
    kept: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)  # idempotency key → what was asked, status, answer
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # method, path, headers
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def config(self, **changes: str) -> dict[str, str]:
        """The settings of an installation that has this Stripe."""
        own = {
            "API_KEY": self.api_key, "WEBHOOK_SECRET": self.secret, "ACCOUNT": self.state.account, "CURRENCIES": "EUR USD JPY KWD UGX ISK",
            "URL": self.url,
        }  # fmt: skip
        return {f"EVERFAIR_STRIPE_{name}": value for name, value in (own | changes).items()}

    def trouble(self, kind: str, **more: Any) -> None:
        self.troubles.append(Trouble(kind, **more))

    def pay(self, url: str) -> Obj:
        """What a payer does on the hosted page."""
        with self.lock:
            return self.state.pay(url.rpartition("/")[2])

    def signed(self, event: Obj, *, secret: str = "", at: int | None = None) -> tuple[dict[str, str], bytes]:
        """An event as it arrives."""
        body = json.dumps(event, indent=2).encode()
        at = int(time.time()) if at is None else at
        mac = hmac.new((secret or self.secret).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={at},v0=0000,v1={mac}"}, body

    # One call

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str], Trouble | None]:
        path, query = urlsplit(target).path, urlsplit(target).query
        self.calls.append((method, path, headers))
        if headers.get("authorization") != f"Bearer {self.api_key}":
            return 401, dumped({"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}), {}, None
        trouble = self._next(method, path)
        if trouble is not None and trouble.kind in ("429", "409", "403"):
            return *self._refusal(trouble), None
        key, asked = headers.get("idempotency-key", ""), f"{method} {path} {body.decode()}"
        if method == "POST" and key in self.kept:
            then, status, said = self.kept[key]
            if then != asked:
                told = "Keys for idempotent requests can only be used with the same parameters they were first used with."
                return 400, dumped({"error": {"type": "idempotency_error", "message": told}}), {}, None
            return status, said, {"Idempotent-Replayed": "true"}, trouble
        status, said = self._do(method, path, unfolded(body.decode() if method == "POST" else query), trouble)
        if trouble is not None and trouble.kind == "500_after":
            status, said = 500, dumped({"error": {"type": "api_error", "message": "An unknown error occurred"}})
        # What was refused before it began is not kept; what ended in a failure is.
        if method == "POST" and key and (status < 400 or status >= 500):
            self.kept[key] = (asked, status, said)
        return status, said, {}, trouble

    def _next(self, method: str, path: str) -> Trouble | None:
        for trouble in self.troubles:
            if path.startswith(trouble.on) and trouble.method in ("", method):
                trouble.count -= 1
                if trouble.count == 0:
                    self.troubles.remove(trouble)
                return trouble
        return None

    def _refusal(self, trouble: Trouble) -> tuple[int, bytes, dict[str, str]]:
        if trouble.kind == "429":
            error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}
            return 429, dumped({"error": error}), {"Retry-After": str(trouble.value)}
        if trouble.kind == "403":
            return (
                403,
                dumped({"error": {"type": "invalid_request_error", "message": "The provided key does not have access"}}),
                {},
            )
        error = {"type": "idempotency_error", "code": "idempotency_key_in_use", "message": "Another request is in progress"}
        return 409, dumped({"error": error}), {}

    def _do(self, method: str, path: str, asked: Obj, trouble: Trouble | None) -> tuple[int, bytes]:
        if trouble is not None and trouble.kind == "500":
            return 500, dumped({"error": {"type": "api_error", "message": "An unknown error occurred"}})
        try:
            return 200, dumped(self._write(path, asked) if method == "POST" else self._read(path, asked))
        except Error as error:
            return error.status, dumped(error.body)

    def _write(self, path: str, asked: Obj) -> Obj:
        match path.split("/")[2:]:
            case ["checkout", "sessions", ref, "expire"]:
                return shown(self.state.expire_session(ref))
            case ["payment_intents", ref, "cancel"]:
                return shown(self.state.cancel_intent(ref))
            case ["disputes", ref, "close"]:
                return shown(self.state.close_dispute(ref))
            case ["disputes", ref] if set(asked) <= {"evidence", "submit"}:
                return shown(self.state.answer_dispute(ref, asked))
        if unknown := set(asked) - TAKES.get(path, set()):
            raise Error(
                400, f"Received unknown parameter: {sorted(unknown)[0]}", code="parameter_unknown", param=sorted(unknown)[0]
            )
        match path:
            case "/v1/checkout/sessions":
                return shown(self.state.open_session(asked, lambda ref: f"{self.url}/c/pay/{ref}"))
            case "/v1/refunds":
                return shown(self.state.make_refund(asked))
            case "/v1/transfers":
                return shown(self.state.make_transfer(asked))
        raise Error(404, f"Unrecognized request URL (POST: {path}).")

    def _read(self, path: str, asked: Obj) -> Obj:
        state = self.state
        shelves = {
            "/v1/checkout/sessions": state.sessions, "/v1/payment_intents": state.intents, "/v1/refunds": state.refunds,
            "/v1/transfers": state.transfers, "/v1/balance_transactions": state.transactions,
            "/v1/disputes": state.disputes,
        }  # fmt: skip
        if path in shelves and path in FILTERS:
            return self._list(path, list(shelves[path].values()), asked)
        shelf, _, ref = path.rpartition("/")
        if shelf not in shelves:
            raise Error(404, f"Unrecognized request URL (GET: {path}).")
        if ref not in shelves[shelf]:
            raise missing(shelf, ref)
        return shown(shelves[shelf][ref])

    def _list(self, path: str, found: list[Obj], asked: Obj) -> Obj:
        """The newest first."""
        if unknown := set(asked) - FILTERS[path] - {"limit", "starting_after", "expand"}:
            raise Error(
                400, f"Received unknown parameter: {sorted(unknown)[0]}", code="parameter_unknown", param=sorted(unknown)[0]
            )
        made = asked.get("created", {})
        found = [one for one in found[::-1] if int(made.get("gte", 0)) <= one["created"] < int(made.get("lt", 10**12))]
        for name in FILTERS[path] - {"created"}:
            found = [one for one in found if asked.get(name, one.get(name)) == one.get(name)]
        if "starting_after" in asked:
            ids = [one["id"] for one in found]
            found = found[ids.index(asked["starting_after"]) + 1 :]
        limit = int(asked.get("limit", 10))
        page = [shown(one) for one in found[:limit]]
        if "data.source" in (asked.get("expand") or {}).values():
            page = [one | {"source": self.state.source_of(self.state.transactions[one["id"]])} for one in page]
        return {"object": "list", "data": page, "has_more": len(found) > limit, "url": path}


def dumped(found: Obj) -> bytes:
    return json.dumps(found).encode()


def unfolded(text: str) -> Obj:
    """`a[b][c]=d` as {"a": {"b": {"c": "d"}}}; lists by their numbers."""
    found: Obj = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = name.replace("]", "").split("[")
        inside, last = found, first
        for part in rest:
            inside, last = inside.setdefault(last, {}), part
        inside[last] = value
    return found


@contextmanager
def running_stripe(*, livemode: bool = False, account: str = ACCOUNT) -> Iterator[FakeStripe]:
    fake = FakeStripe(State(account, livemode), api_key=API_KEY.replace("test", "live") if livemode else API_KEY)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with fake.lock:
                status, said, more, trouble = fake.answer(
                    self.command, self.path, {name.lower(): text for name, text in self.headers.items()}, body
                )
            if trouble is not None and trouble.kind in ("silent", "hang_up"):
                if trouble.kind == "silent":
                    fake.ended.wait(trouble.value)
                self.close_connection = True
                return
            if trouble is not None and trouble.kind == "nonsense":
                said = b"<h1>Bad Gateway</h1>"
            self.send_response(status)
            for name, text in {**more, "Content-Type": "application/json", "Content-Length": str(len(said))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield fake
    finally:
        fake.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
