"""The RSGI application: answers kept pages on the event loop, and lets the rest in by what it is for.

What must never wait behind browsing (payment events, the balancer's questions) has threads of its own; everything else
shares the others with a bounded queue, of which browsing without a session may fill only a part. What finds no place
is told so at once (503, with a time to come back): no thread is taken for it.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from everfair.base.public import TAGS
from everfair.base.store import Store
from everfair.site.front import bridge
from everfair.site.front.bridge import WSGI, Answer
from everfair.site.front.follower import Follower
from everfair.site.front.keys import Address, Key, address_of
from everfair.site.front.store import Kept

log = logging.getLogger(__name__)
THREADS, RESERVED_THREADS = 3, 2  # together no more than the pool has connections (EVERFAIR_POOL)
MOST_WAITING = 96  # in the queue of the shared threads
MOST_BROWSING = 32  # how long that queue may be for one who has no session and writes nothing
MOST_RESERVED = 400
# A body lies on the disk until it is whole, so nobody may fill it: payment events are small, strangers send forms, and who has a
# session or a key sends price lists of 50 MiB or a handful of attachments. Views refuse less than that by themselves.
RESERVED_BYTES, STRANGER_BYTES, MEMBER_BYTES = 128 * 2**10, 3 * 2**20, 128 * 2**20
MOST_BODIES = 64  # read at the same time
COUNT_EVERY_S = 5.0
MOST_FILES = 400
# How long one thread may keep the others from running. The event loop and a payment event wait for every thread that makes a page:
# with Python's own 5 ms they took twice as long (decision 0009).
SWITCH_S = 0.0005
_RESERVED = ("/hooks/", "/healthz", "/readyz")
_FILES = "/static/"  # cheap, never from the database, and no page looks right without them
_SAFE = ("GET", "HEAD")
_TOLD_APART = ("content-length", TAGS.lower(), "request-id", "vary", "etag")


class Room:
    """A few threads, and who waits for them. Touched by the event loop alone."""

    def __init__(self, name: str, threads: int) -> None:
        self.threads, self.inside = threads, 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def has_place(self, most_waiting: int) -> bool:
        return self.inside < self.threads + most_waiting

    async def do(self, loop: asyncio.AbstractEventLoop, work: Callable[..., Any], *arguments: Any) -> Any:
        self.inside += 1
        try:
            return await loop.run_in_executor(self._pool, work, *arguments)
        finally:
            self.inside -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Question(NamedTuple):
    """A public page, asked for by nobody in particular: what a scope has, and nothing of who asked."""

    method: str
    path: str
    query_string: str
    server: str
    scheme: str
    client: str = "127.0.0.1:0"
    http_version: str = "1.1"
    authority: str | None = None


class Gate:
    """`count_views(numbers)` is told every few seconds how often each counted page was shown. `short_way` may make a public page
    without all that the application asks of a request; what it has no answer for goes the whole way."""

    def __init__(
        self,
        application: WSGI,
        store: Store[Kept],
        *,
        short_way: Callable[[dict[str, Any], Address], Answer | None] | None = None,
        follower: Callable[[Store[Kept]], Follower] | None = None,
        count_views: Callable[[Mapping[int, int]], object] | None = None,
    ) -> None:
        self.application, self.store, self.short_way = application, store, short_way
        self.shared, self.reserved, self.files = Room("shared", THREADS), Room("reserved", RESERVED_THREADS), Room("files", 1)
        self._bodies = 0  # that are being read
        self.views: Counter[int] = Counter()
        self._count_views, self._make_follower = count_views, follower
        self._follower: Follower | None = None
        self._being_made: dict[Key, asyncio.Task[Answer | Kept | None]] = {}
        self._proxied = os.environ.get("EVERFAIR_BEHIND_PROXY") == "1"
        self._loop: asyncio.AbstractEventLoop
        self._counting: asyncio.Task[None] | None = None

    # The life of a web process

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        if self._make_follower:
            self._follower = self._make_follower(self.store)
            self._follower.start()
        self._counting = loop.create_task(self._count_now_and_then())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._follower:
            self._follower.end()
        if self._counting:
            self._counting.cancel()
        self._tell_views(self.views)
        for room in (self.shared, self.reserved, self.files):
            room.close()

    # One request

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        if scope.method not in _SAFE:
            await self._pass_on(scope, proto)
            return
        asked = scope.headers
        https = scope.scheme == "https" or (self._proxied and asked.get("x-forwarded-proto") == "https")
        address = address_of(asked.get("host") or scope.authority or "", https, scope.path, scope.query_string)
        if address is None:
            await self._pass_on(scope, proto)
            return
        answer: Answer | Kept | None
        found = self.store.get(address.key)
        if found is None:
            answer = await self._make(scope, address)
        else:
            answer, fresh = found
            if not fresh and self.shared.has_place(0):
                self._begin(scope, address)
        if isinstance(answer, Kept):
            if address.counted is not None and scope.method == "GET":
                self.views[address.counted] += 1
            _send_kept(scope, proto, answer)
        elif answer is None:
            await self._pass_on(scope, proto)
        else:
            _send(scope, proto, answer)

    async def _make(self, scope: Any, address: Address) -> Answer | Kept | None:
        """However many ask at once, the page is made once."""
        if address.key not in self._being_made and not self.shared.has_place(MOST_BROWSING):
            return _come_back(address.key.path)
        return await asyncio.shield(self._begin(scope, address))

    def _begin(self, scope: Any, address: Address) -> asyncio.Task[Answer | Kept | None]:
        key = address.key
        task = self._being_made.get(key)
        if task is None:
            question = _Question("GET", key.path, key.query, scope.server, scope.scheme)
            task = self._loop.create_task(self.shared.do(self._loop, self._make_in_thread, question, address))
            self._being_made[key] = task
            task.add_done_callback(lambda done: self._being_made.pop(key, None))
        return task

    def _make_in_thread(self, question: _Question, address: Address) -> Answer | Kept | None:
        """The page as nobody in particular sees it. None: it is not the same for everybody after all."""
        since = self.store.now()
        headers = [("host", address.key.host), ("accept", "text/html")]
        if address.key.https:
            headers.append(("x-forwarded-proto", "https"))
        environ = bridge.environ_of(question, headers, io.BytesIO(), None)
        answer = self.short_way({**environ}, address) if self.short_way else None
        if answer is None:
            answer = bridge.call(self.application, environ)
        kept = kept_of(answer, address.fresh_s) if answer else None
        if kept is not None:
            self.store.keep(address.key, kept, since)
            return kept
        if answer is None or is_personal(answer):
            if answer is None or answer.status == 200:
                log.error("a page marked public is not the same for everybody", extra={"path": address.key.path})
            return None
        return answer

    async def _pass_on(self, scope: Any, proto: Any) -> None:
        """To Django, as it came; or a refusal at once, before its body is read."""
        stranger = scope.headers.get("cookie") is None and scope.headers.get("authorization") is None
        room, most, most_bytes = self.shared, MOST_WAITING, STRANGER_BYTES if stranger else MEMBER_BYTES
        if scope.path.startswith(_RESERVED):
            room, most, most_bytes = self.reserved, MOST_RESERVED, RESERVED_BYTES
        elif scope.path.startswith(_FILES):
            room, most = self.files, MOST_FILES
        elif scope.method in _SAFE and stranger:
            most = MOST_BROWSING
        full = room is self.shared and self._bodies >= MOST_BODIES
        if full or not room.has_place(most):
            _send(scope, proto, _come_back(scope.path))
            return
        self._bodies += 1
        try:
            body, length = await bridge.body_of(scope, proto, most_bytes)
        except bridge.TooLarge:
            _send(scope, proto, Answer(413, [("connection", "close")]))
            return
        finally:
            self._bodies -= 1
        if not room.has_place(most):  # others came while its body did
            body.close()
            _send(scope, proto, _come_back(scope.path))
            return
        with body:
            environ = bridge.environ_of(scope, scope.headers.items(), body, length)

            def stream(status: int, headers: bridge.Headers) -> bridge.Stream:
                return bridge.Stream(self._loop, proto, status, headers)

            answer = await room.do(self._loop, bridge.call, self.application, environ, stream)
        if answer is not None:
            _send(scope, proto, answer)

    # Views

    async def _count_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(COUNT_EVERY_S)
            if not self.views:
                continue
            views, self.views = self.views, Counter()
            told = False
            try:
                told = await self.reserved.do(self._loop, self._tell_views, views)
            finally:
                if not told:
                    self.views.update(views)

    def _tell_views(self, views: Counter[int]) -> bool:
        try:
            if views and self._count_views is not None:
                self._count_views(views)
        except Exception:
            log.exception("views are told later")
            return False
        return True


def is_personal(answer: Answer) -> bool:
    """Whether it was made for somebody: it sets a cookie, differs by one, or says so."""
    for name, value in answer.headers:
        said = value.lower()
        if name == "set-cookie" or (name == "vary" and ("cookie" in said or "*" in said)):
            return True
        if name == "cache-control" and ("private" in said or "no-store" in said) and answer.status == 200:
            return True
    return False


def kept_of(answer: Answer, fresh_s: float) -> Kept | None:
    """What of an answer may be kept for everybody; None when it may not: not tagged, not a 200, or personal."""
    tags = next((value for name, value in answer.headers if name == TAGS.lower()), None)
    if answer.status != 200 or tags is None or answer.file is not None or is_personal(answer):
        return None
    headers = [pair for pair in answer.headers if pair[0] not in _TOLD_APART]
    return Kept(answer.body, headers, frozenset(tags.split()), fresh_s)


def _send(scope: Any, proto: Any, answer: Answer) -> None:
    """What is not kept, without what only we need to know."""
    headers = [pair for pair in answer.headers if pair[0] != TAGS.lower()]
    bridge.send(proto, scope.method, answer._replace(headers=headers))


def _send_kept(scope: Any, proto: Any, kept: Kept) -> None:
    asked = scope.headers
    known = asked.get("if-none-match")
    if known is not None and (known == "*" or kept.etag in known):
        proto.response_empty(304, kept.bare_headers)
        return
    body, headers = kept.body, kept.headers
    if kept.packed is not None and _takes_gzip(asked.get("accept-encoding")):
        body, headers = kept.packed, kept.packed_headers
    if scope.method == "HEAD":
        proto.response_empty(200, [*headers, ("content-length", str(len(body)))])
    else:
        proto.response_bytes(200, headers, body)


@lru_cache(maxsize=1_000)
def _takes_gzip(stated: str | None) -> bool:
    return stated is not None and "gzip" in stated and "gzip;q=0" not in stated.replace(" ", "")


def _come_back(path: str) -> Answer:
    seconds = random.randint(1, 4)  # noqa: S311  only so that not everybody comes back at once
    with translation.override(get_language_from_path(path) or "en"):
        text = _("Too many visitors just now. Please try again in a few seconds.")
    headers = [("content-type", "text/plain; charset=utf-8"), ("retry-after", str(seconds)), ("cache-control", "no-store")]
    return Answer(503, headers, f"{text}\n".encode())
