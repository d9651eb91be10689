"""What is kept in memory until something of it changes: bounded by its bytes, each entry with the tags by which it is dropped.

`remembered` is the process's own store of what was read of the database. Only where somebody follows every change (a web process,
`site/front/follower.py`) does it hold anything; elsewhere each look finds nothing, and the database is asked.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from everfair.base.public import FRESH_S
from everfair.base.sql import session_here

MOST_BYTES = 64 * 2**20  # of one process's pages
STALE_S = 300.0  # after its time an entry is given so much longer, while a new one is made
BLIND_S = 5.0  # nothing is given when nobody has looked for changes so long
_REMEMBERED = 20_000


class Entry(Protocol):
    """`fresh_until_s` is the store's."""

    tags: frozenset[str]
    fresh_s: float
    size: int
    fresh_until_s: float


_Entry = TypeVar("_Entry", bound=Entry)


class Store(Generic[_Entry]):
    """What is kept now. Any thread may ask it."""

    def __init__(self, most_bytes: int = MOST_BYTES, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes, self.clock = most_bytes, clock
        self.bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Entry] = OrderedDict()
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

    @property
    def is_followed(self) -> bool:
        """Whether somebody reads every change now."""
        return self._looked_s is not None and self.clock() - self._looked_s <= BLIND_S

    def now(self) -> int:
        """The present moment, to give to `keep` with what begins to be made now."""
        return self._drops

    def get(self, key: Hashable) -> tuple[_Entry, bool] | None:
        """The entry, and whether it is still fresh. Stale ones are given for a while: make a new one meanwhile."""
        if not self.is_followed:
            return None
        now_s = self.clock()
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if now_s > kept.fresh_until_s + STALE_S:
                self._remove(key)
                return None
            self._kept.move_to_end(key)
        return kept, now_s <= kept.fresh_until_s

    def keep(self, key: Hashable, kept: _Entry, since: int) -> bool:
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
        """Forget every entry with one of the tags; returns how many there were."""
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


@dataclass(slots=True)
class _Read:
    value: Any
    tags: frozenset[str]
    size: int
    fresh_s: float = FRESH_S
    fresh_until_s: float = field(default=0.0)


remembered: Store[_Read] = Store(16 * 2**20)


def recall(*keys: Hashable) -> list[Any] | None:
    """What is remembered of all of them; None where of one nothing fresh is. Inside a transaction nothing is: it may see what others
    do not."""
    if session_here().in_atomic_block:
        return None
    values = []
    for key in keys:
        found = remembered.get(key)
        if found is None or not found[1]:
            return None
        values.append(found[0].value)
    return values


def remember(key: Hashable, value: Any, *tags: str, since: int, size: int = 1_500) -> None:
    """Keep what was read after the moment `since` (`remembered.now()`), until an event drops one of the tags or a minute is over.
    `size`: its bytes, roughly."""
    if not session_here().in_atomic_block:
        remembered.keep(key, _Read(value, frozenset(tags), size), since)
