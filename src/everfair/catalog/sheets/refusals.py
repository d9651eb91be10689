"""What can be wrong with a file or a row, as codes with one sentence each; translated when shown, not when found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused

SHEET = {
    "empty_file": _("The file is empty."),
    "no_rows": _("The file has column names but no rows."),
    "too_large": _("The file holds more than %(limit)s MB when unpacked."),
    "compressed_bomb": _("The file unpacks to more than %(limit)s times its size; it was not opened."),
    "gzip_damaged": _("The compressed file is damaged or cut short."),
    "gzip_nested": _("The file is compressed twice. Compress it once, or not at all."),
    "too_many_rows": _("Line %(line)s: a file may have at most %(limit)s rows. Split it into several files."),
    "too_many_columns": _("Line %(line)s: a file may have at most %(limit)s columns."),
    "not_a_sheet": _("This is not a CSV, XLSX or JSON Lines file but %(kind)s."),
    "json_array": _("This is one JSON document. Write JSON Lines instead: one object on each line."),
    "encoding_invalid": _("Line %(line)s holds bytes that belong to none of the encodings we read. Save the file as UTF-8."),
    "encoding_mixed": _("Line %(line)s is written in another encoding than the lines before it. Save the whole file as UTF-8."),
    "encoding_unclear": _("Line %(line)s: the encoding of this file cannot be told for certain. Save it as UTF-8."),
    "encoding_undeclared_binary": _("Line %(line)s holds a NUL byte, so this is not a text file."),
    "delimiter_unclear": _("Columns may be separated by comma, semicolon or tab; here two of them fit equally well."),
    "quote_not_closed": _("The quote that opens in line %(line)s is never closed."),
    "workbook_damaged": _("The workbook is damaged: %(part)s cannot be read."),
    "workbook_encrypted": _("The workbook is protected by a password. Save it without one."),
    "workbook_macros": _("The workbook contains macros. Save it as a plain .xlsx workbook."),
    "workbook_external_links": _("The workbook takes values from other files. Paste them as values and save it again."),
    "workbook_entries": _("The workbook holds more than %(limit)s parts."),
    "workbook_no_worksheet": _("The workbook has no visible worksheet."),
    "workbook_hostile_xml": _("The workbook declares XML entities; it was not read."),
    "line_too_long": _("Line %(line)s is longer than %(limit)s characters."),
    "sku_column_missing": _("No column holds your item number (SKU). Choose one."),
    "title_column_missing": _("No column holds the title of the offer. Choose one."),
    "mapping_unknown_column": _("The chosen column «%(column)s» is not in the file."),
    "mapping_unknown_field": _("«%(field)s» is not a field of an offer."),
    "mapping_field_twice": _("Two columns were chosen for «%(field)s»."),
    "cell_too_large_to_write": _("A cell of %(length)s characters does not fit into a worksheet (limit %(limit)s)."),
}

ROW = {
    "ragged_row": _("This row has %(found)s cells, the header has %(expected)s."),
    "cell_too_large": _("A cell holds %(length)s characters; the limit is %(limit)s."),
    "quoting_broken": _("The quotes in this row do not match."),
    "json_invalid": _("This line is not a complete JSON object."),
    "json_not_object": _("Each line must be a JSON object, in braces."),
    "json_duplicate_key": _("The name «%(key)s» occurs twice in this object."),
    "json_not_finite": _("NaN and Infinity are not numbers of trade."),
    "json_too_deep": _("The object is nested more than %(limit)s levels deep."),
    "json_too_many_names": _("The object has more than %(limit)s names."),
    "formula_without_value": _("The formula in this cell has no stored value. Open and save the workbook, or paste the value."),
    "formula_error": _("The cell shows the error %(shown)s."),
    "cell_damaged": _("The cell cannot be read."),
    "text_nul": _("The text holds a NUL character."),
    "text_control": _("The text holds the control character %(character)s."),
    "text_bidi": _("The text holds the invisible direction mark %(character)s, which can disguise words."),
    "text_surrogate": _("The text holds half of a character."),
    "text_marks": _("More than %(limit)s accents are stacked on one letter."),
    "text_too_long": _("The text has %(length)s characters; the limit is %(limit)s."),
    "sku_missing": _("The item number (SKU) is missing."),
    "sku_line_break": _("The item number (SKU) holds a line break."),
    "sku_duplicate": _("Item number «%(sku)s» was already used in line %(first_line)s."),
    "scientific_identifier": _("A spreadsheet turned this number into «%(value)s» and lost digits. Store the column as text."),
    "gtin_invalid": _("A GTIN has 8, 12, 13 or 14 digits."),
    "title_missing": _("The title is missing."),
    "number_invalid": _("«%(value)s» is not a plain number such as 1234.56."),
    "number_full_width": _("«%(value)s» is written with digits of another width or script. Write %(normalised)s."),
    "number_blank": _("There are blanks around or inside the number «%(value)s»."),
    "number_negative": _("The number must not be negative."),
    "number_zero": _("The number must be greater than zero."),
    "number_exponent": _("«%(value)s» is in scientific notation. Write all digits."),
    "number_grouped": _("«%(value)s» can be read in two ways. Write it without thousands separators, with a point for decimals."),
    "number_too_large": _("The number is larger than %(limit)s."),
    "number_decimals": _("The number has more than %(limit)s decimals."),
    "number_not_whole": _("This must be a whole number."),
    "amount_decimals": _("An amount in %(currency)s has at most %(limit)s decimals."),
    "currency_unknown": _("«%(value)s» is not a current ISO 4217 currency code such as USD."),
    "currency_missing": _("The price has no currency."),
    "tier_invalid": _("«%(value)s» is not a list of price tiers such as 1-99:5.20; 100+:4.80."),
    "tier_order": _("The quantities of the price tiers must rise and neither overlap nor leave gaps (at %(quantity)s)."),
    "tier_incomplete": _("A price tier needs both a quantity and a price."),
    "tier_too_many": _("An offer has at most %(limit)s price tiers."),
    "moq_below_first_tier": _("The minimum order %(moq)s is below the first price tier, which starts at %(first)s."),
    "unit_unknown": _("«%(value)s» is not a unit we know. Use a code of UN/ECE Recommendation 20, such as H87 or KGM."),
    "quantity_of_pieces": _("Pieces are counted in whole numbers."),
    "quantity_decimals": _("A quantity in %(unit)s has at most %(limit)s decimals."),
    "lead_time_invalid": _("«%(value)s» is not a number of days, nor a list such as 1:15; 1000:30."),
    "hs_code_invalid": _("«%(value)s» is not an HS code of 6, 8 or 10 digits. Was a leading zero lost?"),
    "origin_unknown": _("«%(value)s» is not a country we know. Use a two-letter code such as CN."),
    "category_too_deep": _("A category path has at most %(limit)s levels."),
    "too_many_bullets": _("An offer has at most %(limit)s bullet points."),
    "too_many_attributes": _("An offer has at most %(limit)s attributes."),
    "too_many_pictures": _("An offer has at most %(limit)s pictures."),
    "picture_invalid": _("«%(value)s» is not a web address of a picture."),
}

NOTE = {
    "encoding": _("The file was read as %(encoding)s. Please check that the preview looks right."),
    "utf16": _("The file was read as %(encoding)s."),
    "bom": _("The byte order mark at the beginning was left out."),
    "name_differs": _("The name ends in %(ending)s, but the content is %(kind)s."),
    "header_line": _("The column names were found in line %(line)s."),
    "column_renamed": _("Column «%(name)s» occurs more than once; the later one is called «%(renamed)s»."),
    "delimiter": _("Columns are separated by %(delimiter)s."),
    "own_export": _("This file was exported here; its protected cells were restored."),
    "other_worksheets": _("Only the worksheet «%(name)s» was read; %(count)s others were left out."),
    "number_style": _("Numbers in this file are written like %(style)s throughout, and were read so."),
    "zero_price": _("A price of 0 was read as «price on request»."),
}


def _sentence(code: str, params: dict[str, Any]) -> str:
    return str(SHEET[code]) % params


_sentence_lazy = lazy(_sentence, str)


class SheetRefused(Refused):
    """The whole file cannot be read, and nothing of it was taken. `line` is 1-based where one line is to blame."""

    def __init__(self, reason: str, *, line: int | None = None, **params: Any) -> None:
        self.reason = reason
        self.line = line
        self.params = {"line": line, **params}
        super().__init__(f"catalog.sheet_{reason}", _sentence_lazy(reason, self.params), field="file", status=422)


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row was left out. `column` is the name in the file ('' for the whole row), `value` what stood there, cut short."""

    line: int
    column: str
    code: str
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the active language."""
        return str(ROW[self.code]) % {"value": self.value, **self.params}


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know or confirm; nothing was refused."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    confirm: bool = False
    line: int | None = None

    @property
    def message(self) -> str:
        return str(NOTE[self.code]) % {"line": self.line, **self.params}


SHOWN_CHARACTERS = 120


def shown(value: object) -> str:
    """A value as an error may repeat it: short, on one line, with nothing invisible."""
    text = str(value)
    cut = text[:SHOWN_CHARACTERS] + ("…" if len(text) > SHOWN_CHARACTERS else "")
    return "".join(c if c.isprintable() else "\ufffd" for c in cut)
