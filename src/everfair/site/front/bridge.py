"""From the event loop to Django: one request as WSGI names it, and its answer, made in a thread."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import IO, Any, NamedTuple

from everfair.site.front.store import Headers

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SMALL = 1_000_000  # a streamed answer up to this is read in one piece
IN_MEMORY = 1_000_000  # a longer body lies in a file until it is whole; no thread waits for it


class Answer(NamedTuple):
    """`file`: a path whose content the server sends by itself."""

    status: int
    headers: Headers
    body: bytes = b""
    file: str | None = None


class TooLarge(Exception):
    """A body beyond what whoever sends it may send."""


def environ_of(scope: Any, headers: Iterable[tuple[str, str]], body: IO[bytes], length: int | None) -> dict[str, Any]:
    host, _colon, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        if "_" in name:
            continue  # `x_forwarded_for` would become the name that only the proxy may write
        called = name.upper().replace("-", "_")
        if called in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            environ[called] = value
            continue
        called = f"HTTP_{called}"
        between = "; " if name == "cookie" else ","
        environ[called] = f"{environ[called]}{between}{value}" if called in environ else value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority  # HTTP/2
    environ.pop("CONTENT_LENGTH", None)
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


async def body_of(scope: Any, proto: Any, most_bytes: int) -> tuple[IO[bytes], int | None]:
    """The whole body, before a thread is taken. Raises TooLarge."""
    stated = scope.headers.get("content-length")
    if stated is None and scope.headers.get("transfer-encoding") is None and scope.http_version.startswith("1"):
        return io.BytesIO(), None
    if stated is not None and stated.isdigit() and int(stated) > most_bytes:
        raise TooLarge
    file, length = tempfile.SpooledTemporaryFile(IN_MEMORY), 0  # noqa: SIM115  closed when the answer is there
    async for chunk in proto:
        length += len(chunk)
        if length > most_bytes:
            file.close()
            raise TooLarge
        file.write(chunk)
    file.seek(0)
    return file, length


def call(application: WSGI, environ: dict[str, Any], stream: Callable[[int, Headers], Stream] | None = None) -> Answer | None:
    """Ask Django, in the present thread. None: the answer was long, and went out piece by piece through `stream`."""
    begun: list[Any] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
        begun[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]

    response = application(environ, start_response)
    try:
        status, headers = begun
        if not getattr(response, "streaming", False):
            return Answer(status, headers, b"".join(response))
        length = next((int(value) for name, value in headers if name == "content-length" and value.isdigit()), None)
        if length is not None and length <= SMALL:
            return Answer(status, headers, b"".join(response))
        path = getattr(getattr(response, "file_to_stream", None), "name", None)
        if status == HTTPStatus.OK and isinstance(path, str) and os.path.isabs(path) and os.path.getsize(path) == length:
            return Answer(status, headers, file=path)
        if stream is None:
            return Answer(status, headers, b"".join(response))
        if environ["REQUEST_METHOD"] == "HEAD":
            return Answer(status, headers)
        out = stream(status, headers)
        with suppress(ConnectionError):
            for piece in response:
                out.send(piece)
        return None
    finally:
        if hasattr(response, "close"):
            response.close()


class Stream:
    """Sends pieces from a thread; waits until the last one is taken, so that memory does not fill."""

    def __init__(self, loop: asyncio.AbstractEventLoop, proto: Any, status: int, headers: Headers) -> None:
        self._loop, self._patience_s = loop, 60.0

        async def begin() -> Any:
            return proto.response_stream(status, headers)

        self._transport = self._wait(begin())

    def send(self, piece: bytes) -> None:
        """Raises ConnectionError when nobody takes it any more."""

        async def sent() -> None:
            await self._transport.send_bytes(piece)

        try:
            self._wait(sent())
        except Exception as problem:
            raise ConnectionAbortedError from problem

    def _wait(self, task: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(self._patience_s)


def send(proto: Any, method: str, answer: Answer) -> None:
    if answer.file is not None and method != "HEAD":
        proto.response_file(answer.status, answer.headers, answer.file)
    elif method == "HEAD" or answer.status in (204, 304) or not answer.body:
        headers = (
            [pair for pair in answer.headers if pair[0] != "content-length"] if answer.status in (204, 304) else answer.headers
        )
        if method == "HEAD" and answer.body and not any(name == "content-length" for name, value in headers):
            headers = [*headers, ("content-length", str(len(answer.body)))]
        proto.response_empty(answer.status, headers)
    else:
        proto.response_bytes(answer.status, answer.headers, answer.body)
