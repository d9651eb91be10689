"""Tables that leave the house for a spreadsheet: CSV piece by piece, or a workbook. Texts are never formulas there.

Source of the list of first characters: OWASP «CSV Injection» and ASVS 5.0 1.2.10, with their full-width twins.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Cell = str | int | Decimal | date | None
_RUNS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECE = 500


def harmless(text: str) -> str:
    """`=1+1` → `'=1+1`; other text unchanged."""
    return "'" + text if _RUNS.match(text) else text


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets ask for. Numbers and days stay what they are."""
    yield "\ufeff".encode() + _pieces([head])
    waiting = iter(rows)
    while piece := list(islice(waiting, _PIECE)):
        yield _pieces(piece)


def _pieces(rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_written(cell) for cell in row] for row in rows])
    return out.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def write_workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], target: IO[bytes]) -> None:
    """One worksheet, its first row fixed; written row by row."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Cell) -> Any:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes Decimal and dates too
        written: Any = WriteOnlyCell(sheet, "")
        # Set apart from the constructor, which would take a leading «=» for a formula.
        written._value = _NOT_XML.sub("\ufffd", harmless(value))[:32_767]
        written.data_type = "s"
        return written

    sheet.append([cell(name) for name in head])
    for row in rows:
        sheet.append([cell(value) for value in row])
    workbook.save(target)
