"""A stand-in for the payment provider, in our own process so that its work is not counted: it opens checkouts and nothing else.

Its events are truly signed; the installation verifies and books them as it would the real ones.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from everfair.base.signature import signed_headers

ACCOUNT = "acct_everfair"


class Provider:
    """Listens on a free loopback port from the start; `captured` makes the event that follows a payment."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.checkouts: dict[str, dict[str, Any]] = {}
        provider = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                said = provider._opened(asked)
                body = json.dumps(said).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _opened(self, asked: dict[str, Any]) -> dict[str, Any]:
        ref = f"chk_{uuid4().hex}"
        self.checkouts[asked["merchant_reference"]] = {**asked, "id": ref}
        return {"id": ref, "url": f"{self.url}/pay/{ref}"}

    def captured(self, intent_id: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of the event that says: this checkout was paid."""
        asked, event_id = self.checkouts[intent_id], f"evt_{uuid4().hex}"
        event = {
            "id": event_id,
            "type": "checkout.captured",
            "created_at": datetime.now(UTC).isoformat(),
            "account": ACCOUNT,
            "data": {
                "id": asked["id"],
                "merchant_reference": intent_id,
                "amount_minor": asked["amount_minor"],
                "currency": asked["currency"],
                "recipient": asked["recipient"],
                "state": "captured",
                "failure_code": "",
                "version": 2,
            },
        }
        body = json.dumps(event).encode()
        return signed_headers([self.secret], event_id, int(datetime.now(UTC).timestamp()), body), body

    def close(self) -> None:
        self._server.shutdown()
