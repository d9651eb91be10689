"""How often one caller may ask: token buckets in this process's memory, bounded in number.

With several web processes each keeps its own, so the limit is per process: it protects the machine, it is not a price list.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limiter:
    """`per_minute` requests on average, `burst` at once, for each of at most `callers` callers."""

    def __init__(self, per_minute: float, burst: int, callers: int = 20_000) -> None:
        self.rate, self.burst, self.callers = per_minute / 60, float(burst), callers
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> int:
        """0 when the caller may go on, else after how many seconds to come again."""
        now = time.monotonic()
        with self._lock:
            bucket = self._buckets.pop(caller, None) or _Bucket(self.burst, now)
            bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
            bucket.at = now
            self._buckets[caller] = bucket
            while len(self._buckets) > self.callers:
                self._buckets.popitem(last=False)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0
            return int((1 - bucket.tokens) / self.rate) + 1
