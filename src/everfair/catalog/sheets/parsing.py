"""A row of a file into an offer draft, or every reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from everfair.base.money import Money, UnitPrice, exponent
from everfair.catalog.sheets import codes, limits, texts
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.json_lines import Cell
from everfair.catalog.sheets.mapping import Mapping
from everfair.catalog.sheets.numbers import NumberRefused, exact_number
from everfair.catalog.sheets.refusals import RowError, shown
from everfair.catalog.sheets.scripts import language_of
from everfair.catalog.sheets.sheet import Row

# What a spreadsheet makes of a long number: 4.01E+12. An item number such as 1E5 has no sign and stays.
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+|[0-9][.,][0-9]+E[0-9]+", re.IGNORECASE)
_TIER = re.compile(r"(?:≥|>=)?\s*([^\s:=+≥>-]+?)\s*(?:-\s*([^\s:=+]+?)|\+)?\s*[:=]\s*(\S+)")
_PATH_SEPARATORS = re.compile(r"\s*[>›»|]\s*|\s+/\s+")
_ESCAPED_PATH = re.compile(r"(?:\\.|[^\\>])+")
_HS = re.compile(r"[0-9][0-9. ]{4,15}")
_ADDRESS_SEPARATORS = re.compile(r"[\s|;]+(?=https?://)|\s*\n\s*", re.IGNORECASE)
_WIDE_PUNCTUATION = str.maketrans("：；～－–＝，", ":;~--=,")
_ONE = Decimal(1)


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


def parse_offer(row: Row, mapping: Mapping, defaults: Defaults) -> OfferDraft | list[RowError]:
    """The draft of one row, or all errors found in it. Nothing is looked up outside the process; no address is fetched."""
    return _Reading(row, mapping, defaults).draft()


class _Reading:
    """The state of reading one row: its cells, and the errors so far."""

    def __init__(self, row: Row, mapping: Mapping, defaults: Defaults) -> None:
        self.row = row
        self.mapping = mapping
        self.defaults = defaults
        self.errors: list[RowError] = []
        self.notes: list[str] = []

    def draft(self) -> OfferDraft | list[RowError]:
        sku = self.sku()
        titles = self.by_language("title", limits.TITLE_CHARACTERS)
        if not titles and not any(error.column in self.columns_of_titles() for error in self.errors):
            self.error(next(iter(self.columns_of_titles()), ""), "title_missing")
        descriptions = self.by_language("description", limits.DESCRIPTION_CHARACTERS)
        path = self.category()
        unit = self.unit()
        currency = self.currency()
        moq = self.quantity("moq", unit)
        tiers = self.tiers(moq, unit, currency)
        if tiers and moq is not None and moq < tiers[0][0]:
            self.error(self.column("moq"), "moq_below_first_tier", moq=f"{moq:f}", first=f"{tiers[0][0]:f}")
        draft_values = {
            "bullets": self.bullets(),
            "brand": self.line_of("brand", limits.BRAND_CHARACTERS),
            "attributes": self.attributes(),
            "multiple": self.quantity("multiple", unit),
            "lead_times": self.lead_times(),
            "sample_price": self.sample_price(currency),
            "hs_code": self.hs_code(),
            "origin": self.origin(),
            "picture_urls": self.pictures(),
        }
        if self.errors:
            return self.errors
        return OfferDraft(
            sku=sku,
            titles=titles,
            descriptions=descriptions,
            category_path=path,
            category_code=codes.category_code(path) if path else None,
            tiers=tiers,
            moq=moq if moq is not None else tiers[0][0] if tiers else _ONE,
            unit_code=unit,
            line=self.row.line,
            notes=tuple(self.notes),
            **draft_values,  # type: ignore[arg-type]
        )

    # What every field needs.

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

    # Words.

    def sku(self) -> str:
        column = self.column("sku")
        text = self.plain("sku")
        if "\n" in text.strip() or "\r" in text.strip():
            self.error(column, "sku_line_break", text)
            return ""
        had = len(self.errors)
        sku = self.clean(column, text, limits.SKU_CHARACTERS)
        if not sku:
            if len(self.errors) == had:
                self.error(column, "sku_missing")
        elif _SCIENTIFIC.fullmatch(sku):
            self.error(column, "scientific_identifier", sku)
        return sku

    def columns_of_titles(self) -> dict[str, None]:
        fields = self.mapping.columns_of
        return {column: None for field in fields if field.partition(".")[0] == "title" for column in fields[field]}

    def by_language(self, base: str, limit: int) -> dict[str, str]:
        found: dict[str, str] = {}
        bare = ""
        for field, columns in self.mapping.columns_of.items():
            name, _, language = field.partition(".")
            if name != base:
                continue
            cell = self.row.cells.get(columns[0], "")
            text = cell if isinstance(cell, str) else ("\n" if base == "description" else " ").join(cell)
            text = self.clean(columns[0], text, limit, one_line=base == "title") if text else ""
            if text and language:
                found[language] = text
            elif text:
                bare = text
        if bare:
            # A column of its own for the language is the better witness.
            found.setdefault(self.defaults.language or language_of(bare), bare)
        return found

    def bullets(self) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.mapping.columns_of.get("bullets", ()):
            cell = self.row.cells.get(column, "")
            if not cell:
                continue
            parts = cell.splitlines() if isinstance(cell, str) else [part for text in cell for part in text.splitlines()]
            had = len(self.errors)
            lines = [self.clean(column, part, limits.BULLET_CHARACTERS) for part in parts if part]
            found += [line for line in lines if line]
            if len(self.errors) == had and (len(found) > limits.BULLETS or sum(map(len, found)) > limits.BULLETS_CHARACTERS):
                self.error(column, "too_many_bullets", limit=limits.BULLETS)
        return tuple(found)

    def category(self) -> tuple[str, ...]:
        cell = self.cell("category")
        if not cell:
            return ()
        column = self.column("category")
        if not isinstance(cell, str):
            parts = list(cell)
        elif self.mapping.own_export:
            parts = [re.sub(r"\\(.)", r"\1", part) for part in _ESCAPED_PATH.findall(cell)]
        else:
            parts = _PATH_SEPARATORS.split(cell)
        path = [name for part in parts if (name := self.clean(column, part, limits.CATEGORY_CHARACTERS, one_line=True))]
        if len(path) > limits.CATEGORY_DEPTH:
            self.error(column, "category_too_deep", cell, limit=limits.CATEGORY_DEPTH)
        return tuple(path)

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for field, columns in self.mapping.columns_of.items():
            if not field.startswith("attribute:"):
                continue
            column = columns[0]
            cell = self.row.cells.get(column, "")
            if not cell:
                continue
            text = cell if isinstance(cell, str) else "; ".join(part for part in cell if part)
            value = self.clean(column, text, limits.ATTRIBUTE_CHARACTERS)
            name = field.removeprefix("attribute:")
            if name == "gtin" and value:
                if _SCIENTIFIC.fullmatch(value):
                    self.error(column, "scientific_identifier", value)
                elif not (value.isascii() and value.isdigit() and len(value) in (8, 12, 13, 14)):
                    self.error(column, "gtin_invalid", value)
            if value:
                found[name] = value
        if len(found) > limits.ATTRIBUTES:
            self.error("", "too_many_attributes", limit=limits.ATTRIBUTES)
        return found

    def pictures(self) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.mapping.columns_of.get("pictures", ()):
            cell = self.row.cells.get(column, "")
            if not cell:
                continue
            for part in _ADDRESS_SEPARATORS.split(cell) if isinstance(cell, str) else cell:
                address = self.clean(column, part, limits.PICTURE_CHARACTERS)
                if not address:
                    continue
                if not address.lower().startswith(("http://", "https://")) or any(c.isspace() for c in address):
                    # Other schemes are never kept, so that nobody later fetches one by mistake (B55).
                    self.error(column, "picture_invalid", address)
                else:
                    found.append(address)
        if len(found) > limits.PICTURES:
            self.error(self.column("pictures"), "too_many_pictures", limit=limits.PICTURES)
        return tuple(found)

    # Codes.

    def unit(self) -> str:
        text = self.line_of("unit", 50)
        if not text:
            return self.defaults.unit_code
        code = codes.unit_code(text)
        if code is None:
            self.error(self.column("unit"), "unit_unknown", text)
        return code or self.defaults.unit_code

    def currency(self) -> str | None:
        text = self.plain("currency")
        if not text:
            return self.mapping.currency or self.defaults.currency
        if not codes.currency_known(text):
            self.error(self.column("currency"), "currency_unknown", text)
            return self.defaults.currency
        return text

    def hs_code(self) -> str:
        text = self.line_of("hs_code", 30)
        if not text:
            return ""
        digits = text.replace(".", "").replace(" ", "")
        if not (_HS.fullmatch(text) and digits.isascii() and digits.isdigit() and len(digits) in (6, 8, 10, 12)):
            self.error(self.column("hs_code"), "hs_code_invalid", text)
        return digits

    def origin(self) -> str:
        text = self.line_of("origin", 100)
        if not text:
            return ""
        code = codes.country_code(text)
        if code is None:
            self.error(self.column("origin"), "origin_unknown", text)
        return code or ""

    # Quantities and prices.

    def counted(self, column: str, text: str, unit: str) -> Decimal | None:
        number = self.number(column, text, decimals=limits.QUANTITY_DECIMALS, limit=limits.QUANTITY)
        if number is not None and unit in codes.COUNTED and number != number.to_integral_value():
            self.error(column, "quantity_of_pieces", text)
            return None
        return number

    def quantity(self, field: str, unit: str) -> Decimal | None:
        text = self.plain(field)
        return self.counted(self.column(field), text, unit) if text else None

    def price(self, column: str, text: str, currency: str | None, per: Decimal, *, zero: bool = False) -> UnitPrice | None:
        number = self.number(column, text, decimals=limits.PRICE_DECIMALS, limit=limits.PRICE, zero=zero)
        if number is None:
            return None
        if currency is None:
            self.error(column, "currency_missing", text)
            return None
        return UnitPrice(number, currency, per)

    def tiers(self, moq: Decimal | None, unit: str, currency: str | None) -> tuple[tuple[Decimal, UnitPrice], ...]:
        per = _ONE
        if text := self.plain("price_per"):
            per = self.number(self.column("price_per"), text, decimals=0, limit=limits.QUANTITY) or _ONE
        found: list[tuple[Decimal, Decimal | None, UnitPrice]] = []
        column = self.column("tiers")
        if text := self.plain("tiers", "\n"):
            found = self.tier_list(column, text, unit, currency, per)
        else:
            for field, columns in self.mapping.columns_of.items():
                if field.startswith("tier_"):
                    column = columns[0]
                    found += self.tier_cell(field, column, unit, currency, per)
        if not found:
            return self.one_price(moq, currency, per)
        found.sort(key=lambda tier: tier[0])
        if len(found) > limits.TIERS:
            self.error(column, "tier_too_many", limit=limits.TIERS)
        step = _ONE if unit in codes.COUNTED else None
        for (start, end, _), (following, _, _) in zip(found, found[1:], strict=False):
            meets = (
                end is None or following == end or following == end + _ONE
                if step is None
                else end is None or following == end + step
            )
            if following <= start or not meets:
                self.error(column, "tier_order", self.plain("tiers", "; "), quantity=f"{following:f}")
                break
        return tuple((start, price) for start, _, price in found)

    def one_price(self, moq: Decimal | None, currency: str | None, per: Decimal) -> tuple[tuple[Decimal, UnitPrice], ...]:
        text = self.plain("price")
        if not text:
            return ()
        price = self.price(self.column("price"), text, currency, per, zero=not self.defaults.refuse_zero_price)
        if price is None:
            return ()
        if not price.amount:
            self.notes.append("zero_price")
            return ()
        return ((moq if moq is not None else _ONE, price),)

    def tier_list(
        self, column: str, text: str, unit: str, currency: str | None, per: Decimal
    ) -> list[tuple[Decimal, Decimal | None, UnitPrice]]:
        """`1-99:5.20; 100-499:4.80; 500+:4.50`."""
        found: list[tuple[Decimal, Decimal | None, UnitPrice]] = []
        for piece in re.split(r"[;\n]", text.translate(_WIDE_PUNCTUATION).replace("~", "-")):
            if not piece.strip():
                continue
            match = _TIER.fullmatch(piece.strip())
            if not match:
                self.error(column, "tier_invalid", text)
                return []
            start = self.counted(column, match[1], unit)
            end = self.counted(column, match[2], unit) if match[2] else None
            price = self.price(column, match[3], currency, per)
            if start is None or price is None or (match[2] and end is None):
                return []
            if end is not None and end < start:
                self.error(column, "tier_order", text, quantity=f"{end:f}")
                return []
            found.append((start, end, price))
        return found

    def tier_cell(
        self, field: str, column: str, unit: str, currency: str | None, per: Decimal
    ) -> list[tuple[Decimal, Decimal | None, UnitPrice]]:
        """One column of tiers: `price_1_99`, or `price1` with its `qty1`. An empty price is a tier this offer does not have."""
        kind, _, number = field.partition(":")
        text = self.plain(field)
        if kind == "tier_quantity":
            if text and not self.plain(f"tier_price:{number}"):
                self.error(column, "tier_incomplete", text)
            return []
        if not text:
            return []
        price = self.price(column, text, currency, per)
        if kind == "tier_range":
            first, _, last = number.partition("-")
            start, end = Decimal(first), Decimal(last) if last else None
        else:
            quantity = self.plain(f"tier_quantity:{number}")
            if not quantity:
                self.error(column, "tier_incomplete", text)
                return []
            counted = self.counted(self.column(f"tier_quantity:{number}"), quantity, unit)
            if counted is None:
                return []
            start, end = counted, None
        return [(start, end, price)] if price is not None else []

    def sample_price(self, currency: str | None) -> Money | None:
        text = self.plain("sample_price")
        if not text:
            return None
        column = self.column("sample_price")
        number = self.number(column, text, decimals=limits.PRICE_DECIMALS, limit=limits.PRICE, zero=True)
        if number is None:
            return None
        if currency is None:
            self.error(column, "currency_missing", text)
            return None
        minor = number.scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            self.error(column, "amount_decimals", text, currency=currency, limit=exponent(currency))
            return None
        return Money(int(minor), currency)

    def lead_times(self) -> tuple[tuple[Decimal, int], ...]:
        """`15` days for every quantity, or `1:15; 1000:30` by quantity."""
        text = self.plain("lead_time").strip()
        if not text:
            return ()
        column = self.column("lead_time")
        found: list[tuple[Decimal, int]] = []
        for piece in re.split(r"[;\n]", text.translate(_WIDE_PUNCTUATION)):
            quantity, colon, days = piece.strip().rpartition(":")
            start = (
                self.number(column, quantity.strip(), decimals=limits.QUANTITY_DECIMALS, limit=limits.QUANTITY) if colon else _ONE
            )
            if not re.fullmatch(r"0|[1-9][0-9]{0,3}", days.strip()) or int(days) > limits.LEAD_TIME_DAYS:
                self.error(column, "lead_time_invalid", text)
                return ()
            if start is None:
                return ()
            if found and start <= found[-1][0]:
                self.error(column, "tier_order", text, quantity=f"{start:f}")
                return ()
            found.append((start, int(days)))
        return tuple(found)
