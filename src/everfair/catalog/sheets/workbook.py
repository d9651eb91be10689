"""Rows of an XLSX workbook, streamed, as the text a person sees; nothing in it is executed, followed or believed.

We read the parts ourselves instead of through openpyxl's reader: we need to tell a formula without a stored value from an
empty cell, the digits as written, and rows without believing the stated dimensions (B9).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.content import Content
from everfair.catalog.sheets.refusals import RowError, SheetRefused, shown

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# A spreadsheet keeps 15 significant digits; beyond them a whole number may have lost its tail.
_EXACT_WHOLE = 10**15
_FOREIGN_PARTS = ("xl/externallinks/", "xl/connections", "xl/querytables/")
_MACRO_PARTS = ("xl/vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")


class Workbook:
    """One opened workbook: its first visible worksheet, the texts it shares and how its numbers are shown."""

    def __init__(self, content: Content) -> None:
        self._content = content
        with _archive(content) as archive:
            _inspect(archive, content.size)
            self._path, self.worksheet, self.others, self._epoch = _first_worksheet(archive)
            self._texts = _shared_texts(archive)
            self._formats = _formats(archive)

    def records(self) -> Iterator[tuple[int, list[str], list[RowError]]]:
        """(line, cells, errors) of each row that is there; errors name the cell, such as C7."""
        with _archive(self._content) as archive:
            line = 0
            for count, element in enumerate(_elements(archive, self._path, "row")):
                if count == limits.WORKSHEET_ROWS:
                    raise SheetRefused("workbook_damaged", part=self._path)
                stated = element.get("r", "")
                # A row number only labels messages: a lie moves nothing and makes nothing larger.
                line = int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= 7 else line + 1
                cells: list[str] = []
                errors: list[RowError] = []
                for cell in element:
                    if not cell.tag.endswith("}c"):
                        continue
                    position = _position(cell.get("r"), len(cells))
                    text = self._text(cell, line, errors)
                    if position >= limits.COLUMNS:
                        if text:
                            raise SheetRefused("too_many_columns", line=line, limit=limits.COLUMNS)
                        continue
                    if position < len(cells):
                        if text:
                            errors.append(RowError(line, cell.get("r", ""), "cell_damaged"))
                        continue
                    cells.extend([""] * (position - len(cells)))
                    cells.append(text)
                yield line, cells, errors

    def _text(self, cell: Element, line: int, errors: list[RowError]) -> str:
        kind = cell.get("t", "n")
        value: str | None = None
        formula = False
        for part in cell:
            name = part.tag.rpartition("}")[2]
            if name == "v":
                value = part.text or ""
            elif name == "f":
                formula = True
            elif name == "is":
                value = _rich_text(part)
        reference = cell.get("r", "")
        if value is None or (value == "" and formula and kind != "str"):
            if formula:
                errors.append(RowError(line, reference, "formula_without_value"))
            return ""
        try:
            if kind == "s":
                return self._texts[int(value)]
            if kind in ("str", "inlineStr", "d"):
                return _unescaped(value)
            if kind == "b":
                return "true" if value.strip() == "1" else "false"
            if kind == "n":
                return self._shown_number(value.strip(), cell.get("s", "0")) if value else ""
        except (ValueError, IndexError, OverflowError):
            errors.append(RowError(line, reference, "cell_damaged", shown(value)))
            return ""
        if kind == "e":
            errors.append(RowError(line, reference, "formula_error", shown(value), {"shown": shown(value)}))
            return ""
        errors.append(RowError(line, reference, "cell_damaged", shown(value)))
        return ""

    def _shown_number(self, text: str, style: str) -> str:
        number = float(text)
        pattern = self._formats.get(int(style), "General")
        if pattern in _DATE_PATTERNS or (pattern not in _PLAIN_PATTERNS and _is_date(pattern)):
            moment = from_excel(number, self._epoch)
            if isinstance(moment, datetime):
                return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")
            if isinstance(moment, (time, timedelta)):
                return str(moment)
        if number.is_integer():
            if abs(number) < _EXACT_WHOLE:
                whole = str(int(number))
                # A column formatted 00000 shows item 123 as 00123, and that is its name.
                return whole.zfill(len(pattern)) if pattern.strip("0") == "" and len(pattern) > 1 else whole
            return f"{number:.16E}"
        return repr(number) if 1e-4 <= abs(number) < 1e16 else format(number, "f") if abs(number) >= 1e-9 else repr(number)


_PLAIN_PATTERNS: set[str] = {"General", "0", "0.00", "@"}
_DATE_PATTERNS: set[str] = set()


def _is_date(pattern: str) -> bool:
    known = _DATE_PATTERNS if is_date_format(pattern) else _PLAIN_PATTERNS
    if len(known) < 1_000:
        known.add(pattern)
    return known is _DATE_PATTERNS


def _archive(content: Content) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(content.open())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError):
        raise SheetRefused("workbook_damaged", part="ZIP") from None


def _inspect(archive: zipfile.ZipFile, packed_bytes: int) -> None:
    """Refuses bombs, macros, links to other files and passwords from the table of contents alone, before unpacking."""
    entries = archive.infolist()
    if len(entries) > limits.ZIP_ENTRIES:
        raise SheetRefused("workbook_entries", limit=limits.ZIP_ENTRIES)
    total = sum(entry.file_size for entry in entries)
    if total > limits.CONTENT_BYTES:
        raise SheetRefused("too_large", limit=limits.CONTENT_BYTES // 1024 // 1024)
    names = [entry.filename.lower().lstrip("/") for entry in entries]
    if total > limits.GROWTH_FLOOR_BYTES and total > packed_bytes * limits.GROWTH:
        raise SheetRefused("compressed_bomb", limit=limits.GROWTH)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise SheetRefused("workbook_encrypted")
        if entry.file_size > limits.GROWTH_FLOOR_BYTES and entry.file_size > entry.compress_size * limits.GROWTH:
            raise SheetRefused("compressed_bomb", limit=limits.GROWTH)
    if "xl/workbook.xml" not in names:
        raise SheetRefused("not_a_sheet", kind="ZIP")
    if len(set(names)) != len(names) or any(".." in name.split("/") for name in names):
        raise SheetRefused("workbook_damaged", part="ZIP")
    if any(name.startswith(_MACRO_PARTS) for name in names):
        raise SheetRefused("workbook_macros")
    if any(name.startswith(_FOREIGN_PARTS) for name in names):
        raise SheetRefused("workbook_external_links")
    for element in _elements(archive, "[Content_Types].xml", "Override", "Default"):
        kind = element.get("ContentType", "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise SheetRefused("workbook_macros")
        if "externallink" in kind:
            raise SheetRefused("workbook_external_links")


def _elements(archive: zipfile.ZipFile, path: str, *wanted: str) -> Iterator[Element]:
    """The named elements of one part, each dropped after use; entities and DTDs are refused by defusedxml."""
    try:
        part = archive.open(path)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise SheetRefused("workbook_damaged", part=path) from None
    ends = tuple("}" + name for name in wanted)
    try:
        with part:
            parents: list[Element] = []
            inside = 0
            for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    inside += element.tag.endswith(ends)
                    parents.append(element)
                    if len(parents) > 100:
                        raise SheetRefused("workbook_damaged", part=path)
                    continue
                parents.pop()
                if element.tag.endswith(ends):
                    inside -= 1
                    yield element
                # Whatever is not part of a wanted element leaves the tree at once, so that memory stays that of one row.
                if parents and not inside:
                    parents[-1].remove(element)
                elif parents and len(parents[-1]) > limits.XML_CHILDREN:
                    raise SheetRefused("workbook_damaged", part=path)
    except DefusedXmlException:
        raise SheetRefused("workbook_hostile_xml") from None
    except (ParseError, zipfile.BadZipFile, EOFError, OSError, ValueError, LookupError):
        raise SheetRefused("workbook_damaged", part=path) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise SheetRefused("workbook_damaged", part=path) from None
        raise


def _first_worksheet(archive: zipfile.ZipFile) -> tuple[str, str, int, datetime]:
    sheets: list[tuple[str, str]] = []
    epoch = CALENDAR_WINDOWS_1900
    for element in _elements(archive, "xl/workbook.xml", "sheet", "workbookPr"):
        if element.tag.endswith("}workbookPr"):
            if element.get("date1904") in ("1", "true"):
                epoch = CALENDAR_MAC_1904
        elif element.get("state", "visible") == "visible":
            identity = next((value for key, value in element.items() if key.endswith("}id")), "")
            sheets.append((identity, element.get("name", "")))
    targets: dict[str, str] = {}
    for element in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        if element.get("Type", "").endswith("/worksheet") and element.get("TargetMode", "Internal") == "Internal":
            target = element.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[element.get("Id", "")] = path
    found = [(targets[identity], name) for identity, name in sheets if identity in targets]
    if not found:
        raise SheetRefused("workbook_no_worksheet")
    return found[0][0], found[0][1], len(found) - 1, epoch


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    path = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
    texts: list[str] = []
    for element in _elements(archive, path, "si") if path else ():
        if len(texts) == limits.SHARED_TEXTS:
            raise SheetRefused("workbook_damaged", part="xl/sharedStrings.xml")
        texts.append(_unescaped(_rich_text(element)))
    return texts


def _formats(archive: zipfile.ZipFile) -> dict[int, str]:
    """Which number format each cell style shows."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    patterns: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: dict[int, str] = {}
    for element in _elements(archive, "xl/styles.xml", "numFmts", "cellXfs"):
        try:
            if element.tag.endswith("}numFmts"):
                patterns.update({int(part.get("numFmtId", "")): part.get("formatCode", "") for part in element})
            else:
                styles = {
                    index: patterns.get(int(part.get("numFmtId", "0")), "General")
                    for index, part in enumerate(part for part in element if part.tag.endswith("}xf"))
                }
        except ValueError:
            raise SheetRefused("workbook_damaged", part="xl/styles.xml") from None
    return styles


def _rich_text(element: Element) -> str:
    """The text of a cell without its formatting and without pronunciation guides."""
    pieces: list[str] = []
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(part.text or "" for part in child if part.tag.endswith("}t"))
    return "".join(pieces)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _position(reference: str | None, otherwise: int) -> int:
    """Column number from 0 of a reference such as C7."""
    match = _REFERENCE.fullmatch(reference or "")
    if not match:
        return otherwise
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1
