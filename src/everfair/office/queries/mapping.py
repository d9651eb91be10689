"""The mapping desk: what suppliers call their categories, what is behind each word, and what it probably means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.catalog.queries import own_offers, unmapped_categories
from everfair.reference.queries import explain_category
from everfair.reference.values import UNSORTED, CategoryGuess

EXAMPLES = 3
_STEP = re.compile(r"(?<!\\)>")


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One foreign category: how many offers carry it, three of their titles, and our guess (None when the words say nothing)."""

    source: str
    offers_count: int
    titles: list[str]
    guess: CategoryGuess | None


def unmapped(language: str, by: Actor, *, limit: int = 50) -> tuple[list[Unmapped], int]:
    """The most frequent ones, and how many there are in all: two queries."""
    found = unmapped_categories()
    shown = found[:limit]
    titles = _titles([row["source_category"] for row in shown], language, by)
    return [_row(row, titles) for row in shown], len(found)


def unmapped_one(source: str, language: str, by: Actor) -> Unmapped:
    row = next((row for row in unmapped_categories() if row["source_category"] == source), None)
    if row is None:
        raise NotVisible
    return _row(row, _titles([source], language, by))


def _row(row: dict[str, Any], titles: dict[str, list[str]]) -> Unmapped:
    source = row["source_category"]
    examples = titles.get(source, [])
    return Unmapped(source, row["offers_count"], examples, suggestion(source, examples))


def _titles(sources: list[str], language: str, by: Actor) -> dict[str, list[str]]:
    numbered = Window(RowNumber(), partition_by=[F("source_category")], order_by=F("number").desc())
    newest = own_offers(by).filter(source_category__in=sources, category=UNSORTED).exclude(state="removed")
    found: dict[str, list[str]] = {}
    rows = newest.annotate(place=numbered).filter(place__lte=EXAMPLES).values_list("source_category", "titles")
    for source, titles in rows:
        found.setdefault(source, []).append(titles.get(language) or next(iter(titles.values()), ""))
    return found


def suggestion(source: str, titles: list[str]) -> CategoryGuess | None:
    """What the words of the path, and then of the newest title, speak for; None when they speak for nothing."""
    path = [step.replace("\\>", ">").strip() for step in _STEP.split(source)]
    guess: CategoryGuess = explain_category(path, titles[0] if titles else "")
    return None if guess.code.startswith("unsorted") else guess
