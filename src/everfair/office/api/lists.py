"""How the office's lists go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.api import open_cursor, seal_cursor


def id_in(cursor: str) -> UUID | None:
    """The id of the last row seen; Refused 422 for a cursor of another list."""
    return open_cursor(cursor, UUID)[0] if cursor else None


def fraction(share: Decimal) -> str:
    """Of one, with six decimals."""
    return f"{share:.6f}"


def listed(rows: Sequence[Any], limit: int, show: Callable[[Any], Any], place: Callable[[Any], Any]) -> dict[str, Any]:
    """At most `limit` of one row more than that, and the cursor after them."""
    shown = rows[:limit]
    return {
        "items": [show(row) for row in shown],
        "next_cursor": seal_cursor([place(shown[-1])]) if len(rows) > limit else None,
    }
