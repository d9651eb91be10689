"""Opening files of every kind, and refusing those that cannot be read for certain (B6, B8, B9, B49–B54, B98)."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.refusals import RowError, SheetRefused
from everfair.catalog.sheets.sheet import Row
from tests.catalog.sheets_files import CONTENT_TYPES, imported, opened, packed, refusals, text_cell, workbook

LINE = "貨號,品名,單價\nA1,不鏽鋼水壺,5.20\nA2,竹製砧板,3.10\n"
SIMPLE = "货号,品名,单价\nA1,不锈钢水壶,5.20\nA2,竹制砧板,3.10\n"


def cells(content: bytes | str) -> list[list[str]]:
    with opened(content) as sheet:
        return [list(row.cells.values()) for row in sheet.rows() if isinstance(row, Row)]


def refused(content: bytes | str) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught, opened(content) as sheet:
        list(sheet.rows())
    return caught.value


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (LINE.encode(), []),
        (LINE.encode("utf-8-sig"), ["bom"]),
        (LINE.encode("utf-16"), ["utf16"]),
        (b"\xfe\xff" + LINE.encode("utf-16-be"), ["utf16"]),
        (LINE.encode("big5"), ["encoding"]),
        (LINE.encode("gb18030"), ["encoding"]),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 le", "utf-16 be", "big5", "gb18030"],
)
def test_every_usual_encoding_is_read_and_an_inferred_one_asks_for_confirmation(content: bytes, note: list[str]) -> None:
    with opened(content) as sheet:
        rows = [row for row in sheet.rows() if isinstance(row, Row)]

        assert sheet.columns == ("貨號", "品名", "單價")
        assert [row.cells["品名"] for row in rows] == ["不鏽鋼水壺", "竹製砧板"]
        assert [one.code for one in sheet.notes] == note
        assert [one.confirm for one in sheet.notes if one.code == "encoding"] == ([True] if note == ["encoding"] else [])


def test_simplified_chinese_in_gbk_is_recognised() -> None:
    with opened(SIMPLE.encode("gbk")) as sheet:
        assert sheet.columns == ("货号", "品名", "单价")
        assert sheet.notes[0].params == {"encoding": "GB18030 (GBK)"}


def test_two_encodings_in_one_file_are_refused_with_the_line_where_they_change() -> None:
    mixed = "货号,品名\nA1,不锈钢水壶\n".encode() + "A2,竹制砧板和碗\n".encode("gbk")

    error = refused(mixed)

    assert (error.code, error.line) == ("catalog.sheet_encoding_mixed", 3)


def test_bytes_of_no_encoding_are_refused_with_their_line() -> None:
    error = refused(b"sku,title\nA1,Kettle\nA2,Caf\xe9 \xff\n")

    assert error.code == "catalog.sheet_encoding_invalid"
    assert error.line == 3


def test_west_european_bytes_are_not_taken_for_chinese() -> None:
    assert refused("sku,title\nA1,Cafés\nA2,Rosés\n".encode("latin-1")).code == "catalog.sheet_encoding_unclear"


def test_a_cut_character_at_the_end_is_refused() -> None:
    assert refused("﻿sku,title\nA1,壺".encode()[:-1]).line == 2


def test_many_nul_bytes_make_it_no_text_and_a_stray_one_is_the_error_of_its_row() -> None:
    assert refused(b"sku,title\n\0\0\0\0\0\0").reason == "encoding_undeclared_binary"
    assert refusals(b"sku,title\nA1,a\x00b\nA2,Pot\n") == [(2, "title", "text_nul")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    content = (
        "\n".join(delimiter.join(row) for row in (["sku", "title", "price"], ["00123", "Kettle", "5.20"], ["A2", "Pot", "4"]))
        + "\n"
    )

    assert cells(content) == [["00123", "Kettle", "5.20"], ["A2", "Pot", "4"]]


def test_semicolons_inside_cells_do_not_win_over_commas() -> None:
    assert cells("sku,title,tags\nA1,Kettle,a;b;c\nA2,Pot,a;b\n") == [["A1", "Kettle", "a;b;c"], ["A2", "Pot", "a;b"]]


def test_lists_over_several_lines_in_quoted_cells_do_not_win_either() -> None:
    assert cells('sku,title,tiers\nA1,Pot,"1:5;\n10:4;\n20:3;\n30:2"\n') == [["A1", "Pot", "1:5;\n10:4;\n20:3;\n30:2"]]


def test_two_delimiters_that_fit_equally_well_are_refused() -> None:
    assert refused("a,b;c\n1,2;3\n").reason == "delimiter_unclear"


def test_the_line_that_excel_puts_first_names_the_delimiter() -> None:
    assert cells("sep=;\nsku;title\nA1;a,b,c\n") == [["A1", "a,b,c"]]


def test_quoted_newlines_quotes_and_inches_stay_in_their_cells() -> None:
    content = 'sku,title,note\nA1,"Two ""big""\nlines",x\nA2,5" pipe,y\n'

    with opened(content) as sheet:
        rows = list(sheet.rows())

    assert rows == [
        Row(2, {"sku": "A1", "title": 'Two "big"\nlines', "note": "x"}),
        Row(4, {"sku": "A2", "title": '5" pipe', "note": "y"}),
    ]


def test_ragged_rows_and_broken_quotes_are_errors_with_their_lines() -> None:
    content = 'sku,title\nA1,Kettle\nA2\nA3,Pot,extra\nA4,"Pan"x\nA5,Lid\n'

    with opened(content) as sheet:
        rows = list(sheet.rows())

    assert rows == [
        Row(2, {"sku": "A1", "title": "Kettle"}),
        RowError(3, "", "ragged_row", "", {"found": 1, "expected": 2}),
        RowError(4, "", "ragged_row", "", {"found": 3, "expected": 2}),
        RowError(5, "", "quoting_broken"),
        Row(6, {"sku": "A5", "title": "Lid"}),
    ]


def test_a_quote_that_is_never_closed_refuses_the_file_and_names_the_line() -> None:
    error = refused('sku,title\nA1,Kettle\nA2,"Pot\nA3,Pan\n')

    assert (error.reason, error.line) == ("quote_not_closed", 3)


def test_a_cell_of_a_megabyte_is_a_row_error_and_the_next_row_is_read() -> None:
    content = f"sku,title\nA1,{'x' * 1_000_000}\nA2,Pot\n"

    assert refusals(content) == [(2, "", "cell_too_large")]
    assert [draft.sku for draft in imported(content)[0]] == ["A2"]
    assert refusals(json.dumps({"sku": "A1", "title": "x" * 1_000_000})) == [(1, "", "cell_too_large")]


def test_more_than_a_hundred_thousand_rows_are_refused() -> None:
    content = "sku,title\n" + "a,b\n" * limits.ROWS

    assert len(cells(content)) == limits.ROWS
    error = refused(content + "a,b\n")
    assert (error.reason, error.line) == ("too_many_rows", limits.ROWS + 2)


def test_more_than_two_hundred_columns_are_refused() -> None:
    wide = ",".join(f"c{number}" for number in range(201))

    assert refused(f"{wide}\n{wide}\n").reason == "too_many_columns"
    assert refused(json.dumps({f"c{number}": 1 for number in range(201)})).reason == "too_many_columns"


def test_empty_files_are_refused() -> None:
    assert refused(b"").reason == "empty_file"
    assert refused(b"\n\n \n").reason == "empty_file"
    with pytest.raises(SheetRefused) as caught:
        imported("sku,title\n")
    assert caught.value.reason == "no_rows"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"<html><table>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
    ],
)
def test_other_kinds_of_file_are_named_and_refused(content: bytes, kind: str) -> None:
    error = refused(content)

    assert error.reason == "not_a_sheet"
    assert error.params["kind"] == kind


def test_one_json_document_is_refused_with_advice() -> None:
    assert refused('[{"sku": "A"}]').reason == "json_array"
    assert refused('{\n "sku": "A"\n}').reason == "json_array"


def test_content_decides_and_a_name_that_says_otherwise_is_noted() -> None:
    with opened('{"sku": "A1", "title": "Pot"}\n', "offers.csv") as sheet:
        assert sheet.kind == "jsonl"
        assert [(one.code, one.params) for one in sheet.notes] == [("name_differs", {"ending": ".csv", "kind": "JSON Lines"})]


def test_a_compressed_file_is_the_same_file() -> None:
    with opened(LINE) as plain, opened(packed(LINE.encode()), "x.csv.gz") as compressed:
        assert plain.sha256 == compressed.sha256
        assert list(plain.rows()) == list(compressed.rows())
    with opened(workbook([])) as plain, opened(packed(workbook([]))) as compressed:
        assert plain.kind == compressed.kind == "xlsx"


def test_compression_bombs_are_refused() -> None:
    assert refused(gzip.compress(b"0" * 30_000_000)).reason == "compressed_bomb"
    assert refused(gzip.compress(gzip.compress(b"sku,title\n"))).reason == "gzip_nested"
    assert refused(gzip.compress(LINE.encode())[:-12]).reason == "gzip_damaged"
    assert refused(workbook([], extra={"xl/media/x": "0" * 30_000_000})).reason == "compressed_bomb"


def test_a_workbook_within_a_workbook_of_many_parts_is_refused() -> None:
    assert refused(workbook([], extra={f"xl/x{number}": "" for number in range(1_001)})).reason == "workbook_entries"


def test_a_letterhead_above_the_names_is_passed_over() -> None:
    with opened("Price list 2026,,\n,,\nsku,title,price\nA1,Pot,5\n") as sheet:
        assert sheet.columns == ("sku", "title", "price")
        assert [row.line for row in sheet.rows()] == [4]
        assert [(one.code, one.params) for one in sheet.notes] == [("header_line", {"line": 3})]


def test_columns_of_one_name_are_told_apart() -> None:
    with opened("sku,title,image,image\nA1,Pot,1,2\n") as sheet:
        assert sheet.columns == ("sku", "title", "image", "image (2)")


# Workbooks.


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def test_cells_of_a_workbook_are_the_text_a_person_sees() -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="170" formatCode="00000"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    content = workbook(
        [
            row(2, text_cell("A2", "00123"), text_cell("B2", "Pot"), '<c r="C2"><v>19.989999999999998</v></c>'),
            row(
                3,
                '<c r="A3"><v>4006381333931.0</v></c>',
                '<c r="B3" t="str"><f>A1</f><v>cached</v></c>',
                '<c r="C3"><v>5</v></c>',
            ),
            row(5, '<c r="A5" s="1"><v>123</v></c>', '<c r="B5" s="2"><v>46000</v></c>', '<c r="C5" t="b"><v>1</v></c>'),
        ],
        extra={"xl/styles.xml": styles},
    )

    with opened(content) as sheet:
        rows = list(sheet.rows())

    assert rows == [
        Row(2, {"sku": "00123", "title": "Pot", "price": "19.99"}),
        Row(3, {"sku": "4006381333931", "title": "cached", "price": "5"}),
        Row(5, {"sku": "00123", "title": "2025-12-09", "price": "true"}),
    ]


def test_formulas_without_value_and_error_cells_are_row_errors() -> None:
    content = workbook(
        [
            row(2, text_cell("A2", "A1"), text_cell("B2", "Pot"), '<c r="C2"><f>1+1</f></c>'),
            row(3, text_cell("A3", "A2"), text_cell("B3", "Pan"), '<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
            row(4, text_cell("A4", "A3"), text_cell("B4", "Lid"), '<c r="C4"><f>1+1</f><v>2</v></c>'),
        ]
    )

    drafts, errors = imported(content)

    assert [(error.line, error.column, error.code) for error in errors] == [
        (2, "C2", "formula_without_value"),
        (3, "C3", "formula_error"),
    ]
    assert [(draft.sku, str(draft.tiers[0][1])) for draft in drafts] == [("A3", "2.00 USD")]


def test_a_lie_about_the_dimensions_costs_nothing() -> None:
    content = workbook(
        [row(2, text_cell("A2", "A1"), text_cell("B2", "Pot"), '<c r="C2"><v>1</v></c>')], dimension="A1:XFD1048576"
    )

    assert cells(content) == [["A1", "Pot", "1"]]
    assert refused(workbook([row(2, text_cell("XFD2", "x"))])).reason == "too_many_columns"


def test_identifiers_longer_than_a_float_are_not_trusted() -> None:
    content = workbook([row(2, '<c r="A2"><v>1.2345678901234568E+17</v></c>', text_cell("B2", "Pot"))])

    assert refusals(content) == [(2, "sku", "scientific_identifier")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"extra": {"xl/vbaProject.bin": "x"}}, "workbook_macros"),
        (
            {"replaced": {"[Content_Types].xml": CONTENT_TYPES.replace("sheet.main+xml", "sheet.macroEnabled.main+xml")}},
            "workbook_macros",
        ),
        ({"extra": {"xl/externalLinks/externalLink1.xml": "<x/>"}}, "workbook_external_links"),
        ({"extra": {"xl/connections.xml": "<x/>"}}, "workbook_external_links"),
        ({"extra": {"../../etc/cron.d/x": "x"}}, "workbook_damaged"),
        ({"replaced": {"xl/workbook.xml": "<workbook"}}, "workbook_damaged"),
        ({"prologue": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'}, "workbook_hostile_xml"),
        ({"prologue": '<!DOCTYPE x SYSTEM "file:///etc/passwd">'}, "workbook_hostile_xml"),
    ],
)
def test_macros_links_and_hostile_xml_are_refused(changes: dict[str, dict[str, str]], reason: str) -> None:
    assert refused(workbook([], **changes)).reason == reason


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert refused(target.getvalue()).reason == "not_a_sheet"
    assert refused(workbook([])[:-30]).reason == "workbook_damaged"


# JSON Lines.


def test_json_values_keep_their_digits_and_nested_names() -> None:
    content = '{"sku": 123, "title": "Pot", "price": {"amount": 1.10, "currency": "USD"}, "category": ["Home", "Kitchen"], "new": true, "x": null}\n'

    assert cells(content) == [["123", "Pot", "1.10", "USD", ("Home", "Kitchen"), "true", ""]]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"sku": "A", "sku": "B"}', "json_duplicate_key"),
        ('{"sku": "A", "p": {"a": 1, "a": 9}}', "json_duplicate_key"),
        ('{"sku": NaN}', "json_not_finite"),
        ('{"sku": -Infinity}', "json_not_finite"),
        ('{"sku": "A"', "json_invalid"),
        ("[1]", "json_not_object"),
        ('"text"', "json_not_object"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "json_too_deep"),
        ('{"a": ' + '{"b":' * 30 + "1" + "}" * 30 + "}", "json_too_deep"),
    ],
)
def test_bad_json_lines_are_row_errors_and_the_next_line_is_read(line: str, code: str) -> None:
    content = '{"sku": "A0", "title": "Pot"}\n' + line + '\n\n{"sku": "A1", "title": "Pan"}\n'

    drafts, errors = imported(content)

    assert [(error.line, error.code) for error in errors] == [(2, code)]
    assert [draft.sku for draft in drafts] == ["A0", "A1"]


def test_the_rows_can_be_read_twice_and_side_by_side() -> None:
    with opened(LINE) as sheet:
        first, second = sheet.rows(), sheet.rows()

        assert [next(first), next(second), next(first), next(second)] == [row for row in sheet.rows() for _ in range(2)]


def test_every_refusal_and_error_has_a_sentence_that_its_values_fill() -> None:
    error = refused('sku,title\nA1,"Pot\n')
    found = imported("sku,title,price\nA1,Pot,-5\n")[1][0]

    assert str(error.message) == "The quote that opens in line 2 is never closed."
    assert found.message == "The number must not be negative."
