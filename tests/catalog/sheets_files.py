"""Small files for the tests of price lists."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence

from everfair.catalog.sheets.batches import read_all
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.mapping import map_sheet
from everfair.catalog.sheets.parsing import Defaults
from everfair.catalog.sheets.refusals import RowError
from everfair.catalog.sheets.sheet import Sheet, open_sheet


def opened(content: bytes | str, name: str = "") -> Sheet:
    return open_sheet(io.BytesIO(content.encode() if isinstance(content, str) else content), name)


def imported(content: bytes | str, defaults: Defaults | None = None) -> tuple[list[OfferDraft], list[RowError]]:
    """Everything a file gives with the guessed mapping."""
    with opened(content) as sheet:
        batches = list(read_all(sheet, map_sheet(sheet), defaults or Defaults()))
    return [draft for batch in batches for draft in batch.drafts], [error for batch in batches for error in batch.errors]


def refusals(content: bytes | str) -> list[tuple[int, str, str]]:
    """(line, column, code) of every row error."""
    return [(error.line, error.column, error.code) for error in imported(content)[1]]


def cell_error(header: str, value: str) -> list[str]:
    """The codes that one value in one column gives, in an otherwise good row."""
    content = f'sku,title,{header}\nA1,Kettle,"{value.replace(chr(34), chr(34) * 2)}"\n'
    return [error.code for error in imported(content)[1]]


CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def workbook(
    rows: Sequence[str],
    *,
    dimension: str = "A1",
    extra: dict[str, str] | None = None,
    replaced: dict[str, str] | None = None,
    prologue: str = "",
) -> bytes:
    """A workbook from the XML of its rows (the first is written for you: sku, title, price), as a spreadsheet would pack it."""
    head = f'<row r="1">{text_cell("A1", "sku")}{text_cell("B1", "title")}{text_cell("C1", "price")}</row>'
    sheet = (
        f'{prologue}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{dimension}"/>'
        f"<sheetData>{head}{''.join(rows)}</sheetData></worksheet>"
    )
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
        **(replaced or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def packed(content: bytes) -> bytes:
    return gzip.compress(content)
