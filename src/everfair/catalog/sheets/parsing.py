"""A row of a file into an offer draft, or every reason why not."""

from __future__ import annotations

import re
from decimal import Decimal

from everfair.catalog.sheets import codes, limits
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.mapping import Mapping
from everfair.catalog.sheets.pricing import PriceReading
from everfair.catalog.sheets.refusals import RowError
from everfair.catalog.sheets.row_reading import Defaults
from everfair.catalog.sheets.scripts import language_of
from everfair.catalog.sheets.sheet import Row

# What a spreadsheet makes of a long number: 4.01E+12. An item number such as 1E5 has no sign and stays.
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+|[0-9][.,][0-9]+E[0-9]+", re.IGNORECASE)
_LANGUAGES = ("en", "zh-hant", "zh-hans")
_PATH_SEPARATORS = re.compile(r"\s*[>›»|]\s*|\s+/\s+")
_ESCAPED_PATH = re.compile(r"(?:\\.|[^\\>])+")
_ADDRESS_SEPARATORS = re.compile(r"\n|[\s|;](?=https?://)", re.IGNORECASE)


def parse_offer(row: Row, mapping: Mapping, defaults: Defaults) -> OfferDraft | list[RowError]:
    """The draft of one row, or all errors found in it. Nothing is looked up outside the process; no address is fetched."""
    return _Reading(row, mapping, defaults).draft()


class _Reading(PriceReading):
    """One row: the words and codes of it, on top of its quantities and prices."""

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
            "attributes": self.attributes("attribute:"),
            "attributes_by_language": self.attributes_by_language(),
            "multiple": self.quantity("multiple", unit),
            "lead_times": self.lead_times(),
            "sample_price": self.sample_price(currency),
            "hs_code": self.hs_code(),
            "origin": self.origin(),
            "variant_group": self.line_of("variant_group", limits.VARIANT_GROUP_CHARACTERS),
            "picture_urls": self.pictures(),
        }
        if self.errors:
            return self.errors
        category, confidence = codes.category_guess(path, titles, str(draft_values["brand"]))
        return OfferDraft(
            sku=sku,
            titles=titles,
            descriptions=descriptions,
            category_path=path,
            category_code=category,
            category_confidence=confidence,
            tiers=tiers,
            moq=moq if moq is not None else tiers[0][0] if tiers else Decimal(1),
            unit_code=unit,
            line=self.row.line,
            notes=tuple(self.notes),
            **draft_values,  # type: ignore[arg-type]
        )

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
        if self.too_long(column, cell):
            return ()
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

    def attributes_by_language(self) -> dict[str, dict[str, str]]:
        return {code: said for code in _LANGUAGES if (said := self.attributes(f"attribute.{code}:"))}

    def attributes(self, prefix: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for field, columns in self.mapping.columns_of.items():
            if not field.startswith(prefix):
                continue
            column = columns[0]
            cell = self.row.cells.get(column, "")
            if not cell:
                continue
            text = cell if isinstance(cell, str) else "; ".join(part for part in cell if part)
            value = self.clean(column, text, limits.ATTRIBUTE_CHARACTERS)
            name = field.removeprefix(prefix)
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
            if not isinstance(cell, str):
                parts = list(cell)
            elif self.mapping.own_export:
                parts = cell.split("\n")
            else:
                parts = [part.rstrip(" \t|;") for part in _ADDRESS_SEPARATORS.split(cell)]
            for part in parts:
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

    def hs_code(self) -> str:
        text = self.line_of("hs_code", 30)
        if not text:
            return ""
        digits = codes.hs_digits(text)
        if digits is None:
            self.error(self.column("hs_code"), "hs_code_invalid", text)
        return digits or ""

    def origin(self) -> str:
        text = self.line_of("origin", 100)
        if not text:
            return ""
        code = codes.country_code(text)
        if code is None:
            self.error(self.column("origin"), "origin_unknown", text)
        return code or ""


__all__ = ["Defaults", "parse_offer"]
