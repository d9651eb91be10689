"""The payment sandbox as its own process on a free port, and a receiver for its webhooks. For any test that needs a provider."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import everfair

API_KEY = "sandbox-key-for-tests"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_" + "b2xkZXItc2VjcmV0LW9mLTI0LWJ5dGVz"
SOURCE = Path(everfair.__file__).parent.parent


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class RunningSandbox:
    """`start`, `kill` (the hard way) and `stop` (the polite way); `call` for the API and `visit` for the pages."""

    folder: Path
    webhook_url: str = ""
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    url: str = ""
    process: subprocess.Popen[str] | None = None
    module: str = "everfair.payments.sandbox"
    prefix: str = "EVERFAIR_SANDBOX"

    def start(self, port: int = 0) -> "RunningSandbox":
        command = [sys.executable, "-m", self.module, "--port", str(port), "--data", str(self.folder)]
        command += ["--webhook-url", self.webhook_url, *self.options]
        self.process = subprocess.Popen(command, env=self.full_environment(), stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert " sandbox on " in line
        self.url = "http://127.0.0.1:" + line.strip().rpartition(":")[2]
        return self

    def full_environment(self) -> dict[str, str]:
        secrets = {f"{self.prefix}_API_KEY": API_KEY, f"{self.prefix}_WEBHOOK_SECRET": SECRET}
        return {**os.environ, "PYTHONPATH": str(SOURCE), **secrets, **self.environment}

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=10)
            self.process.stdout.close()
            self.process = None

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            with connection.getresponse() as response:
                return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, given: dict[str, Any] | None = None, key: str = "") -> Reply:
        headers = {"Authorization": f"Bearer {API_KEY}", **({"Idempotency-Key": key} if key else {})}
        return self.send(method, path, None if given is None else json.dumps(given).encode(), headers)

    def visit(self, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Reply:
        if form is None:
            return self.send("GET", path, None, headers)
        return self.send("POST", path, urlencode(form).encode(), headers)

    def fault(self, kind: str, **asked: Any) -> int:
        reply = self.call("POST", "/v1/faults", {"kind": kind, **asked})
        assert reply.status == 201, reply.text
        return reply.json["id"]

    def pay(self, url: str, instrument: str = "pays") -> Reply:
        """What a payer does on the hosted page."""
        return self.visit(urlsplit(url).path, {"instrument": instrument})


@contextmanager
def running_sandbox(folder: Path, webhook_url: str = "", *options: str, **environment: str) -> Iterator[RunningSandbox]:
    sandbox = RunningSandbox(folder, webhook_url, options, environment).start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


@dataclass
class Receiver:
    """Keeps every webhook it gets; answers with `statuses` in turn, then 200."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def wait_for(self, count: int, within_s: float = 8) -> list[dict[str, Any]]:
        wait_until(lambda: len(self.got) >= count, within_s)
        return self.events()


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            receiver.got.append((dict(self.headers.items()), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(true: Callable[[], object], within_s: float = 8) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
