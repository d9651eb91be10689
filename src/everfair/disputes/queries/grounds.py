"""The list of grounds: each code's last version counts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from everfair.disputes.models import Ground


def grounds(*, retired: bool = False) -> list[Ground]:
    """In the order of their codes; one query."""
    rows = Ground.objects.order_by("code", "-version").distinct("code")
    return [row for row in rows if retired or not row.retired]


def ground(code: str) -> Ground | None:
    return next((row for row in grounds() if row.code == code), None)


def ground_title(row: Ground, language: str = "") -> str:
    return _in(row.titles, language)


def ground_text(row: Ground, language: str = "") -> str:
    return _in(row.texts, language)


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language or get_language() or "en") or words["en"]
