"""Opening a file of offers: what it is, how it is written, which columns it has; then its rows, as often as wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from everfair.catalog.sheets import delimited, json_lines, limits, neutralising
from everfair.catalog.sheets.content import Content, load
from everfair.catalog.sheets.encodings import encoding_of
from everfair.catalog.sheets.json_lines import Cell
from everfair.catalog.sheets.refusals import Note, RowError, SheetRefused
from everfair.catalog.sheets.workbook import Workbook

KINDS = {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSON Lines"}
_ENDINGS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xls",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "jsonl",
}
# What people upload instead of a sheet, by their first bytes.
_OTHER = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PAR1": "Parquet",
}
# Lines above the column names (a letterhead) that we are ready to pass over.
_LETTERHEAD_LINES = 10


class Row(NamedTuple):
    """One row: its line in the file (1-based) and its cells by column name; a JSON list is a tuple of texts."""

    line: int
    cells: dict[str, Cell]


class Sheet:
    """An opened file. `rows()` starts from the top each time; errors stand among the rows, in file order.

    `sha256` is of the unpacked content; `notes` tell what was inferred; `own_export` is set for files we wrote.
    """

    def __init__(self, content: Content, name: str) -> None:
        self._content = content
        self.name = name
        self.sha256 = content.sha256
        self.notes: tuple[Note, ...] = ()
        self.own_export = False
        self.kind = _kind(content)
        self._width = 0
        self._header_line = 0
        self.columns: tuple[str, ...] = ()
        self._workbook: Workbook | None = None
        self._codec = "utf-8"
        self._delimiter, self._skip = ",", 0
        self._note_name()
        if self.kind == "xlsx":
            self._workbook = Workbook(content)
            if self._workbook.others:
                self._note("other_worksheets", name=self._workbook.worksheet, count=self._workbook.others)
            self._read_header()
        else:
            encoding = encoding_of(content)
            self._codec = encoding.codec
            self.notes += encoding.notes
            self.kind = _text_kind(content, encoding.codec)
            if self.kind == "jsonl":
                self.columns = json_lines.names(content, encoding.codec)
            else:
                self._delimiter, self._skip = delimited.delimiter_of(content, encoding.codec)
                if self._delimiter != ",":
                    self._note("delimiter", delimiter={"\t": "⇥"}.get(self._delimiter, self._delimiter))
                self._read_header()
            self._note_name()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives back the temporary space."""
        self._content.close()

    def rows(self) -> Iterator[Row | RowError]:
        """Every row after the column names; refuses the file at the 100,001st. Rows without any text are passed over."""
        for count, row in enumerate(self._json_rows() if self.kind == "jsonl" else self._table_rows()):
            if count == limits.ROWS:
                raise SheetRefused("too_many_rows", line=row.line, limit=limits.ROWS)
            yield row

    def _json_rows(self) -> Iterator[Row | RowError]:
        for row in json_lines.rows(self._content, self._codec):
            yield row if isinstance(row, RowError) else Row(*row)

    def _table_rows(self) -> Iterator[Row | RowError]:
        columns = self.columns
        width = len(columns)
        for line, cells, errors in self._records():
            if line <= self._header_line:
                continue
            if not any(cells) and not errors:
                continue
            if errors:
                yield from errors
                continue
            if len(cells) != self._width and (self.kind == "csv" or any(cells[width:])):
                yield RowError(line, "", "ragged_row", "", {"found": len(cells), "expected": self._width})
                continue
            if any(cells[width:]):
                yield RowError(line, "", "ragged_row", "", {"found": len(cells), "expected": width})
                continue
            longest = max(map(len, cells))
            if longest > limits.CELL_CHARACTERS:
                yield RowError(line, "", "cell_too_large", "", {"length": longest, "limit": limits.CELL_CHARACTERS})
                continue
            if self.own_export:
                cells = [neutralising.restored(cell) for cell in cells]
            found: dict[str, Cell] = dict(zip(columns, cells, strict=False))
            if len(cells) < width:
                found.update(dict.fromkeys(columns[len(cells) :], ""))
            yield Row(line, found)

    def _records(self) -> Iterator[tuple[int, list[str], list[RowError]]]:
        if self._workbook:
            yield from self._workbook.records()
            return
        for record in delimited.records(self._content, self._codec, self._delimiter, self._skip):
            if isinstance(record, RowError):
                yield record.line, [], [record]
            else:
                yield record[0], record[1], []

    def _read_header(self) -> None:
        """The column names: the first line with at least two names, or the first line at all."""
        candidates: list[tuple[int, list[str]]] = []
        for line, cells, errors in self._records():
            if errors and not candidates:
                raise SheetRefused(
                    "quote_not_closed" if self.kind == "csv" else "workbook_damaged", line=line, part=errors[0].column
                )
            if any(cell.strip() for cell in cells):
                candidates.append((line, cells))
                if sum(bool(cell.strip()) for cell in cells) > 1:
                    break
            if len(candidates) == _LETTERHEAD_LINES:
                break
        if not candidates:
            raise SheetRefused("empty_file")
        wide = [found for found in candidates if sum(bool(cell.strip()) for cell in found[1]) > 1]
        self._header_line, cells = (wide or candidates)[0]
        if self._header_line > 1 + self._skip:
            self._note("header_line", line=self._header_line)
        self._width = len(cells)
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > limits.COLUMNS:
            raise SheetRefused("too_many_columns", line=self._header_line, limit=limits.COLUMNS)
        if neutralising.MARK in cells:
            self.own_export = True
            self._note("own_export")
        self.columns = self._unique(cells)

    def _unique(self, cells: list[str]) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for position, cell in enumerate(cells, 1):
            name = re.sub(r"\s+", " ", cell).strip()[: limits.HEADER_CHARACTERS] or f"column {position}"
            renamed, number = name, 2
            while renamed in names:
                renamed, number = f"{name} ({number})", number + 1
            if renamed != name:
                self._note("column_renamed", name=name, renamed=renamed)
            names[renamed] = None
        return tuple(names)

    def _note(self, code: str, **params: object) -> None:
        self.notes += (Note(code, params),)

    def _note_name(self) -> None:
        """The name decides nothing, but a name that promises something else is worth a sentence."""
        stem = self.name.lower().removesuffix(".gz")
        ending = stem.rpartition(".")[2] if "." in stem else ""
        if self.kind in KINDS and ending in _ENDINGS and _ENDINGS[ending] != self.kind:
            self._note("name_differs", ending="." + ending, kind=KINDS[self.kind])


def open_sheet(source: str | Path | BinaryIO, name: str = "") -> Sheet:
    """Opens a CSV, XLSX or JSON Lines file, or the .gz of one, judged by content; raises SheetRefused. Close it after use."""
    content = load(source)
    try:
        if not content.size:
            raise SheetRefused("empty_file")
        return Sheet(content, name or (Path(source).name if isinstance(source, (str, Path)) else ""))
    except BaseException:
        content.close()
        raise


def _kind(content: Content) -> str:
    head = content.head(512)
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    for start, kind in _OTHER.items():
        if head.startswith(start):
            raise SheetRefused("not_a_sheet", kind=kind)
    return "text"


def _text_kind(content: Content, codec: str) -> str:
    with delimited.open_text(content, codec) as text:
        start = text.read(64 * 1024).lstrip("\ufeff \t\r\n")
    if not start:
        raise SheetRefused("empty_file")
    if start[0] == "{":
        if not start[1:].split("\n", 1)[0].strip():
            raise SheetRefused("json_array")
        return "jsonl"
    if start[0] == "[" and start[1:].lstrip()[:1] in ("{", "]", "["):
        raise SheetRefused("json_array")
    if start[:200].lower().startswith(("<!doctype html", "<html", "<table")):
        raise SheetRefused("not_a_sheet", kind="HTML")
    if start.startswith(("<?xml", "<Workbook")):
        raise SheetRefused("not_a_sheet", kind="XML")
    return "csv"
