"""The socket: threads with a bound, small requests only, one place where bytes become requests and responses become bytes."""

import select
import socket
import sys
import threading
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.service import Request, Response, Service, refused

BODY_MAX = 64 * 1024
CONNECTIONS_MAX = 64
IDLE_S = 15
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    service: Service  # set before it serves

    def __init__(self, address: tuple[str, int]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._places = threading.BoundedSemaphore(CONNECTIONS_MAX)
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask DNS for its own name here, which can hang on a machine without a network.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(timeout=5):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            sys.stderr.write(traceback.format_exc())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Everfair-Sandbox"
    sys_version = ""
    timeout = IDLE_S
    disable_nagle_algorithm = True  # head and body are two sends; the second must not wait for the first one's ACK
    server: SandboxServer

    def do_GET(self) -> None:
        self._serve("GET")

    def do_HEAD(self) -> None:
        self._serve("GET", headless=True)

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str, *, headless: bool = False) -> None:
        try:
            response = self._answer(method)
        except Refusal as refusal:
            self.close_connection = True  # part of the request may still be unread
            response = refused(refusal)
        except Exception:
            sys.stderr.write(traceback.format_exc())
            response = refused(Refusal(500, "internal", "The sandbox has a fault of its own."))
        if response.silent_s:
            self._stay_silent(response.silent_s)
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in {**SECURITY_HEADERS, **response.headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not headless:
            self.wfile.write(response.body)

    def _answer(self, method: str) -> Response:
        service = self.server.service
        body = self._body()
        try:
            parts = urlsplit(self.path)
            path = unquote(parts.path, errors="strict")
            query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20, errors="strict"))
        except ValueError as error:
            raise Refusal(400, "invalid_address", "The address cannot be read.") from error
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(method, path, query, headers, body, self.client_address[0])
        if path == "/healthz":
            with service.store.reading() as db:
                db.execute("select 1 from events limit 1").fetchone()
            if not service.courier.is_alive():
                raise Refusal(503, "courier_stopped", "The courier has stopped.")
            return Response(200, b'{"status": "ok"}', "application/json")
        return service.answer(request)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding"):
            raise Refusal(411, "length_required", "Send a Content-Length.")
        lengths = self.headers.get_all("Content-Length") or ["0"]
        if len(lengths) > 1 or not lengths[0].isascii() or not lengths[0].isdigit():
            raise Refusal(400, "invalid_length", "The Content-Length cannot be read.")
        if len(lengths[0]) > 9 or int(lengths[0]) > BODY_MAX:
            raise Refusal(413, "body_too_large", f"The body may hold {BODY_MAX} bytes.")
        length = int(lengths[0])
        body = self.rfile.read(length)
        if len(body) < length:
            raise Refusal(400, "incomplete_body", "The body ended early.")
        return body

    def _stay_silent(self, for_s: int) -> None:
        """Hold the line without a word until the other side hangs up."""
        self.close_connection = True
        until = time.monotonic() + for_s
        while (left_s := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], min(left_s, 1.0))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
            if readable:
                time.sleep(0.1)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the HTTP parser itself refuses, in the same form as everything else."""
        body = refused(Refusal(code, "bad_request", message or HTTPStatus(code).phrase)).body
        self.close_connection = True
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the console shows what happened, and addresses of hosted pages are secrets."""
