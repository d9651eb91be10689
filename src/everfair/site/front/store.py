"""A whole answer, as the front keeps it (`base/store.py`)."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from hashlib import sha256

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
