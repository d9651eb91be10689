"""Letters that did not leave: the worker keeps each as a file until the mail server takes it (`site/post.py`, above us)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from django.conf import settings

# A letter that has been tried for so long is worth a look; after three days the worker gives it up.
LATE_AFTER_S = 1800.0
_HEAD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Letter:
    """`name` is its file; `next_try_at` is None for one that is given up."""

    name: str
    to: tuple[str, ...]
    subject: str
    written_at: datetime
    next_try_at: datetime | None


def waiting_folder() -> Path:
    return Path(settings.DATA) / "mail" / "waiting"


def given_up_folder() -> Path:
    return Path(settings.DATA) / "mail" / "undelivered"


def stuck_letters() -> tuple[int, datetime | None]:
    """How many are given up or have waited too long, and when the oldest was written: by the names alone."""
    moments = [moment for file in given_up_folder().glob("*.letter") if (moment := _written(file)) is not None]
    late = time.time() - LATE_AFTER_S
    moments += [moment for file in waiting_folder().glob("*.letter") if (moment := _written(file)) and moment < late]
    return len(moments), datetime.fromtimestamp(min(moments), UTC) if moments else None


def _written(file: Path) -> float | None:
    stamp = file.name.partition("-")[0]
    return int(stamp) / 1e6 if stamp.isdigit() else None


def letter(name: str) -> Letter | None:
    """One letter by its file's name; None when it has left."""
    return next((found for found in letters(limit=5_000) if found.name == name), None)


def letters(limit: int = 500) -> list[Letter]:
    """Given up ones first, then those that wait, each the oldest first."""
    found = []
    for folder in (given_up_folder(), waiting_folder()):
        if folder.is_dir():
            found += [letter for file in sorted(folder.glob("*.letter"))[:limit] if (letter := _letter(file)) is not None]
    return found[:limit]


def _letter(file: Path) -> Letter | None:
    moment = _written(file)
    if moment is None:
        return None
    try:
        with file.open("rb") as read:
            envelope = json.loads(read.readline())
            head = message_from_bytes(read.read(_HEAD_BYTES))
        next_try = file.stat().st_mtime
    except (OSError, ValueError):
        return None  # it left this very moment, or is none of ours
    waits = file.parent == waiting_folder()
    return Letter(
        name=file.name,
        to=tuple(envelope.get("to", ())),
        subject=str(make_header(decode_header(head.get("Subject", "")))),
        written_at=datetime.fromtimestamp(moment, UTC),
        next_try_at=datetime.fromtimestamp(next_try, UTC) if waits else None,
    )
