"""One JSON line per log record: request id, what happened, no secret and no personal datum."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
    "request",
    "server_time",
}
_SECRET_NAME = re.compile(r"secret|token|password|authorization|cookie|key$|email|phone|iban", re.I)
_SECRETS = re.compile(
    r"ef_(?:live|test)_[A-Za-z0-9_-]{8,}|whsec_[A-Za-z0-9+/=_-]+|[\w.+-]+@[\w-]+\.[\w.-]+|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"
)


def masked(text: str) -> str:
    return _SECRETS.sub("•••", text)


@lru_cache(maxsize=1_024)
def _is_told(name: str) -> bool:
    """Whether an extra of this name is written: the names are few, and every request writes them."""
    return name not in _STANDARD and not _SECRET_NAME.search(name)


class JsonLines(logging.Formatter):
    """Extras are kept by name; those whose name says secret or personal are left out, values are masked."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": request_id.get(),
            "message": masked(record.getMessage()),
        }
        for name, value in vars(record).items():
            if _is_told(name):
                line[name] = value if isinstance(value, (int, float, bool)) or value is None else masked(str(value))[:500]
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
