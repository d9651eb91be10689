"""Whole files: batches, duplicates, reports (B53, B54)."""

from __future__ import annotations

import pytest

from everfair.catalog.sheets.batches import check_all, preview, read_all
from everfair.catalog.sheets.mapping import map_sheet
from everfair.catalog.sheets.refusals import RowError, SheetRefused
from tests.catalog.sheets_files import imported, opened, packed


def test_a_sku_that_occurs_twice_is_an_error_on_the_second_that_names_the_first() -> None:
    drafts, errors = imported("sku,title\nA1,Pot\nA2,Pan\nA1,Lid\n")

    assert [draft.titles["en"] for draft in drafts] == ["Pot", "Pan"]
    assert errors == [RowError(4, "sku", "sku_duplicate", "A1", {"sku": "A1", "first_line": 2})]
    assert errors[0].message == "Item number «A1» was already used in line 2."


def test_duplicates_are_found_across_batches() -> None:
    content = "sku,title\n" + "".join(f"A{number},Pot\n" for number in range(1_200)) + "A0,Pan\n"

    with opened(content) as sheet:
        batches = list(read_all(sheet, map_sheet(sheet)))

    assert [len(batch.drafts) for batch in batches] == [500, 500, 200]
    assert [batch.last_line for batch in batches] == [501, 1001, 1202]
    assert [(error.line, error.code) for batch in batches for error in batch.errors] == [(1202, "sku_duplicate")]


def test_a_bad_row_near_the_end_is_known_before_anything_is_applied() -> None:
    content = "sku,title,price\n" + "".join(f"A{number},Pot,5\n" for number in range(2_000)) + "B1,Pan,x\n"

    with opened(content) as sheet:
        report = check_all(sheet, map_sheet(sheet))

    assert (report.drafts_count, report.failed_rows_count, report.errors_count) == (2_000, 1, 1)
    assert [(error.line, error.code) for error in report.errors] == [(2_002, "number_invalid")]


def test_a_report_keeps_a_thousand_errors_and_counts_all() -> None:
    content = "sku,title\n" + "A\n" * 1_500

    with opened(content) as sheet:
        report = check_all(sheet, map_sheet(sheet))

    assert (len(report.errors), report.errors_count, report.drafts_count) == (1_000, 1_500, 0)


def test_the_same_content_has_the_same_hash_however_it_is_packed() -> None:
    content = b"sku,title\nA1,Pot\n"

    with opened(content) as first, opened(packed(content)) as second, opened(content + b"A2,Pan\n") as other:
        assert first.sha256 == second.sha256 != other.sha256


def test_a_preview_shows_the_first_rows_as_an_import_would_read_them() -> None:
    with opened("sku,title,price\nA1,Pot,0\nA2,,5\nA3,Lid,5\n") as sheet:
        shown = preview(sheet, map_sheet(sheet), limit=2)

    assert [draft.sku for draft in shown.drafts] == ["A1"]
    assert [(error.line, error.code) for error in shown.errors] == [(3, "title_missing")]
    assert [(note.code, note.line) for note in shown.notes] == [("zero_price", 2)]


def test_a_file_without_a_sku_column_is_refused_before_its_rows_are_read() -> None:
    with opened("title,price\nPot,5\n") as sheet, pytest.raises(SheetRefused, match="sku_column_missing"):
        next(read_all(sheet, map_sheet(sheet)))
