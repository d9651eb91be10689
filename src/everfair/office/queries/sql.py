"""One way to read rows that no single package below offers as a query: the office looks across all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Each row as column → value."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or {})
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def literal_prefix(text: str) -> str:
    """For `LIKE … || '%'`: what was typed, without wildcards of its own."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
