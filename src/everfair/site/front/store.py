"""Whole answers in memory, bounded by their bytes, each with the tags by which it is dropped."""

from __future__ import annotations

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

MOST_BYTES = 64 * 2**20  # of one process
STALE_S = 300.0  # after its time an answer is shown so much longer, while a new one is made
BLIND_S = 5.0  # nothing is shown when nobody has looked for changes so long
_REMEMBERED = 20_000
_LEAST_PACKED = 500
_PACKED = 3  # as tight as 6 within a tenth, in less than half the time: many pages are asked for once

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Kept:
    """One answer, ready to be sent: plain and packed, with the headers of each."""

    body: bytes
    headers: Headers
    tags: frozenset[str]
    fresh_s: float
    etag: str = field(init=False)
    packed: bytes | None = field(init=False, default=None)
    packed_headers: Headers = field(init=False)
    bare_headers: Headers = field(init=False)
    size: int = field(init=False)
    fresh_until_s: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Pack it once; meant for the thread that made the page, not for the event loop."""
        # Weak, because both forms carry the same one.
        self.etag = f'W/"{sha256(self.body).hexdigest()[:24]}"'
        common = [("etag", self.etag), ("vary", "Accept-Encoding")]
        self.bare_headers = [pair for pair in self.headers if pair[0] != "content-type"] + common
        self.headers = self.headers + common
        self.packed_headers = [*self.headers, ("content-encoding", "gzip")]
        if len(self.body) >= _LEAST_PACKED:
            self.packed = gzip.compress(self.body, _PACKED, mtime=0)
        self.size = len(self.body) + len(self.packed or b"") + sum(map(len, self.tags)) + 2_000


class Store:
    """What is kept now. Any thread may ask it."""

    def __init__(self, most_bytes: int = MOST_BYTES, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes, self.clock = most_bytes, clock
        self.bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._by_tag: dict[str, set[Hashable]] = {}
        # When a tag was dropped, counted in drops: what began to be made before it must not be kept after it.
        self._drops = 0
        self._dropped: dict[str, int] = {}
        self._all_dropped = 0
        self._looked_s: float | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def looked(self) -> None:
        """Somebody has just read every change. Before the first time nothing is kept."""
        self._looked_s = self.clock()

    def now(self) -> int:
        """The present moment, to give to `keep` with what begins to be made now."""
        return self._drops

    def get(self, key: Hashable) -> tuple[Kept, bool] | None:
        """The answer, and whether it is still fresh. Stale ones are given for a while: make a new one meanwhile."""
        now_s = self.clock()
        if self._looked_s is None or now_s - self._looked_s > BLIND_S:
            return None
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if now_s > kept.fresh_until_s + STALE_S:
                self._remove(key)
                return None
            self._kept.move_to_end(key)
        return kept, now_s <= kept.fresh_until_s

    def keep(self, key: Hashable, kept: Kept, since: int) -> bool:
        """Keep what began to be made at the moment `since`; False when something of it has been dropped since, or it is too big."""
        with self._lock:
            if self._looked_s is None or since < self._all_dropped or kept.size > self.most_bytes // 8:
                return False
            if any(self._dropped.get(tag, 0) > since for tag in kept.tags):
                return False
            if key in self._kept:
                self._remove(key)
            kept.fresh_until_s = self.clock() + kept.fresh_s
            self._kept[key] = kept
            self.bytes += kept.size
            for tag in kept.tags:
                self._by_tag.setdefault(tag, set()).add(key)
            while self.bytes > self.most_bytes:
                self._remove(next(iter(self._kept)))
            return True

    def drop(self, tags: Iterable[str]) -> int:
        """Forget every answer with one of the tags; returns how many there were."""
        with self._lock:
            self._drops += 1
            before = len(self._kept)
            for tag in tags:
                self._dropped.pop(tag, None)  # the latest drops stand last
                self._dropped[tag] = self._drops
                for key in list(self._by_tag.get(tag, ())):
                    self._remove(key)
            while len(self._dropped) > _REMEMBERED:
                oldest = next(iter(self._dropped))
                self._all_dropped = max(self._all_dropped, self._dropped.pop(oldest))
            return before - len(self._kept)

    def close(self) -> None:
        """Forget everything, and keep nothing until changes are read again."""
        with self._lock:
            self._drops += 1
            self._all_dropped = self._drops
            self._kept.clear()
            self._by_tag.clear()
            self._dropped.clear()
            self.bytes = 0
            self._looked_s = None

    def _remove(self, key: Hashable) -> None:
        kept = self._kept.pop(key)
        self.bytes -= kept.size
        for tag in kept.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]
