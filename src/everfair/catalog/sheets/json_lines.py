"""Rows of a JSON Lines file. Numbers stay the text that was written, so nothing passes through a binary float."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.content import Content
from everfair.catalog.sheets.delimited import open_text
from everfair.catalog.sheets.refusals import RowError, SheetRefused, shown

Cell = str | tuple[str, ...]


class _Trouble(ValueError):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _number(text: str) -> str:
    # An exponent is always written with its sign, so that a mangled identifier is told from an item number like 1E5.
    if "e" in text or "E" in text:
        mantissa, _, power = text.upper().partition("E")
        return f"{mantissa}E{power if power[0] in '+-' else '+' + power}"
    return text


def _constant(name: str) -> str:
    raise _Trouble("json_not_finite")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Trouble("json_duplicate_key", key=shown(key))
            seen.add(key)
    return found


_decoder = json.JSONDecoder(parse_float=_number, parse_int=str, parse_constant=_constant, object_pairs_hook=_object, strict=False)


def lines(content: Content, codec: str) -> Iterator[tuple[int, str]]:
    with open_text(content, codec) as text:
        number = 0
        while line := text.readline(limits.RECORD_CHARACTERS + 1):
            number += 1
            if len(line) > limits.RECORD_CHARACTERS:
                raise SheetRefused("line_too_long", line=number, limit=limits.RECORD_CHARACTERS)
            if not line.isspace():
                yield number, line


def names(content: Content, codec: str) -> tuple[str, ...]:
    """Every name of every line in order of appearance; unreadable lines are left for `rows` to report."""
    found: dict[str, None] = {}
    read = msgspec.json.Decoder()
    for number, line in lines(content, codec):
        try:
            value = read.decode(line)
        except (msgspec.DecodeError, RecursionError, ValueError):
            # Stricter than our own reading, which may still take the line apart and name what is wrong in it.
            try:
                value = _decoder.decode(line)
            except (RecursionError, ValueError):
                continue
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, (dict, list)):
                    try:
                        found.update(dict.fromkeys(_flat(key, item, 1)))
                    except _Trouble:
                        continue
                elif key not in found:
                    found[key] = None
            if len(found) > limits.COLUMNS:
                raise SheetRefused("too_many_columns", line=number, limit=limits.COLUMNS)
    return tuple(found)


def rows(content: Content, codec: str) -> Iterator[tuple[int, dict[str, Cell]] | RowError]:
    for number, line in lines(content, codec):
        try:
            value = _decoder.decode(line)
            if not isinstance(value, dict):
                raise _Trouble("json_not_object")
            cells: dict[str, Cell] = {}
            for key, item in value.items():
                if type(item) is str:
                    cells[key] = item
                elif item is None:
                    cells[key] = ""
                else:
                    cells.update(_flat(key, item, 1))
            for key, cell in cells.items():
                if len(cell) > limits.CELL_CHARACTERS:
                    raise _Trouble("cell_too_large", length=len(cell), limit=limits.CELL_CHARACTERS)
                if len(key) > limits.HEADER_CHARACTERS:
                    raise _Trouble("cell_too_large", length=len(key), limit=limits.HEADER_CHARACTERS)
        except _Trouble as trouble:
            yield RowError(number, "", trouble.code, "", trouble.params)
        except RecursionError:
            yield RowError(number, "", "json_too_deep", "", {"limit": limits.JSON_DEPTH})
        except ValueError:
            yield RowError(number, "", "json_invalid", shown(line))
        else:
            yield number, cells


def _flat(name: str, value: Any, depth: int) -> dict[str, Cell]:
    """A nested value as cells: `{"price": {"amount": 1}}` is column `price.amount`; a list of plain values is one cell,
    a list of objects is numbered from 1 (`tiers.1.price`)."""
    if depth > limits.JSON_DEPTH:
        raise _Trouble("json_too_deep", limit=limits.JSON_DEPTH)
    if isinstance(value, dict):
        nested = [(f"{name}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        if not any(isinstance(item, (dict, list)) for item in value):
            return {name: tuple(_plain(item) for item in value if item is not None)}
        nested = [(f"{name}.{index}", item) for index, item in enumerate(value, 1)]
    else:
        return {name: _plain(value)}
    cells: dict[str, Cell] = {}
    for key, item in nested:
        cells.update(_flat(key, item, depth + 1))
        if len(cells) > limits.COLUMNS:
            raise _Trouble("json_too_many_names", limit=limits.COLUMNS)
    return cells


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
