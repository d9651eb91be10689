"""A plain HTTP client that keeps its connections, and counts what it asked."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4


class Caller:
    """One client of the installation. `as_` is an API key; every write carries a fresh Idempotency-Key."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.asked: Counter[str] = Counter()
        self._line: http.client.HTTPConnection | None = None

    def raw(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> tuple[int, bytes]:
        for attempt in (1, 2):
            if self._line is None:
                self._line = http.client.HTTPConnection(self.host, timeout=30)
            try:
                self._line.request(method, path, body, headers or {})
                answer = self._line.getresponse()
                said = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self._line.close()
                self._line = None
                if attempt == 2:
                    raise
        return answer.status, said

    def api(self, as_: str, method: str, path: str, body: Any = None, *, step: str = "") -> Any:
        """The answer as JSON; stops the bench with the whole answer when it is a refusal."""
        headers = {"Authorization": f"Bearer {as_}", "Accept": "application/json"}
        if method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        sent = json.dumps(body).encode() if body is not None else None
        status, said = self.raw(method, f"/api/v1{path}", headers, sent)
        if status >= 300:
            raise SystemExit(f"{method} {path} was answered {status}: {said.decode()[:800]}")
        self.asked[step or path] += 1
        return json.loads(said)

    def page(self, path: str) -> bytes:
        status, said = self.raw("GET", path, {"Accept": "text/html", "Accept-Encoding": "identity", "Accept-Language": "en"})
        if status != 200:
            raise SystemExit(f"GET {path} was answered {status}: {said.decode()[:400]}")
        return said
