"""What reading any field of a row needs: its cells by field, clean text, exact numbers, and the errors so far."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from everfair.catalog.sheets import limits, texts
from everfair.catalog.sheets.json_lines import Cell
from everfair.catalog.sheets.mapping import Mapping
from everfair.catalog.sheets.numbers import NumberRefused, exact_number
from everfair.catalog.sheets.refusals import RowError, shown
from everfair.catalog.sheets.sheet import Row


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where the file is silent. Without a currency, a price without one is an error.

    A lone price of 0 means that the supplier has none to state, so it becomes price on request with a note; `refuse_zero_price`
    makes it an error instead. A 0 inside price tiers always is one.
    """

    currency: str | None = "USD"
    unit_code: str = "H87"
    language: Literal["en", "zh-hant", "zh-hans"] | None = None
    refuse_zero_price: bool = False


class RowReading:
    """The state of reading one row. An error is noted and reading goes on, so that a person sees all of them at once."""

    def __init__(self, row: Row, mapping: Mapping, defaults: Defaults) -> None:
        self.row = row
        self.mapping = mapping
        self.defaults = defaults
        self.errors: list[RowError] = []
        self.notes: list[str] = []

    def error(self, column: str, code: str, value: Cell = "", **params: object) -> None:
        text = value if isinstance(value, str) else "; ".join(value)
        self.errors.append(RowError(self.row.line, column, code, shown(text) if text else "", params))

    def column(self, field: str) -> str:
        columns = self.mapping.columns_of.get(field)
        return columns[0] if columns else ""

    def cell(self, field: str) -> Cell:
        columns = self.mapping.columns_of.get(field)
        return self.row.cells.get(columns[0], "") if columns else ""

    def plain(self, field: str, separator: str = "; ") -> str:
        cell = self.cell(field)
        return cell if isinstance(cell, str) else separator.join(cell)

    def clean(self, column: str, text: str, limit: int, *, one_line: bool = False) -> str:
        try:
            return texts.clean_line(text, limit) if one_line else texts.clean(text, limit)
        except NumberRefused as refused:
            self.error(column, refused.code, text, **refused.params)
            return ""

    def line_of(self, field: str, limit: int) -> str:
        text = self.plain(field)
        return self.clean(self.column(field), text, limit, one_line=True) if text else ""

    def number(self, column: str, text: str, *, decimals: int, limit: Decimal, zero: bool = False) -> Decimal | None:
        try:
            return exact_number(text, decimals=decimals, limit=limit, zero=zero, style=self.mapping.number_style)
        except NumberRefused as refused:
            self.error(column, refused.code, text, **refused.params)
            return None

    def too_long(self, column: str, cell: Cell) -> bool:
        """Whether a list written as one text is longer than any honest one, which is then an error."""
        if isinstance(cell, str) and len(cell) > limits.LIST_CHARACTERS:
            self.error(column, "text_too_long", cell, length=len(cell), limit=limits.LIST_CHARACTERS)
            return True
        return False
