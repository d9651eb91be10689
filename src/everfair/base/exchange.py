"""One HTTP exchange that cannot hang, wander or swell: time-outs for connecting and for the whole answer, no redirects, a cap.

It tells two failures apart, because money depends on it: `NotReached` (not a byte was sent) and
`NoAnswer` (anything may have happened).
"""

import http.client
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
READ_MAX = 64 * 1024


class NotReached(Exception):
    """No connection, so nothing was sent."""


class NoAnswer(Exception):
    """The request was sent, or may have been; no usable answer came."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    read_timeout_s: float = READ_TIMEOUT_S,
    read_max: int = READ_MAX,
) -> Answer:
    """Send one request and read one answer of at most `read_max` bytes within `read_timeout_s`.

    Redirects are answers, not orders.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotReached(f"not an http address: {url[:200]}")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname, parts.port, timeout=connect_timeout_s)
        connection.connect()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NotReached(type(error).__name__) from error
    sock = connection.sock
    sock.settimeout(read_timeout_s)
    # A per-read time-out alone lets a peer drip one byte at a time for ever; the alarm ends the whole exchange.
    alarm = threading.Timer(read_timeout_s, _hang_up, [sock])
    alarm.daemon = True
    alarm.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers={**headers, "Connection": "close"})
        with connection.getresponse() as response:
            read = response.read(read_max + 1)
            if len(read) > read_max:
                raise NoAnswer(f"more than {read_max} bytes")
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, read)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        alarm.cancel()
        connection.close()


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already closed: the answer won the race
