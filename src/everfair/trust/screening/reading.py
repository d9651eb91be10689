"""Published lists as entries: OFAC's CSV (SDN or consolidated, with alternate names, addresses, comments) and BIS's denied persons.

Read strictly: what does not have the published form is said with file, row and column, and nothing of it is taken.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from everfair.trust.screening.places import country_code

# Of one file as it comes, and unpacked: OFAC's largest has some 10 MB.
LARGEST_FILE, LARGEST_TEXT = 20 * 2**20, 200 * 2**20
LONGEST_NAME = 500
_KINDS = {"": "organisation", "individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
_STRENGTHS = {"aka": "aka", "fka": "former", "nka": "aka"}
_MISSING = "-0-"
# OFAC's files by their number of columns: https://ofac.treasury.gov/media/29976 (SDN data formats).
_SHAPES = {12: "entries", 5: "names", 6: "addresses", 2: "comments"}
_WEAK = re.compile(r"\ba\.k\.a\. '([^']+)'")
_BIS = ("name", "state", "country", "effective_date", "expiration_date", "standard_order", "last_update", "action", "fr_citation")


class Unreadable(Exception):
    """A file has not the published form. `row` and `column` count from 1; 0 where it is the whole file."""

    def __init__(self, reason: str, file: str, row: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.file, self.row, self.column = reason, file, row, column


@dataclass(slots=True)
class Entry:
    """One listed party. `names`: (name, strength), the primary one first."""

    number: str
    kind: str
    programme: str = ""
    remarks: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edition:
    """What the files of one edition say. `files`: name, sha256, rows and rows left out of each; `digest` is over all of them in any order."""

    entries: list[Entry]
    files: list[dict[str, str | int]]
    digest: str


@dataclass(frozen=True, slots=True)
class _Table:
    """One file: its name, and its rows with the line each ends on."""

    name: str
    rows: list[tuple[int, list[str]]]
    sha256: str


def read_edition(form: str, files: Sequence[tuple[str, bytes]], *, allow_gaps: bool = False) -> Edition:
    """The files of one edition, each plain or gzip. Raises Unreadable.

    Names and addresses of entries that the first file does not have are of another day: refused, or with `allow_gaps` left out and
    counted in `files` as `left_out`.
    """
    if not files:
        raise Unreadable("there is no file", "")
    tables = [_table(name, body) for name, body in files]
    left_out: Counter[str] = Counter()
    entries = _bis(tables) if form == "bis" else _ofac(tables, left_out if allow_gaps else None)
    if not entries:
        raise Unreadable("there is no entry", tables[0].name)
    told: list[dict[str, str | int]] = [
        {"name": t.name[:140], "sha256": t.sha256, "rows": len(t.rows), "left_out": left_out[t.name]} for t in tables
    ]
    digest = hashlib.sha256("".join(sorted(t.sha256 for t in tables)).encode()).hexdigest()
    return Edition(entries, told, digest)


def _table(name: str, body: bytes) -> _Table:
    text = _unpacked(name, body)
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise Unreadable(f"{error}", name, reader.line_num) from None
    if not rows:
        raise Unreadable("the file is empty", name)
    return _Table(name, rows, hashlib.sha256(text.encode()).hexdigest())


def _unpacked(name: str, body: bytes) -> str:
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(body)) as packed:
                body = packed.read(LARGEST_TEXT + 1)
        except (OSError, EOFError, zlib.error):
            raise Unreadable("this gzip file is damaged", name) from None
    if len(body) > LARGEST_TEXT:
        raise Unreadable("the file is too large", name)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not UTF-8", name, body[: error.start].count(b"\n") + 1) from None
    if "\0" in text:
        raise Unreadable("the file is no text", name)
    # OFAC ends its files as CP/M did.
    return text.removesuffix("\x1a")


def _ofac(tables: Sequence[_Table], left_out: Counter[str] | None) -> list[Entry]:
    by_shape: dict[str, _Table] = {}
    for table in tables:
        columns = len(table.rows[0][1])
        shape = _SHAPES.get(columns)
        if shape is None:
            raise Unreadable(f"a file of OFAC has 12, 5, 6 or 2 columns, this has {columns}", table.name, table.rows[0][0])
        if shape in by_shape:
            raise Unreadable(f"there is another file of {shape} already", table.name)
        by_shape[shape] = table
    if "entries" not in by_shape:
        raise Unreadable("the file of the entries is missing (12 columns)", tables[0].name)
    entries: dict[str, Entry] = {}
    first = by_shape["entries"].name
    for line, row in _rows(by_shape["entries"], 12):
        number, kind = _number(row[0], first, line), row[2]
        if kind not in _KINDS:
            raise Unreadable(f"there is no kind «{kind[:20]}»", first, line, 3)
        if number in entries:
            raise Unreadable(f"entry {number} stands twice", first, line, 1)
        made = Entry(number, _KINDS[kind], row[3][:200], row[11], [(_name(row[1], first, line, 2), "primary")])
        if row[9]:
            _add_country(made, row[9])
        entries[number] = made
    _add_names(entries, by_shape.get("names"), left_out)
    _add_addresses(entries, by_shape.get("addresses"), left_out)
    _add_comments(entries, by_shape.get("comments"), left_out)
    for entry in entries.values():
        _add_weak(entry)
    return list(entries.values())


def _rows(table: _Table, columns: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in table.rows:
        if len(row) != columns:
            raise Unreadable(f"a row has {columns} columns, this has {len(row)}", table.name, line, min(len(row), columns) + 1)
        yield line, ["" if (text := cell.strip()) == _MISSING else text for cell in row]


def _number(text: str, table: str, line: int) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Unreadable(f"«{text[:20]}» is no number of an entry", table, line, 1)
    return text


def _name(text: str, table: str, line: int, column: int) -> str:
    if not text:
        raise Unreadable("a name is missing", table, line, column)
    if len(text) > LONGEST_NAME:
        raise Unreadable(f"a name is longer than {LONGEST_NAME} characters", table, line, column)
    return text


def _entry(entries: Mapping[str, Entry], text: str, table: str, line: int, left_out: Counter[str] | None) -> Entry | None:
    found = entries.get(_number(text, table, line))
    if found is None:
        if left_out is None:
            raise Unreadable(f"there is no entry {text}", table, line, 1)
        left_out[table] += 1
    return found


def _add_names(entries: Mapping[str, Entry], table: _Table | None, left_out: Counter[str] | None) -> None:
    for line, row in _rows(table, 5) if table else ():
        assert table is not None
        if row[2] not in _STRENGTHS:
            raise Unreadable(f"there is no kind of name «{row[2][:20]}»", table.name, line, 3)
        name = _name(row[3], table.name, line, 4)
        if entry := _entry(entries, row[0], table.name, line, left_out):
            entry.names.append((name, _STRENGTHS[row[2]]))


def _add_addresses(entries: Mapping[str, Entry], table: _Table | None, left_out: Counter[str] | None) -> None:
    for line, row in _rows(table, 6) if table else ():
        assert table is not None
        if entry := _entry(entries, row[0], table.name, line, left_out):
            if text := ", ".join(cell for cell in row[2:5] if cell):
                entry.addresses.append(text)
            _add_country(entry, row[4])


def _add_comments(entries: Mapping[str, Entry], table: _Table | None, left_out: Counter[str] | None) -> None:
    """Remarks go on here where the first file had no more room."""
    for line, row in _rows(table, 2) if table else ():
        assert table is not None
        if entry := _entry(entries, row[0], table.name, line, left_out):
            entry.remarks += row[1]


def _add_weak(entry: Entry) -> None:
    known = {name for name, _strength in entry.names}
    for name in dict.fromkeys(_WEAK.findall(entry.remarks)):
        if name.strip() and name not in known and len(name) <= LONGEST_NAME:
            entry.names.append((name, "weak"))


def _add_country(entry: Entry, published: str) -> None:
    code = country_code(published)
    if code and code not in entry.countries:
        entry.countries.append(code)


def _bis(tables: Sequence[_Table]) -> list[Entry]:
    """Denied persons stand in one file with a head; the publisher numbers none, so name, begin and citation are the number."""
    if len(tables) > 1:
        raise Unreadable("the denied persons are one file", tables[1].name)
    [table] = tables
    line, head = table.rows[0]
    if (names := tuple(cell.strip().casefold() for cell in head)) != _BIS:
        column = next((n for n, (one, other) in enumerate(zip(names, _BIS, strict=False), 1) if one != other), len(_BIS))
        raise Unreadable("the head is not that of the denied persons", table.name, line, column)
    entries: dict[str, Entry] = {}
    for line, row in _rows(_Table(table.name, table.rows[1:], table.sha256), len(_BIS)):
        cells = dict(zip(_BIS, row, strict=True))
        name = _name(cells["name"], table.name, line, 1)
        number = hashlib.sha256("|".join((name, cells["effective_date"], cells["fr_citation"])).encode()).hexdigest()[:16]
        until = f"{cells['effective_date']} – {cells['expiration_date'] or '…'}"
        remarks = "; ".join(text for text in (until, cells["action"], cells["fr_citation"]) if text)
        made = entries.setdefault(number, Entry(number, "unsaid", "BIS DPL", remarks, [(name, "primary")]))
        if cells["country"] or cells["state"]:
            _add_country(made, cells["country"] or "US")
    return list(entries.values())
