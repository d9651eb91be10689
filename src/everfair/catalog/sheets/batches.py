"""A whole sheet into drafts, in batches, so that a hundred thousand rows need the memory of a few hundred.

The caller decides what errors mean. All-or-nothing: `check_all` first, import only when `report.errors_count` is 0 (or roll
back at the first batch with errors). Good rows only: take the drafts of every batch, show the errors.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.mapping import Mapping
from everfair.catalog.sheets.parsing import Defaults, parse_offer
from everfair.catalog.sheets.refusals import Note, RowError, SheetRefused
from everfair.catalog.sheets.sheet import Sheet

# Small enough that one batch is written in well under a second (house rule on open transactions).
BATCH_ROWS = 500
KEPT_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows: the good ones as drafts, the others as errors; `last_line` tells how far the file was read."""

    drafts: tuple[OfferDraft, ...]
    errors: tuple[RowError, ...]
    last_line: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a file holds: counts are exact, `errors` are the first thousand, `notes` once each with their first line."""

    sha256: str
    drafts_count: int
    failed_rows_count: int
    errors_count: int
    errors: tuple[RowError, ...]
    notes: tuple[Note, ...]
    note_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a file as they would be imported."""

    mapping: Mapping
    drafts: tuple[OfferDraft, ...]
    errors: tuple[RowError, ...]
    notes: tuple[Note, ...]


def preview(sheet: Sheet, mapping: Mapping, defaults: Defaults = Defaults(), limit: int = 20) -> Preview:  # noqa: B008
    """The first `limit` rows, read exactly as an import would read them."""
    batch = next(_batches(sheet, mapping, defaults, limit), Batch((), (), 0))
    return Preview(mapping, batch.drafts, batch.errors, (*sheet.notes, *mapping.notes, *_draft_notes(batch.drafts)))


def read_all(sheet: Sheet, mapping: Mapping, defaults: Defaults = Defaults(), batch_rows: int = BATCH_ROWS) -> Iterator[Batch]:  # noqa: B008
    """Every row of the sheet in batches. Raises SheetRefused for a file without rows, an incomplete mapping, or a file that turns
    out unreadable on the way; what was yielded before must then be undone by the caller."""
    empty = True
    for batch in _batches(sheet, mapping, defaults, batch_rows):
        empty = False
        yield batch
    if empty:
        raise SheetRefused("no_rows")


def check_all(sheet: Sheet, mapping: Mapping, defaults: Defaults = Defaults()) -> Report:  # noqa: B008
    """Reads the whole sheet and keeps only what is wrong with it."""
    good = count = 0
    kept: list[RowError] = []
    failed: set[int] = set()
    notes: dict[str, Note] = {}
    counts: dict[str, int] = {}
    for batch in read_all(sheet, mapping, defaults):
        good += len(batch.drafts)
        count += len(batch.errors)
        failed.update(error.line for error in batch.errors)
        kept.extend(batch.errors[: max(0, KEPT_ERRORS - len(kept))])
        for draft in batch.drafts:
            for code in draft.notes:
                counts[code] = counts.get(code, 0) + 1
        for note in _draft_notes(batch.drafts):
            notes.setdefault(note.code, note)
    return Report(sheet.sha256, good, len(failed), count, tuple(kept), (*sheet.notes, *mapping.notes, *notes.values()), counts)


def _draft_notes(drafts: tuple[OfferDraft, ...]) -> tuple[Note, ...]:
    first: dict[str, Note] = {}
    for draft in drafts:
        for code in draft.notes:
            first.setdefault(code, Note(code, line=draft.line))
    return tuple(first.values())


def _batches(sheet: Sheet, mapping: Mapping, defaults: Defaults, batch_rows: int) -> Iterator[Batch]:
    mapping.require_complete(sheet.columns)
    first_lines: dict[str, int] = {}
    rows = sheet.rows()
    sku_column = mapping.columns_of["sku"][0]
    while chunk := list(itertools.islice(rows, batch_rows)):
        drafts: list[OfferDraft] = []
        errors: list[RowError] = []
        for row in chunk:
            if isinstance(row, RowError):
                errors.append(row)
                continue
            parsed = parse_offer(row, mapping, defaults)
            if isinstance(parsed, list):
                errors.extend(parsed)
                continue
            first = first_lines.setdefault(parsed.sku, parsed.line)
            if first != parsed.line:
                errors.append(
                    RowError(parsed.line, sku_column, "sku_duplicate", parsed.sku, {"sku": parsed.sku, "first_line": first})
                )
                continue
            drafts.append(parsed)
        yield Batch(tuple(drafts), tuple(errors), chunk[-1].line)
