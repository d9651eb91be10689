"""Rows of a CSV file: comma, semicolon or tab, found by which of them makes the rows equally long."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.content import Content
from everfair.catalog.sheets.refusals import RowError, SheetRefused

DELIMITERS = (",", ";", "\t")
_SAMPLE_RECORDS = 30

Record = tuple[int, list[str]]


def open_text(content: Content, codec: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(content.open(), encoding=codec, errors="strict", newline="")


class _Lines:
    """Physical lines for the csv reader, counted, and stopped where one record would swallow the file."""

    def __init__(self, text: io.TextIOWrapper, skip: int) -> None:
        self._text = text
        self.number = 0
        self.record_starts = 1
        self._length = 0
        for _ in range(skip):
            text.readline()
            self.number += 1

    def begin_record(self) -> None:
        self.record_starts = self.number + 1
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(limits.RECORD_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._length += len(line)
        if self._length > limits.RECORD_CHARACTERS:
            raise SheetRefused("quote_not_closed", line=self.record_starts)
        return line


def records(content: Content, codec: str, delimiter: str, skip: int) -> Iterator[Record | RowError]:
    """Records with the line they start in; a record with broken quotes is an error, an endless one refuses the file."""
    # The csv module keeps one limit for the whole process; we only ever raise it, and check our own below.
    csv.field_size_limit(max(csv.field_size_limit(), limits.RECORD_CHARACTERS))
    with open_text(content, codec) as text:
        lines = _Lines(text, skip)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            lines.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    raise SheetRefused("quote_not_closed", line=lines.record_starts) from None
                yield RowError(lines.record_starts, "", "quoting_broken")
                continue
            yield lines.record_starts, cells


def delimiter_of(content: Content, codec: str) -> tuple[str, int]:
    """The delimiter and how many lines come before the table (Excel's `sep=;` line). Refuses when two fit equally well."""
    with open_text(content, codec) as text:
        first = text.readline(20).strip().lstrip("\ufeff")
    if len(first) == 5 and first[:4].lower() == "sep=" and first[4] in DELIMITERS:
        return first[4], 1
    if first.lower() == "sep=":  # the tab was trimmed
        return "\t", 1
    scores = sorted((_fit(content, codec, delimiter), delimiter) for delimiter in DELIMITERS)
    (second, _), (best, delimiter) = scores[-2:]
    if not best[0]:
        return ",", 0  # one column only
    if second == best:
        raise SheetRefused("delimiter_unclear")
    return delimiter, 0


def _fit(content: Content, codec: str, delimiter: str) -> tuple[float, int]:
    """(share of the rows that have the usual width, that width). The wrong delimiter also cuts quoted cells at their line ends,
    which makes many short rows: so the share counts, not the number."""
    widths: list[int] = []
    try:
        for record in itertools.islice(records(content, codec, delimiter, 0), _SAMPLE_RECORDS):
            if isinstance(record, RowError):
                widths.append(0)
            elif any(record[1]):
                widths.append(len(record[1]))
    except SheetRefused:
        # A quote that is never closed under this delimiter: it may still be the right one, but only if no other fits at all.
        widths.append(0)
    wide = [width for width in widths if width > 1]
    if not wide:
        return (0.0, 0)
    usual = max(set(wide), key=lambda width: (wide.count(width), width))
    return (wide.count(usual) / len(widths), usual)
