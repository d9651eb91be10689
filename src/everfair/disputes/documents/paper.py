"""Sets a claim on paper: the same parts give the same bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from everfair.base import papers
from everfair.base.typesetting import settable

KINDS = ("file", "ruling")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A heading, what stands small below it, words, and pairs of facts."""

    heading: str
    below: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The whole paper in one language; every language begins on a page of its own."""

    language: str
    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    leaves: tuple[Leaf, ...]
    foot: str = ""


def render(kind: str, parts: tuple[Part, ...], made_at: datetime) -> bytes:
    """The paper as PDF. ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of paper; there are {', '.join(KINDS)}")
    content = json.dumps({"parts": [settable(part) for part in parts]}, ensure_ascii=False)
    made, _archival = papers.pdf(TEMPLATES / "claim.typ", content, made_at.astimezone(UTC).replace(microsecond=0))
    return made
