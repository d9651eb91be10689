"""Drafts, or any table, written as CSV, XLSX or JSON Lines, row by row; what we write we can read back unchanged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.neutralising import MARK, neutralised
from everfair.catalog.sheets.numbers import tidy
from everfair.catalog.sheets.refusals import SheetRefused

Value = str | int | Decimal | None
_LANGUAGES = ("en", "zh-hant", "zh-hans")
_WORKSHEET_CELL_CHARACTERS = 32_767
# What a worksheet would take for an escape of its own, and characters XML cannot hold.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Text is protected against formulas; a number is written as a number, negative ones too."""

    name: str
    kind: Literal["text", "number"] = "text"


def offer_columns(attribute_columns: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of an export of offers; `attribute_columns` are those that occur, because a stream cannot know them before."""
    return (
        Column("sku"),
        *(Column(f"title_{language.replace('-', '_')}") for language in _LANGUAGES),
        *(Column(f"description_{language.replace('-', '_')}") for language in _LANGUAGES),
        *map(Column, ("bullets", "brand", "category", "price_tiers", "currency")),
        Column("price_per", "number"),
        Column("moq", "number"),
        Column("multiple", "number"),
        *map(Column, ("unit", "lead_time_days")),
        Column("sample_price", "number"),
        *map(Column, ("hs_code", "origin", "variant_group", "picture_urls")),
        *map(Column, attribute_columns),
    )


def attribute_columns_of(drafts: Iterable[OfferDraft]) -> tuple[str, ...]:
    """The columns that the attributes of these drafts need, sorted: `attribute:Size`, `attribute_zh_hant:尺寸`."""
    return tuple(sorted({column for draft in drafts for column in _attributes(draft)}))


def _attributes(draft: OfferDraft) -> dict[str, str]:
    found = {f"attribute:{name}": value for name, value in draft.attributes.items()}
    for language, said in draft.attributes_by_language.items():
        found |= {f"attribute_{language.replace('-', '_')}:{name}": value for name, value in said.items()}
    return found


def offer_values(draft: OfferDraft, attribute_columns: Sequence[str]) -> list[Value]:
    """One draft as values of `offer_columns(attribute_columns)`."""
    first = draft.tiers[0][1] if draft.tiers else None
    attributes = _attributes(draft)
    currency = first.currency if first else draft.sample_price.currency if draft.sample_price else ""
    return [
        draft.sku,
        *(draft.titles.get(language, "") for language in _LANGUAGES),
        *(draft.descriptions.get(language, "") for language in _LANGUAGES),
        "\n".join(draft.bullets),
        draft.brand,
        " > ".join(re.sub(r"([\\>])", r"\\\1", name) for name in draft.category_path),
        "; ".join(f"{tidy(quantity)}+:{tidy(price.amount)}" for quantity, price in draft.tiers),
        currency,
        first.per if first and first.per != 1 else None,
        draft.moq,
        draft.multiple,
        draft.unit_code,
        "; ".join(f"{tidy(quantity)}:{days}" for quantity, days in draft.lead_times),
        draft.sample_price.amount if draft.sample_price else None,
        draft.hs_code,
        draft.origin,
        draft.variant_group,
        "\n".join(draft.picture_urls),
        *(attributes.get(column, "") for column in attribute_columns),
    ]


def _rows(drafts: Iterable[OfferDraft], attribute_columns: Sequence[str]) -> Iterator[list[Value]]:
    return (offer_values(draft, attribute_columns) for draft in drafts)


def write_csv(drafts: Iterable[OfferDraft], target: BinaryIO, attribute_columns: Sequence[str] = ()) -> None:
    """Offers as CSV in UTF-8 with a byte order mark (spreadsheets ask for it), formulas neutralised, marked as ours."""
    write_table_csv(offer_columns(attribute_columns), _rows(drafts, attribute_columns), target, ours=True)


def write_xlsx(drafts: Iterable[OfferDraft], target: BinaryIO, attribute_columns: Sequence[str] = ()) -> None:
    """Offers as a workbook of one worksheet, formulas neutralised, marked as ours."""
    write_table_xlsx(offer_columns(attribute_columns), _rows(drafts, attribute_columns), target, ours=True)


def write_jsonl(drafts: Iterable[OfferDraft], target: BinaryIO) -> None:
    """Offers as JSON Lines, one object a line with the same names; no program runs formulas in it, so texts stay as they are."""
    encode = msgspec.json.Encoder().encode
    for draft in drafts:
        attributes = tuple(_attributes(draft))
        values = zip(offer_columns(attributes), offer_values(draft, attributes), strict=True)
        line: dict[str, object] = {
            column.name: tidy(value) if isinstance(value, Decimal) else value
            for column, value in values
            if value not in ("", None)
        }
        if draft.category_path:
            line["category"] = draft.category_path
        if draft.bullets:
            line["bullets"] = draft.bullets
        if draft.picture_urls:
            line["picture_urls"] = draft.picture_urls
        target.write(encode(line) + b"\n")


def write_table_csv(columns: Sequence[Column], rows: Iterable[Sequence[Value]], target: BinaryIO, *, ours: bool = False) -> None:
    """Any table as CSV; `ours` adds the mark that lets an import undo the protection."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
        writer.writerow([*(neutralised(column.name) for column in columns), *((MARK,) if ours else ())])
        for row in rows:
            writer.writerow([*_csv_row(columns, row), *(("",) if ours else ())])
    finally:
        text.detach()


def _csv_row(columns: Sequence[Column], row: Sequence[Value]) -> list[str]:
    return [
        _written(value) if column.kind == "number" else neutralised(_written(value))
        for column, value in zip(columns, row, strict=True)
    ]


def _written(value: Value) -> str:
    if value is None:
        return ""
    return tidy(value) if isinstance(value, Decimal) else str(value)


def write_table_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Value]], target: BinaryIO, *, ours: bool = False) -> None:
    """Any table as a workbook. Refuses a text longer than a worksheet cell holds (32,767 characters)."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Everfair")
    sheet.freeze_panes = "A2"

    def cell(value: Value, kind: str) -> Any:
        if value is None or value == "":
            return None
        if kind == "number" and not isinstance(value, str):
            return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes Decimal too
        text = _ESCAPE.sub("_x005F_", neutralised(_written(value)))
        text = _NOT_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
        if len(text) > _WORKSHEET_CELL_CHARACTERS:
            raise SheetRefused("cell_too_large_to_write", length=len(text), limit=_WORKSHEET_CELL_CHARACTERS)
        written: Any = WriteOnlyCell(sheet, "")
        # Set apart from the constructor, which would take a leading «=» for a formula.
        written._value = text
        written.data_type = "s"
        return written

    try:
        sheet.append([*(cell(column.name, "text") for column in columns), *((cell(MARK, "text"),) if ours else ())])
        for row in rows:
            sheet.append([cell(value, column.kind) for column, value in zip(columns, row, strict=True)])
    except BaseException:
        # The worksheet streams into a temporary file of openpyxl's; it is finished and removed, not left behind.
        sheet.close()
        sheet._writer.cleanup()
        raise
    workbook.save(target)
