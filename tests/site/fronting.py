"""The front without a server: a clock, somebody who asks, and a site behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from everfair.base.store import Store
from everfair.site.front.gate import Gate

OFFER = "/en/export/offers/7/"


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Proto:
    """What the server gives for one request, and what it was told to answer."""

    def __init__(self, body: bytes = b"") -> None:
        self.body, self.sent = body, b""

    async def __aiter__(self) -> Any:
        for start in range(0, len(self.body), 1_000):
            yield self.body[start : start + 1_000]

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.sent = status, headers, body

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self.status, self.headers, self.file = status, headers, file

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Proto:
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, piece: bytes) -> None:
        self.sent += piece

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


def scope(path: str, query: str = "", method: str = "GET", **headers: str) -> Any:
    named = {"host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(
        method=method, path=path, query_string=query, headers=named, scheme="http", authority=None, server="127.0.0.1:8000",
        client="127.0.0.1:5000", http_version="1.1",
    )  # fmt: skip


async def ask(gate: Gate, path: str, query: str = "", method: str = "GET", body: bytes = b"", **headers: str) -> Proto:
    proto = Proto(body)
    await gate.__rsgi__(scope(path, query, method, **headers), proto)
    return proto


def with_gate(gate: Gate, story: Callable[[], Awaitable[None]]) -> None:
    """The life of one web process around the story."""
    loop = asyncio.new_event_loop()
    gate.__rsgi_init__(loop)
    try:
        loop.run_until_complete(story())
    finally:
        gate.__rsgi_del__(loop)
        with suppress(asyncio.CancelledError):
            if gate._counting:
                loop.run_until_complete(gate._counting)
        loop.close()


class Site:
    """A site that answers what it was asked, tagged as public, and counts."""

    def __init__(self, *, tags: str = "offer:7", status: str = "200 OK", headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.headers = status, [("Cache-Tag", tags), ("Content-Type", "text/html"), *headers]
        self.open = threading.Event()
        self.open.set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.append(environ)
        if not environ["PATH_INFO"].startswith("/hooks/"):
            self.open.wait(10)
        start_response(self.status, self.headers)
        return [f"<p>{environ['PATH_INFO']}?{environ['QUERY_STRING']}</p>".encode() * 50]


def following(store: Store) -> Store:
    store.looked()
    return store
