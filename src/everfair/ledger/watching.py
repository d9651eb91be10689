"""What the watch over the books has last seen: one look for the office, the health page and the banner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from everfair.base.rows import ask
from everfair.ledger.checkpoints import place, public_key

# A check begins every twenty seconds and may take a while; after this nobody checks.
SILENT_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """`standing`: ready, frozen, or unchecked; `checkpoints`: ready, on this machine only, or not written.

    `seen` holds the last seal, check, walk and checkpoint by these names.
    """

    standing: str
    checkpoints: str
    seen: dict[str, Seen]
    freeze: UUID | None


def state_of_the_books() -> Books:
    """Two queries."""
    seen = {name: Seen(at, _figures(figures)) for name, at, figures in ask("SELECT name, at, figures FROM ledger_watch")}
    standing = ask(_STANDING)
    freeze = standing[0][0] if standing else None
    checked = seen.get("check")
    alive = checked is not None and timezone.now() - checked.at < SILENT_AFTER
    written = seen.get("checkpoint")
    if written is not None and written.figures.get("problem"):
        checkpoints = "not written"
    else:
        checkpoints = "ready" if place().off_box else "on this machine only"
    return Books("frozen" if freeze else "ready" if alive else "unchecked", checkpoints, seen, freeze)


_STANDING = """
    SELECT f.id FROM ledger_freeze f WHERE (SELECT count(*) FROM ledger_thaw t WHERE t.freeze_id = f.id) < 2
"""


def _figures(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


@dataclass(frozen=True, slots=True)
class Word:
    """One word about a freeze: who gave it (a label of an actor), when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FreezeStory:
    """A freeze with the words that lift it: none, one or two."""

    id: UUID
    placed: Word
    words: list[Word]

    @property
    def is_open(self) -> bool:
        return len(self.words) < 2


def freezes(limit: int = 20) -> list[FreezeStory]:
    """Newest first."""
    rows = ask(_FREEZES, [limit])
    words: dict[UUID, list[Word]] = {}
    for freeze, person, at, reason in ask(_WORDS, [[row[0] for row in rows]]):
        words.setdefault(freeze, []).append(Word(f"operator:{person}", at, reason))
    return [FreezeStory(pk, Word(by, at, reason), words.get(pk, [])) for pk, by, at, reason in rows]


_FREEZES = "SELECT id, placed_by, created_at, reason FROM ledger_freeze ORDER BY id DESC LIMIT %s"
_WORDS = (
    "SELECT freeze_id, person_id, created_at, reason FROM ledger_thaw WHERE freeze_id = ANY(%s::uuid[]) ORDER BY freeze_id, n"
)


def where_checkpoints_go() -> dict[str, Any]:
    where = place()
    return {"place": where.url or str(where.folder), "off_box": where.off_box, "public_key": public_key()}
