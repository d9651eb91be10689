"""What goes to a spreadsheet stays text, numbers and days; nothing runs there."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from everfair.base.sheets import csv_pieces, harmless, write_workbook

EVIL = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"]
ROWS = [[text, -5, Decimal("-12.30"), date(2026, 10, 31), None] for text in EVIL]
HEAD = ["=head", "n", "amount", "day", "nothing"]


@pytest.mark.parametrize("text", EVIL)
def test_what_a_spreadsheet_would_run_gets_a_mark(text):
    assert harmless(text) == "'" + text


def test_other_text_stays_as_it_is():
    assert [harmless(text) for text in ("", "a=1", "12 %", "’quoted", "北京")] == ["", "a=1", "12 %", "’quoted", "北京"]


def test_csv_keeps_numbers_and_days_and_marks_texts():
    told = b"".join(csv_pieces(HEAD, ROWS)).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(told, newline="")))

    assert rows[0] == ["'=head", "n", "amount", "day", "nothing"]
    assert rows[1:] == [["'" + text, "-5", "-12.30", "2026-10-31", ""] for text in EVIL]


def test_csv_comes_piece_by_piece():
    pieces = list(csv_pieces(["n"], ([n] for n in range(1_200))))

    assert len(pieces) == 4
    assert b"".join(pieces).decode("utf-8-sig").splitlines() == ["n", *(str(n) for n in range(1_200))]


def test_a_workbook_holds_no_formula():
    target = io.BytesIO()
    write_workbook("a/b: journal", HEAD, ROWS, target)
    target.seek(0)

    sheet = load_workbook(target).active

    assert sheet.title == "a b  journal"
    cells = list(sheet.iter_rows(values_only=False))
    assert {cell.data_type for row in cells for cell in row if cell.value is not None} == {"s", "n", "d"}
    assert [cell.value for cell in cells[1]][:3] == ["'=1+1", -5, -12.3]
    assert all(str(row[0].value).startswith("'") for row in cells[1:])
