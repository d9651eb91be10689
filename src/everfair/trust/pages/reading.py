"""What a machine read in papers, and how the screening of a company stands, as the reviewers' page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.trust.comparing import Comparison, compare
from everfair.trust.models import Reading
from everfair.trust.pages.faces import Line, Words
from everfair.trust.queries import screening_state
from everfair.trust.queries.reading import declared_of, readings_of
from everfair.trust.values.reading import READ_FIELDS


@dataclass(frozen=True, slots=True)
class ReadField:
    """One field beside what was declared; `percent` is the machine's confidence, None where it read nothing."""

    face: Comparison
    percent: int | None


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """One paper. `since`: the first day of its validity, as it was read."""

    name: str
    problem: str
    fields: list[ReadField]
    lines: list[str]
    since: str

    @property
    def differs(self) -> int:
        return sum(each.face.verdict == "differs" for each in self.fields)


def read_lines(shown: Sequence[Line], company: Any) -> list[ReadPaper]:
    """One query."""
    checks = [line.check for line in shown]
    declared = declared_of(checks, company)
    names = {pk: name for line in shown for pk, name in line.names.items()}
    return [_paper(row, names.get(row.file_id, "–"), declared) for row in readings_of(checks)]


def _paper(row: Reading, name: str, declared: dict[str, str]) -> ReadPaper:
    since = row.fields.get("valid_from", {}).get("text", "")
    return ReadPaper(name, row.problem, read_fields(row, declared), row.lines, since)


def read_fields(row: Reading, declared: dict[str, str]) -> list[ReadField]:
    """In the order of a licence; what is neither declared nor read is left out."""
    texts = {field: each["text"] for field, each in row.fields.items()}
    faces = compare([field for field in READ_FIELDS if declared.get(field) or texts.get(field)], declared, texts)
    return [ReadField(_told(face), _percent(row.fields.get(face.field))) for face in faces]


def _told(face: Comparison) -> Comparison:
    """A licence says more than a checklist asks: what nobody declared differs from nothing."""
    return (
        face if face.declared or face.verdict != "differs" else replace(face, verdict="undeclared", parts=((face.found, False),))
    )


def _percent(found: dict[str, Any] | None) -> int | None:
    return round(found["confidence"] * 100) if found else None


@dataclass(frozen=True, slots=True)
class ScreeningFace:
    """`look`: the kind of `ui.badge`. `waits`, `hits`: hits without a last word, and all; `at`: when it was compared last."""

    look: str
    words: Words
    waits: int
    hits: int
    at: datetime | None


# By what keeps a level from being granted (`trust_unscreened`); «» where nothing does.
_SCREENED: dict[str, tuple[str, Words]] = {
    "": ("held", _("Nothing in the way")),
    "open": ("act", _("A hit waits for a word")),
    "confirmed": ("act", _("A hit was confirmed")),
    "waits": ("wait", _("Waits to be compared")),
    "stale": ("wait", _("Changed since: is compared anew")),
}


def screening_face(company_id: UUID, actor: Actor) -> ScreeningFace:
    """One query."""
    found = screening_state(company_id, actor)
    look, words = _SCREENED[found.blocks]
    if not found.blocks and found.at is None:
        look, words = "wait", _("Never compared: no list is in force")
    return ScreeningFace(look, words, found.waits, found.hits, found.at)
